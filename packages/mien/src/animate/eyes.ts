/** Where eyes look, and how far they are closed, from the attention mesh: the plain one hardly follows lids. */
import type { Point3 } from '../image/index.ts';

/** Of each eye: its corners from the image's left to its right, its lids, and the middle of its iris. */
const EYES = {
  right: { corners: [33, 133], lids: [159, 145], iris: 468 },
  left: { corners: [362, 263], lids: [386, 374], iris: 473 },
} as const;
type Eye = (typeof EYES)[keyof typeof EYES];

/** Points of a mesh with irises. */
const WITH_IRISES = 478;
/** Radius of the eyeball, of the distance between the corners: 12 mm of 30. */
const BALL = 0.4;
/** Chosen: eyes hardly turn further, and the rig's look best within it. */
const MOST_GAZE_DEG = 28;
/**
 * Height of the opening, of its width, below which eyes count as closing, and at which they are closed: chosen far below open
 * ones. Of 30 drawn persons the more open eye has 0.36 to 0.47 at rest, 0.25 to 0.34 in a smile, and 0.06 in the median when it is
 * closed, 0.22 at most (`npm run study:animate -- ferplus=FOLDER --people 0`).
 */
const OPEN = 0.14;
const CLOSED = 0.08;
/** Above this an eye is hidden, by hair or a hand, and its mesh a guess: chosen above the 0.47 of open ones. */
const WIDEST = 0.6;
/** Heads that are turned further hide part of the farther eye: chosen. */
const HIDDEN_DEG = 15;

export interface Gaze {
  readonly yawDeg: number;
  readonly pitchDeg: number;
}

export const hasIrises = (mesh: readonly Point3[]): boolean => mesh.length >= WITH_IRISES;

/**
 * Relative to the head; yaw > 0 to the subject's left, pitch > 0 up.
 * @param mesh with irises
 */
export function gazeOf(mesh: readonly Point3[], headYawDeg: number): Gaze {
  const turns = seen(headYawDeg).map(({ corners: [from, to], iris }) => {
    const [[ax, ay], [bx, by], [ix, iy]] = [mesh[from]!, mesh[to]!, mesh[iris]!];
    const [ex, ey] = [bx - ax, by - ay];
    const square = ex * ex + ey * ey;
    const [dx, dy] = [ix - (ax + bx) / 2, iy - (ay + by) / 2];
    return [(dx * ex + dy * ey) / square, (dy * ex - dx * ey) / square] as const;
  });
  const angle = (axis: 0 | 1): number => {
    const offset = turns.reduce((sum, turn) => sum + turn[axis], 0) / turns.length / BALL;
    const degrees = (Math.asin(clamp(offset, -1, 1)) * 180) / Math.PI;
    return clamp(degrees, -MOST_GAZE_DEG, MOST_GAZE_DEG);
  };
  return { yawDeg: angle(0), pitchDeg: -angle(1) };
}

/** How far eyes are closed, 0 … 1: the more open one, since more eyes are hidden than wink. @param mesh with irises */
export function closedEyes(mesh: readonly Point3[], headYawDeg: number): number {
  const openings = seen(headYawDeg)
    .map(
      ({ corners, lids }) => distance(mesh[lids[0]]!, mesh[lids[1]]!) / distance(mesh[corners[0]]!, mesh[corners[1]]!),
    )
    .filter((opening) => opening < WIDEST);
  return openings.length === 0 ? 0 : clamp((OPEN - Math.max(...openings)) / (OPEN - CLOSED), 0, 1);
}

/** The right eye and the left one; of a head that is turned the nearer one, which speaks for both. */
function seen(headYawDeg: number): Eye[] {
  if (Math.abs(headYawDeg) < HIDDEN_DEG) return [EYES.right, EYES.left];
  return [headYawDeg > 0 ? EYES.right : EYES.left];
}

const distance = ([ax, ay]: Point3, [bx, by]: Point3): number => Math.hypot(ax - bx, ay - by);
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
