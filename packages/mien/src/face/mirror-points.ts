/** Which landmark a landmark becomes when the face is mirrored. */
import { ShapeError } from '../errors.ts';

const run = (from: number, to: number): number[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => (from < to ? from + i : from - i));

/** Of the 68: jaw, brows, bridge and base of the nose, eyes, lips. */
const MIRROR_68 = [
  ...run(16, 0),
  ...run(26, 17),
  ...run(27, 30),
  ...run(35, 31),
  45,
  44,
  43,
  42,
  47,
  46,
  39,
  38,
  37,
  36,
  41,
  40,
  54,
  53,
  52,
  51,
  50,
  49,
  48,
  59,
  58,
  57,
  56,
  55,
  64,
  63,
  62,
  61,
  60,
  67,
  66,
  65,
];
/** Eyes, nose, corners of the mouth. */
const MIRROR_5 = [1, 0, 2, 4, 3];

/** @returns the place of each point's counterpart   @throws {ShapeError} when the order of so many points is not known */
export function mirroredPoints(count: number): readonly number[] {
  if (count === 68) return MIRROR_68;
  if (count === 5) return MIRROR_5;
  throw new ShapeError('augment', `flip: mirrors sets of 68 or 5 landmarks, got ${count}`);
}
