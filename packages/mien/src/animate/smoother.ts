/** Expressions in time: what trembles from frame to frame is evened out, and what a face does goes through. */
import { MienError } from '../errors.ts';
import type { HeadPose } from '../geometry/index.ts';
import { type ActionUnit, sidesOf, type SidedIntensity, UNIT_NUMBERS, type UnitIntensities } from '../synth/index.ts';
import type { ExpressionFit } from './expression-fitter.ts';

export interface SmootherOptions {
  /** Seconds in which a unit covers some two thirds of a step, above 0. Default 0.12. */
  readonly seconds?: number;
}

/** Blinks are over in a fifth of a second: closed eyes are followed so many times as fast. */
const LIDS_FASTER = 3;
/** A head that moves fast should not lag behind: that is so far off, deg, is followed three times as fast. */
const TURN_DEG = 25;
/** Longer pauses begin anew, s. */
const LONGEST_PAUSE = 1;

/**
 * Exponential smoothing of one face's fits by the time that passed, whatever the frame rate.
 * @example
 * ```ts
 * import { ExpressionSmoother } from 'mienjs/animate';
 *
 * const straight = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
 * const smoother = new ExpressionSmoother({ seconds: 0.1 });
 * smoother.next({ units: { 12: 0 }, pose: straight }, 0);
 * const { units } = smoother.next({ units: { 12: 1 }, pose: straight }, 0.1);
 * console.log(units[12]); // 0.63 on both sides
 * ```
 */
export class ExpressionSmoother {
  readonly #seconds: number;
  #last: { readonly fit: ExpressionFit; readonly timeSec: number } | undefined;

  /** @throws {MienError} when `seconds` is not above 0 */
  constructor({ seconds = 0.12 }: SmootherOptions = {}) {
    if (!(seconds > 0)) throw new MienError(`seconds: expected more than 0, got ${seconds}`);
    this.#seconds = seconds;
  }

  /** @param timeSec of the frame, not before that of the last */
  next(fit: ExpressionFit, timeSec: number): ExpressionFit {
    const before = this.#last;
    const passed = before ? timeSec - before.timeSec : Infinity;
    const smoothed =
      before && passed >= 0 && passed < LONGEST_PAUSE ? between(before.fit, fit, passed / this.#seconds) : fit;
    this.#last = { fit: smoothed, timeSec };
    return smoothed;
  }
}

/** @param time in units of the time constant */
function between(from: ExpressionFit, to: ExpressionFit, time: number): ExpressionFit {
  const share = (faster: number): number => 1 - Math.exp(-time * faster);
  const mixed = (a: number, b: number, faster = 1): number => a + share(faster) * (b - a);
  const turn = Math.max(
    ...(['yawDeg', 'pitchDeg', 'rollDeg'] as const).map((angle) => Math.abs(to.pose[angle] - from.pose[angle])),
  );
  const faster = 1 + (2 * turn) / TURN_DEG;
  const pose: HeadPose = {
    yawDeg: mixed(from.pose.yawDeg, to.pose.yawDeg, faster),
    pitchDeg: mixed(from.pose.pitchDeg, to.pose.pitchDeg, faster),
    rollDeg: mixed(from.pose.rollDeg, to.pose.rollDeg, faster),
  };
  const units: Partial<Record<ActionUnit, SidedIntensity>> = {};
  for (const unit of UNIT_NUMBERS) {
    if (from.units[unit] === undefined && to.units[unit] === undefined) continue;
    const [a, b] = [sidesOf(from.units[unit]), sidesOf(to.units[unit])];
    const speed = unit === 43 || unit === 45 ? LIDS_FASTER : 1;
    units[unit] = { left: mixed(a.left, b.left, speed), right: mixed(a.right, b.right, speed) };
  }
  const gaze =
    to.gaze && from.gaze
      ? {
          yawDeg: mixed(from.gaze.yawDeg, to.gaze.yawDeg, 2),
          pitchDeg: mixed(from.gaze.pitchDeg, to.gaze.pitchDeg, 2),
        }
      : to.gaze;
  return { units: units as UnitIntensities, pose, ...(gaze ? { gaze } : {}) };
}
