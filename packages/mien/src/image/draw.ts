/**
 * Drawing on a copy of an image: filled and outlined rectangles, thick lines, discs and text, antialiased.
 * Coordinates in pixels, as in raw-image.ts; whatever lies outside the image is cut off.
 */
import { type BoxXYWH, type Point2, rawImage, type RawImage } from './raw-image.ts';
import { toRgb } from './color.ts';
import { CAP_HEIGHT_UNITS, layOutText, LINE_HEIGHT_UNITS } from './stroke-font.ts';

/** sRGB, each 0–255. */
export type Color = readonly [red: number, green: number, blue: number];

/** Stroke width of text, in parts of the height of a capital. */
const TEXT_WEIGHT = 0.15;

/** @returns the width in pixels of a line of text whose capitals are `capHeightPx` high */
export function textWidth(text: string, capHeightPx: number): number {
  return (layOutText(text).widthUnits * capHeightPx) / CAP_HEIGHT_UNITS + TEXT_WEIGHT * capHeightPx;
}

/** @returns the height in pixels from the top of a capital to the end of a descender */
export function textHeight(capHeightPx: number): number {
  return (LINE_HEIGHT_UNITS * capHeightPx) / CAP_HEIGHT_UNITS;
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8Array;

  /** Starts with a copy of the image, in RGB. */
  constructor(image: RawImage) {
    this.width = image.width;
    this.height = image.height;
    const rgb = toRgb(image);
    this.#data = rgb === image ? rgb.data.slice() : rgb.data;
  }

  static blank(width: number, height: number, color: Color): Canvas {
    const canvas = new Canvas(rawImage(width, height, 3, new Uint8Array(width * height * 3)));
    canvas.fillRectangle({ x: 0, y: 0, width, height }, color);
    return canvas;
  }

  /** @returns a copy of what has been drawn so far */
  toImage(): RawImage {
    return rawImage(this.width, this.height, 3, this.#data.slice());
  }

  /** Fills a box whose edges are rounded to whole pixels. */
  fillRectangle(box: BoxXYWH, color: Color, opacity = 1): void {
    const left = Math.max(0, Math.round(box.x));
    const top = Math.max(0, Math.round(box.y));
    const right = Math.min(this.width, Math.round(box.x + box.width));
    const bottom = Math.min(this.height, Math.round(box.y + box.height));
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) this.#blend(x, y, color, opacity);
    }
  }

  /** Outlines a box with a line of whole pixels, centred on its edges. */
  strokeRectangle({ x, y, width, height }: BoxXYWH, lineWidth: number, color: Color): void {
    const line = Math.max(1, Math.round(lineWidth));
    const half = line / 2;
    this.fillRectangle({ x: x - half, y: y - half, width: width + line, height: line }, color);
    this.fillRectangle({ x: x - half, y: y + height - half, width: width + line, height: line }, color);
    this.fillRectangle({ x: x - half, y: y + half, width: line, height: height - line }, color);
    this.fillRectangle({ x: x + width - half, y: y + half, width: line, height: height - line }, color);
  }

  /** A line with round ends. A pixel is covered by ½ + radius − (distance of its centre), within 0 and 1. */
  line([x0, y0]: Point2, [x1, y1]: Point2, lineWidth: number, color: Color): void {
    const radius = lineWidth / 2;
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - radius - 1));
    const right = Math.min(this.width, Math.ceil(Math.max(x0, x1) + radius + 1));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - radius - 1));
    const bottom = Math.min(this.height, Math.ceil(Math.max(y0, y1) + radius + 1));
    const [dx, dy] = [x1 - x0, y1 - y0];
    const squaredLength = dx * dx + dy * dy;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
        const along = squaredLength > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squaredLength)) : 0;
        const [ex, ey] = [px - along * dx, py - along * dy];
        // Not Math.hypot: it is slow, and not specified to the last bit.
        const coverage = Math.min(1, radius + 0.5 - Math.sqrt(ex * ex + ey * ey));
        if (coverage > 0) this.#blend(x, y, color, coverage);
      }
    }
  }

  disc(center: Point2, radius: number, color: Color): void {
    this.line(center, center, 2 * radius, color);
  }

  /** One line of text. `topLeft` is the corner of the first capital; capitals are `capHeightPx` high. */
  text(text: string, [x, y]: Point2, capHeightPx: number, color: Color): void {
    const unit = capHeightPx / CAP_HEIGHT_UNITS;
    const lineWidth = Math.max(1, TEXT_WEIGHT * capHeightPx);
    const inset = lineWidth / 2;
    const place = ([ux, uy]: readonly [number, number]): Point2 => [x + inset + ux * unit, y + uy * unit];
    for (const { points } of layOutText(text).strokes) {
      points.forEach((point, i) => this.line(place(points[Math.max(0, i - 1)]!), place(point), lineWidth, color));
    }
  }

  /** Copies an image in, its top-left pixel at whole coordinates. */
  paste(image: RawImage, left: number, top: number): void {
    const { data } = toRgb(image);
    const columns = Math.min(image.width, this.width - left);
    for (let row = 0; row < image.height && top + row < this.height; row++) {
      this.#data.set(
        data.subarray(row * image.width * 3, (row * image.width + columns) * 3),
        ((top + row) * this.width + left) * 3,
      );
    }
  }

  #blend(x: number, y: number, color: Color, opacity: number): void {
    const at = (y * this.width + x) * 3;
    const data = this.#data;
    data[at] = data[at]! + (color[0] - data[at]!) * opacity + 0.5;
    data[at + 1] = data[at + 1]! + (color[1] - data[at + 1]!) * opacity + 0.5;
    data[at + 2] = data[at + 2]! + (color[2] - data[at + 2]!) * opacity + 0.5;
  }
}
