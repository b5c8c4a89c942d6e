/** Pixels out of what a browser can draw. The few parts of the platform that this needs are described here. */
import { InputError } from '../errors.ts';
import { rawImage, type HeightWidth, type RawImage } from './raw-image.ts';
import type { Drawable } from './source.ts';

interface Context {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(source: Drawable, x: number, y: number, width: number, height: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

interface Canvas extends HeightWidth {
  getContext(kind: '2d', settings: { readonly willReadFrequently: boolean }): Context | null;
}

interface Platform {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  readonly document?: { createElement(name: 'canvas'): { width: number; height: number } & Canvas };
}

/** Pixels drawn at a time: some browsers refuse canvases of more than 16 million. */
const STRIP = 1 << 22;

/** The canvas of the last picture: frames of a video have one size, and a new canvas costs more than what it holds. */
let kept: { readonly width: number; readonly height: number; readonly context: Context } | undefined;

/** @returns null where the browser gives none of this size */
function contextOf(width: number, height: number): Context | null {
  if (kept?.width === width && kept.height === height) return kept.context;
  const context = createCanvas(width, height).getContext('2d', { willReadFrequently: true });
  kept = context ? { width, height, context } : undefined;
  return context;
}

function createCanvas(width: number, height: number): Canvas {
  const { OffscreenCanvas, document } = globalThis as Platform;
  if (OffscreenCanvas) return new OffscreenCanvas(width, height);
  return Object.assign(document!.createElement('canvas'), { width, height });
}

/**
 * Draws the source on white, in sRGB.
 * @returns RGB of the source's own size; where it is partly transparent, to within 2 of 255 of what `decodePng` gives
 * @throws {InputError} when the page may not read the pixels, as of another site's image
 */
export function readPixels(source: Drawable, { width, height }: HeightWidth, label: string): RawImage {
  const data = new Uint8Array(width * height * 3);
  const lines = Math.max(1, Math.min(height, Math.floor(STRIP / width)));
  const context = contextOf(width, lines);
  if (!context)
    throw new InputError(label, `cannot be drawn: this browser gives no canvas of ${width}×${lines} pixels`);
  for (let top = 0; top < height; top += lines) {
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, lines);
    const rgba = drawStrip(context, source, top, { width, height }, Math.min(lines, height - top), label);
    flattenOnWhite(rgba, data, top * width * 3);
  }
  return rawImage(width, height, 3, data);
}

function drawStrip(
  context: Context,
  source: Drawable,
  top: number,
  { width, height }: HeightWidth,
  lines: number,
  label: string,
): Uint8ClampedArray {
  try {
    context.drawImage(source, 0, -top, width, height);
  } catch (cause) {
    throw new InputError(label, `cannot be drawn by this browser (${(cause as Error).message})`, { cause });
  }
  try {
    return context.getImageData(0, 0, width, lines).data;
  } catch (cause) {
    throw new InputError(
      label,
      'its pixels may not be read: it comes from another site, which must allow that (CORS, and crossorigin="anonymous" on the element)',
      { cause },
    );
  }
}

/** RGBA → RGB over white, as `decodePng` has it, written from `to` on. */
function flattenOnWhite(rgba: Uint8ClampedArray, data: Uint8Array, to: number): void {
  for (let from = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    // Nearly all pictures are opaque, and a camera's are read many times a second
    if (alpha === 255) {
      data[to] = rgba[from]!;
      data[to + 1] = rgba[from + 1]!;
      data[to + 2] = rgba[from + 2]!;
    } else for (let c = 0; c < 3; c++) data[to + c] = Math.floor((rgba[from + c]! * alpha + 255 * (255 - alpha)) / 255);
  }
}

/** Whether the source is an `ImageData`: pixels already. */
export const isImageData = (source: Drawable): source is HeightWidth & { readonly data: Uint8ClampedArray } =>
  'data' in source && source.data instanceof Uint8ClampedArray;

export function imageDataToRgb({
  width,
  height,
  data: rgba,
}: HeightWidth & { readonly data: Uint8ClampedArray }): RawImage {
  const data = new Uint8Array(width * height * 3);
  flattenOnWhite(rgba, data, 0);
  return rawImage(width, height, 3, data);
}

/** @returns the size of what is drawn: of an element the image's own, not the layout's; 0×0 before it is loaded */
export function sizeOf(source: Drawable): HeightWidth {
  const { videoWidth, videoHeight, naturalWidth, naturalHeight, displayWidth, displayHeight, width, height } =
    source as Partial<Record<string, number>>;
  return {
    width: videoWidth ?? naturalWidth ?? displayWidth ?? width ?? 0,
    height: videoHeight ?? naturalHeight ?? displayHeight ?? height ?? 0,
  };
}
