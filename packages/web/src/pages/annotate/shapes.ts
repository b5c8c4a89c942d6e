/** Boxes and points while they are drawn, in pixels of the image. */

export interface PlacedPoint {
  readonly x: number;
  readonly y: number;
  readonly hidden: boolean;
}
export interface DrawnBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
/** What of a box is held: a corner by its sides, or all of it. */
export const BOX_PARTS = ['nw', 'ne', 'se', 'sw', 'all'] as const;
export type BoxPart = (typeof BOX_PARTS)[number];

/** Smallest side, px. */
const LEAST = 2;
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
/** A tenth of a pixel is finer than anybody sees. */
const round = (value: number): number => Math.round(value * 10) / 10;

/** The box between two corners, within the image. */
export function boxBetween(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  image: Size,
): DrawnBox {
  const xs = [a.x, b.x].map((x) => round(clamp(x, 0, image.width))).sort((p, q) => p - q) as [number, number];
  const ys = [a.y, b.y].map((y) => round(clamp(y, 0, image.height))).sort((p, q) => p - q) as [number, number];
  const side = (low: number, high: number): number => Math.max(LEAST, round(high - low));
  return { x: xs[0], y: ys[0], width: side(...xs), height: side(...ys) };
}

/** A box with a part of it moved by (dx, dy). It stays within the image, and is never turned inside out. */
export function moveBox(box: DrawnBox, part: BoxPart, dx: number, dy: number, image: Size): DrawnBox {
  if (part === 'all')
    return {
      ...box,
      x: round(clamp(box.x + dx, 0, image.width - box.width)),
      y: round(clamp(box.y + dy, 0, image.height - box.height)),
    };
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  const isWest = part.endsWith('w');
  const isNorth = part.startsWith('n');
  const x = isWest ? clamp(box.x + dx, 0, right - LEAST) : box.x;
  const y = isNorth ? clamp(box.y + dy, 0, bottom - LEAST) : box.y;
  const farX = isWest ? right : clamp(right + dx, box.x + LEAST, image.width);
  const farY = isNorth ? bottom : clamp(bottom + dy, box.y + LEAST, image.height);
  return { x: round(x), y: round(y), width: round(farX - x), height: round(farY - y) };
}

/** The points with the one at `index` at a place; one more where it was not placed yet. */
export function placePoint(
  points: readonly PlacedPoint[],
  index: number,
  { x, y }: { readonly x: number; readonly y: number },
  image: Size,
): PlacedPoint[] {
  const placed = {
    x: round(clamp(x, 0, image.width)),
    y: round(clamp(y, 0, image.height)),
    hidden: points[index]?.hidden ?? false,
  };
  return [...points.slice(0, index), placed, ...points.slice(index + 1)];
}

export const toggleHidden = (points: readonly PlacedPoint[], index: number): PlacedPoint[] =>
  points.map((point, i) => (i === index ? { ...point, hidden: !point.hidden } : point));

/** Index of the point nearest to a place, at most `within` away; undefined: none. */
export function nearestPoint(
  points: readonly PlacedPoint[],
  { x, y }: { readonly x: number; readonly y: number },
  within: number,
): number | undefined {
  let [found, least]: [number | undefined, number] = [undefined, within];
  points.forEach((point, i) => {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance <= least) [found, least] = [i, distance];
  });
  return found;
}
