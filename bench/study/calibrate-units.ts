/** From the fitted weight of one unit to its intensity and its presence. */
import type { UnitCalibration } from 'mienjs/animate';
import type { ActionUnit } from 'mienjs/synth';

/** FACS's A: from this intensity on a unit counts as present. */
export const PRESENT = 1;
const MOST = 5;
/** Weights at rest that are tried: multiples of the step up to the greatest. */
const REST_STEP = 0.01;
const REST_STEPS = 30;
/** Thresholds of presence that are tried, of the intensity; the least is what rounds to A. */
const PRESENT_LEAST = 0.5;
const PRESENT_STEP = 0.05;
const PRESENT_MOST = 4;
/** So many of the photos at rest are below the threshold of presence, however little drawn faces tremble. */
const SPARED = 0.9;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * The weight at rest and the slope with the least squared error of the intensity; and the threshold that tells faces which
 * show the unit from others best (the greatest sum of both kinds' shares, so that how many show it does not count), but
 * none that more than a tenth of photos at rest reaches.
 * @param truth 0 … 5   @param atRest weights of photos
 */
export function calibrate(
  unit: ActionUnit,
  { truth, weights }: { readonly truth: readonly number[]; readonly weights: readonly number[] },
  atRest: readonly number[],
): UnitCalibration {
  let best = { rest: 0, slope: 0, error: Infinity };
  for (let step = 0; step <= REST_STEPS; step++) {
    const rest = step * REST_STEP;
    const above = weights.map((weight) => Math.max(0, weight - rest));
    const square = above.reduce((sum, value) => sum + value * value, 0);
    if (square === 0) break;
    const slope = above.reduce((sum, value, i) => sum + value * truth[i]!, 0) / square;
    const error = mean(truth.map((value, i) => (Math.min(MOST, slope * above[i]!) - value) ** 2));
    if (error < best.error) best = { rest, slope, error };
  }
  const rest = Math.round(best.rest * 100) / 100;
  const slope = Math.round(best.slope * 100) / 100;
  const intensity = (weight: number): number => Math.min(MOST, slope * Math.max(0, weight - rest));
  const spared = [...atRest].sort((a, b) => a - b)[Math.floor(SPARED * atRest.length)]!;
  return { unit, rest, slope, present: threshold(truth, weights.map(intensity), intensity(spared)) };
}

/** @param least the threshold is above it */
function threshold(truth: readonly number[], intensities: readonly number[], least: number): number {
  let best = { at: PRESENT_MOST, told: -Infinity };
  const steps = Math.round((PRESENT_MOST - PRESENT_LEAST) / PRESENT_STEP);
  for (let step = 0; step < steps; step++) {
    const at = PRESENT_LEAST + step * PRESENT_STEP;
    if (at <= least) continue;
    const said = (shows: boolean): number =>
      mean(intensities.flatMap((value, i) => (truth[i]! >= PRESENT === shows ? [Number(value >= at)] : [])));
    const told = said(true) - said(false);
    if (told > best.told) best = { at, told };
  }
  return Math.round(best.at * 100) / 100;
}
