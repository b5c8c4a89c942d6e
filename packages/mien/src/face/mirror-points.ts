/** Which landmark a landmark becomes when the face is mirrored. */
import { ShapeError } from '../errors.ts';

const run = (from: number, to: number): number[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => (from < to ? from + i : from - i));

/** Partners of the 68: jaw, brows, bridge and base of the nose, eyes, lips. */
const MIRROR_68 = [
  ...run(16, 0),
  ...run(26, 17),
  ...run(27, 30),
  ...run(35, 31),
  ...run(45, 42),
  ...run(47, 46),
  ...run(39, 36),
  ...run(41, 40),
  ...run(54, 48),
  ...run(59, 55),
  ...run(64, 60),
  ...run(67, 65),
];
/** Eyes, nose, corners of the mouth. */
const MIRROR_5 = [1, 0, 2, 4, 3];

/** @returns the place of each point's counterpart   @throws {ShapeError} when the order of so many points is not known */
export function mirroredPoints(count: number): readonly number[] {
  if (count === 68) return MIRROR_68;
  if (count === 5) return MIRROR_5;
  throw new ShapeError('augment', `flip: mirrors sets of 68 or 5 landmarks, got ${count}`);
}
