/** What is drawn over a picture: landmarks, the mesh, what an expression was read from. Boxes are buttons of the page. */
import { lookOf } from '../expressions.ts';
import type { FaceReading, Saliency } from '../worker/protocol.ts';

export interface OverlayOptions {
  /** Size of the picture, px. */
  readonly width: number;
  readonly height: number;
  readonly isMirrored: boolean;
  readonly showsLandmarks: boolean;
  readonly showsMesh: boolean;
  /** uint32 [T,3] */
  readonly triangles: Uint32Array | undefined;
  readonly saliency: Saliency | undefined;
}

/** Fits the canvas to its place on the page, and draws on it. */
export function drawOverlay(canvas: HTMLCanvasElement, faces: readonly FaceReading[], options: OverlayOptions): void {
  const { width, height, isMirrored, showsLandmarks, showsMesh, triangles, saliency } = options;
  const scale = (canvas.clientWidth / width) * devicePixelRatio;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext('2d')!;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, w, h);
  const [sx, tx] = isMirrored ? [-scale, w] : [scale, 0];
  if (saliency) drawSaliency(context, saliency, [sx, scale, tx]);
  context.setTransform(sx, 0, 0, scale, tx, 0);
  for (const face of faces) {
    if (showsMesh && triangles) drawMesh(context, face, triangles, scale);
    if (showsLandmarks) drawLandmarks(context, face, scale);
  }
}

function drawSaliency(
  context: CanvasRenderingContext2D,
  { map, toImage: [a, b, x, c, d, y] }: Saliency,
  [sx, sy, tx]: readonly [number, number, number],
): void {
  const picture = new OffscreenCanvas(map.width, map.height);
  picture.getContext('2d')!.putImageData(map, 0, 0);
  context.setTransform(sx * a, sy * c, sx * b, sy * d, sx * x + tx, sy * y);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0);
}

function drawMesh(
  context: CanvasRenderingContext2D,
  { mesh }: FaceReading,
  triangles: Uint32Array,
  scale: number,
): void {
  if (mesh.length === 0) return;
  const path = new Path2D();
  for (let t = 0; t < triangles.length; t += 3)
    for (let k = 0; k < 3; k++) {
      const [from, to] = [triangles[t + k]!, triangles[t + ((k + 1) % 3)]!];
      // An edge belongs to two triangles: drawn once
      if (from > to) continue;
      path.moveTo(mesh[3 * from]!, mesh[3 * from + 1]!);
      path.lineTo(mesh[3 * to]!, mesh[3 * to + 1]!);
    }
  context.strokeStyle = 'rgb(255 255 255 / 55%)';
  context.lineWidth = (0.75 * devicePixelRatio) / scale;
  context.stroke(path);
}

function drawLandmarks(context: CanvasRenderingContext2D, { prediction }: FaceReading, scale: number): void {
  const radius = Math.min((2.2 * devicePixelRatio) / scale, prediction.box.width / 60 + devicePixelRatio / scale);
  const dot = dotOf(lookOf(prediction.top).dark, radius * scale);
  const side = dot.width / scale;
  for (const [x, y] of prediction.landmarks) context.drawImage(dot, x - side / 2, y - side / 2, side, side);
}

let lastDot: { readonly color: string; readonly radius: number; readonly picture: OffscreenCanvas } | undefined;

/** A landmark's mark, drawn once for as long as faces look alike: copies are cheap. @param radius in pixels of the screen */
function dotOf(color: string, radius: number): OffscreenCanvas {
  // Quarters of a pixel are as fine as a moving face needs
  const rounded = Math.round(radius * 4) / 4;
  if (lastDot?.color === color && lastDot.radius === rounded) return lastDot.picture;
  const line = 0.75 * devicePixelRatio;
  const side = Math.ceil(2 * rounded + line + 2);
  const picture = new OffscreenCanvas(side, side);
  const context = picture.getContext('2d')!;
  context.fillStyle = color;
  context.strokeStyle = 'rgb(0 0 0 / 65%)';
  context.lineWidth = line;
  context.arc(side / 2, side / 2, rounded, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  lastDot = { color, radius: rounded, picture };
  return picture;
}
