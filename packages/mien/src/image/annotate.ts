/** Faces drawn onto a copy of their photo: boxes, landmarks, and labels that stay inside and off other faces. */
import { Canvas, type Color, textHeight, textWidth } from './draw.ts';
import type { BoxXYWH, HeightWidth, Point2, RawImage } from './raw-image.ts';

export interface FaceAnnotation {
  readonly box: BoxXYWH;
  readonly landmarks?: readonly Point2[];
  /** Lines of the label, such as `happiness 92%`; none draws no label. */
  readonly lines: readonly string[];
}

/** Okabe and Ito's palette for colour-blind readers, without black, brightest first; faces take turns. */
const faceColors: readonly Color[] = [
  [240, 228, 66],
  [86, 180, 233],
  [230, 159, 0],
  [0, 190, 140],
  [204, 121, 167],
  [213, 94, 0],
];
const dark: Color = [16, 16, 16];
const BACKING_OPACITY = 0.78;

/** Sizes in pixels. */
interface Style {
  readonly line: number;
  readonly dot: number;
  readonly capHeight: number;
  readonly padding: number;
}

/**
 * Draws each face's box, its landmarks as dots, and its label on a dark backing.
 * Sizes follow the photo: lines are about 1/400 of its longer side, text between 1/90 and 1/36 by the face's size.
 * A label goes to whichever place around its box covers the least of other faces and other labels, wholly inside the
 * photo; one that is too large for the photo is made smaller.
 */
export function annotateFaces(image: RawImage, faces: readonly FaceAnnotation[]): RawImage {
  const canvas = new Canvas(image);
  faces.forEach((face, i) => drawFace(canvas, face, faceColors[i % faceColors.length]!));
  const labels: BoxXYWH[] = [];
  faces.forEach((face, i) => {
    if (face.lines.length === 0) return;
    const style = fittingStyle(image, face);
    const others = faces.filter((_, k) => k !== i).map(({ box }) => box);
    const place = placeLabel(image, face.box, labelSize(face.lines, style), others, labels, style);
    drawLabel(canvas, place, face.lines, style, faceColors[i % faceColors.length]!);
    labels.push(place);
  });
  return canvas.toImage();
}

function styleOf(image: HeightWidth, box: BoxXYWH): Style {
  const longSide = Math.max(image.width, image.height);
  const smallest = Math.max(7, longSide / 90);
  const capHeight = Math.min(Math.max(box.width / 11, smallest), Math.max(smallest, longSide / 36));
  const line = Math.max(1, Math.round(longSide / 400));
  return { line, dot: Math.max(0.8, Math.min(line, box.width / 90)), capHeight, padding: capHeight * 0.5 };
}

/** The style of a face with its text made small enough for the label to fit into the photo. */
function fittingStyle(image: HeightWidth, { box, lines }: FaceAnnotation): Style {
  const style = styleOf(image, box);
  const size = labelSize(lines, style);
  const factor = Math.min(1, image.width / size.width, image.height / size.height);
  return { ...style, capHeight: style.capHeight * factor, padding: style.padding * factor };
}

function labelSize(lines: readonly string[], { capHeight, padding }: Style): HeightWidth {
  return {
    width: Math.max(...lines.map((line) => textWidth(line, capHeight))) + 2 * padding,
    height: lines.length * lineStep(capHeight) - (lineStep(capHeight) - textHeight(capHeight)) + 2 * padding,
  };
}

function lineStep(capHeight: number): number {
  return capHeight * 1.6;
}

function drawFace(canvas: Canvas, { box, landmarks }: FaceAnnotation, color: Color): void {
  const style = styleOf(canvas, box);
  canvas.strokeRectangle(box, style.line + 2 * Math.ceil(style.line / 2), dark);
  canvas.strokeRectangle(box, style.line, color);
  for (const point of landmarks ?? []) canvas.disc(point, style.dot * 1.6, dark);
  for (const point of landmarks ?? []) canvas.disc(point, style.dot, color);
}

function drawLabel(
  canvas: Canvas,
  place: BoxXYWH,
  lines: readonly string[],
  { capHeight, padding, line }: Style,
  color: Color,
): void {
  canvas.fillRectangle(place, dark, BACKING_OPACITY);
  canvas.fillRectangle({ ...place, width: Math.max(1, Math.min(line, padding / 2)) }, color);
  lines.forEach((text, i) => {
    canvas.text(
      text,
      [place.x + padding, place.y + padding + i * lineStep(capHeight)],
      capHeight,
      i === 0 ? color : [235, 235, 235],
    );
  });
}

/**
 * The candidate with the least cost: area of other faces and labels covered, then area of the own face covered (a
 * quarter as bad), then the order of the candidates: above, below, beside, inside.
 */
function placeLabel(
  image: HeightWidth,
  box: BoxXYWH,
  size: HeightWidth,
  otherFaces: readonly BoxXYWH[],
  labels: readonly BoxXYWH[],
  { line }: Style,
): BoxXYWH {
  const gap = line * 1.5;
  const across = [box.x, box.x + (box.width - size.width) / 2, box.x + box.width - size.width];
  const along = [box.y, box.y + (box.height - size.height) / 2, box.y + box.height - size.height];
  const corners: Point2[] = [
    ...across.map((x): Point2 => [x, box.y - size.height - gap]),
    ...across.map((x): Point2 => [x, box.y + box.height + gap]),
    ...along.map((y): Point2 => [box.x + box.width + gap, y]),
    ...along.map((y): Point2 => [box.x - size.width - gap, y]),
    ...across.map((x): Point2 => [x, box.y + box.height - size.height]),
  ];
  const candidates = corners.map(([x, y]): BoxXYWH => ({
    x: Math.min(Math.max(x, 0), image.width - size.width),
    y: Math.min(Math.max(y, 0), image.height - size.height),
    ...size,
  }));
  const cost = (place: BoxXYWH): number =>
    [...otherFaces, ...labels].reduce((sum, other) => sum + overlap(place, other), 0) + overlap(place, box) / 4;
  return candidates.reduce((best, place) => (cost(place) < cost(best) ? place : best));
}

/** @returns the area in pixels that two boxes share */
function overlap(a: BoxXYWH, b: BoxXYWH): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
