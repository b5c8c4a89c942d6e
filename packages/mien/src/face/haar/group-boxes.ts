/** Boxes of one face, joined: OpenCV's `groupRectangles`. */
import type { BoxXYWH } from '../../image/index.ts';
import { roundHalfEven } from './window-sums.ts';

export interface BoxGroup {
  readonly box: BoxXYWH;
  /** How many boxes it is the mean of. */
  readonly count: number;
}

/** How far the sides of boxes of one face may be apart, as a share of their mean size. */
const TOLERANCE = 0.2;

/**
 * Boxes whose four sides are near each other are of one group, and so are those that others link. Groups of fewer than
 * `least` boxes are dropped, and those that lie within a group of more.
 * @returns the groups' mean boxes, whole pixels
 */
export function groupBoxes(boxes: readonly BoxXYWH[], least: number): BoxGroup[] {
  const groupOf = partition(boxes);
  const sums = new Map<number, { x: number; y: number; width: number; height: number; count: number }>();
  boxes.forEach(({ x, y, width, height }, i) => {
    const sum = sums.get(groupOf[i]!) ?? { x: 0, y: 0, width: 0, height: 0, count: 0 };
    sums.set(groupOf[i]!, {
      x: sum.x + x,
      y: sum.y + y,
      width: sum.width + width,
      height: sum.height + height,
      count: sum.count + 1,
    });
  });
  const groups = [...sums.values()]
    .filter(({ count }) => count >= least)
    .map(({ x, y, width, height, count }) => {
      const mean = (sum: number): number => roundHalfEven(Math.fround(sum * Math.fround(1 / count)));
      return { box: { x: mean(x), y: mean(y), width: mean(width), height: mean(height) }, count };
    });
  return groups.filter((group) => !groups.some((other) => other !== group && swallows(other, group)));
}

function swallows(other: BoxGroup, { box, count }: BoxGroup): boolean {
  const dx = roundHalfEven(other.box.width * TOLERANCE);
  const dy = roundHalfEven(other.box.height * TOLERANCE);
  const isInside =
    box.x >= other.box.x - dx &&
    box.y >= other.box.y - dy &&
    box.x + box.width <= other.box.x + other.box.width + dx &&
    box.y + box.height <= other.box.y + other.box.height + dy;
  return isInside && (other.count > Math.max(3, count) || count < 3);
}

/** @returns a number for each box, the same for boxes of one group */
function partition(boxes: readonly BoxXYWH[]): Int32Array {
  const parent = Int32Array.from(boxes, (_, i) => i);
  const rootOf = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!;
      i = parent[i]!;
    }
    return i;
  };
  for (let i = 0; i < boxes.length; i++)
    for (let j = 0; j < i; j++) if (areOfOneFace(boxes[i]!, boxes[j]!)) parent[rootOf(i)] = rootOf(j);
  return parent.map((_, i) => rootOf(i));
}

function areOfOneFace(a: BoxXYWH, b: BoxXYWH): boolean {
  const most = (TOLERANCE * (Math.min(a.width, b.width) + Math.min(a.height, b.height))) / 2;
  return (
    Math.abs(a.x - b.x) <= most &&
    Math.abs(a.y - b.y) <= most &&
    Math.abs(a.x + a.width - b.x - b.width) <= most &&
    Math.abs(a.y + a.height - b.y - b.height) <= most
  );
}
