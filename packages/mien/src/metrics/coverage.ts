/**
 * Answering only where the model is sure: coverage is the share of images that are answered, and accuracy counts those
 * alone (selective classification; El-Yaniv & Wiener 2010).
 * Shape legend: N images.
 */
export interface CoveragePoint {
  /** Answers of at least this confidence are given. */
  readonly threshold: number;
  /** Share of images that are answered, 0 … 1. */
  readonly coverage: number;
  /** Share of the answers given that is right; NaN where none is given. */
  readonly accuracy: number;
}

/**
 * @param confidences [N]   @param correct [N]
 * @returns a point for each of these thresholds
 */
export function coverageCurve(
  confidences: ArrayLike<number>,
  correct: readonly boolean[],
  thresholds: readonly number[],
): CoveragePoint[] {
  return thresholds.map((threshold) => {
    const answered = correct.filter((_, i) => confidences[i]! >= threshold);
    return {
      threshold,
      coverage: answered.length / correct.length,
      accuracy: answered.filter(Boolean).length / answered.length,
    };
  });
}

/**
 * The lowest threshold, in hundredths, from which on the answers given are wrong at most half as often as all answers
 * would be.
 * @param confidences [N]   @param correct [N]
 * @returns 0 where all are right; 1 where no threshold halves the error
 */
export function halfErrorThreshold(confidences: ArrayLike<number>, correct: readonly boolean[]): number {
  const thresholds = Array.from({ length: 100 }, (_, i) => i / 100);
  const errors = coverageCurve(confidences, correct, thresholds).map(({ accuracy }) => 1 - accuracy);
  return thresholds.find((_, i) => errors[i]! <= errors[0]! / 2) ?? 1;
}
