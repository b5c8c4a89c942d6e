/**
 * Learning-rate schedules: a factor of the base rate, as a function of progress. Pure functions, so that a
 * resumed run follows the same rates.
 */
export interface Progress {
  /** Steps done, counting from 0. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** The validation loss of each epoch so far. */
  readonly validationLosses: readonly number[];
}

export type Schedule = (p: Progress) => number;

export const constant: Schedule = () => 1;

/** ×gamma at each of these epochs. */
export function stepDecay(epochs: readonly number[], gamma = 0.1): Schedule {
  return (p) => gamma ** epochs.filter((e) => p.step >= e * p.stepsPerEpoch).length;
}

/** Half a cosine from 1 to `floor` over the whole run (Loshchilov & Hutter 2017, without restarts). */
export function cosine(floor = 0): Schedule {
  return (p) => floor + ((1 - floor) * (1 + Math.cos((Math.PI * p.step) / p.totalSteps))) / 2;
}

/**
 * One cycle (Smith 2018): cosine from `start` up to 1 over the first `peakAt` of the run, then cosine down to `end`.
 */
export function oneCycle(options: { peakAt?: number; start?: number; end?: number } = {}): Schedule {
  const { peakAt = 0.3, start = 1 / 25, end = 1e-4 } = options;
  const blend = (from: number, to: number, t: number): number => from + ((to - from) * (1 - Math.cos(Math.PI * t))) / 2;
  return (p) => {
    const t = p.step / p.totalSteps;
    return t < peakAt ? blend(start, 1, t / peakAt) : blend(1, end, (t - peakAt) / (1 - peakAt));
  };
}

/**
 * Warm restarts (Loshchilov & Hutter 2017): cycles of `epochs` epochs, each half a cosine from its peak down to `end`.
 * The first cycle rises from `start` over its first `warmUp` epochs; a cycle after the last peak has that peak. It does
 * not depend on the length of the run, so that a run may be stopped after any cycle, and be lengthened later.
 */
export function warmRestarts(options: {
  epochs: number;
  peaks: readonly number[];
  warmUp?: number;
  start?: number;
  end?: number;
}): Schedule {
  const { epochs, peaks, warmUp: rise = 0, start = 0.1, end = 1e-3 } = options;
  return ({ step, stepsPerEpoch }) => {
    const epoch = step / stepsPerEpoch;
    const cycle = Math.floor(epoch / epochs);
    const peak = peaks[Math.min(cycle, peaks.length - 1)]!;
    if (epoch < rise) return peak * (start + (1 - start) * (epoch / rise));
    const from = cycle === 0 ? rise : 0;
    const t = (epoch - cycle * epochs - from) / (epochs - from);
    return end + ((peak - end) * (1 + Math.cos(Math.PI * t))) / 2;
  };
}

/** Linear rise from 0 over the first `epochs`, then `then`. */
export function warmUp(epochs: number, then: Schedule): Schedule {
  return (p) => then(p) * Math.min(1, (p.step + 1) / (epochs * p.stepsPerEpoch));
}

/** ×factor each time the validation loss has not improved on its best for `patience` epochs. */
export function plateau(options: { patience?: number; factor?: number } = {}): Schedule {
  const { patience = 3, factor = 0.5 } = options;
  return (p) => {
    let best = Infinity;
    let waited = 0;
    let scale = 1;
    for (const loss of p.validationLosses) {
      if (loss < best) {
        best = loss;
        waited = 0;
      } else if (++waited >= patience) {
        scale *= factor;
        waited = 0;
      }
    }
    return scale;
  };
}
