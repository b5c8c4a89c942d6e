/** The bins of a reliability diagram (Guo et al. 2017, arXiv:1706.04599, figure 1). */

export interface ReliabilityBin {
  /** The confidences of the bin: (low, high]. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Means over the bin; NaN when it is empty. */
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * @param confidences [N] the largest probability of each sample   @param right [N] whether that class is the label
 * @param bins of equal width over [0, 1]; the bins of `expectedCalibrationError`
 */
export function reliabilityBins(
  confidences: readonly number[],
  right: readonly boolean[],
  bins = 15,
): ReliabilityBin[] {
  const totals = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  confidences.forEach((confidence, i) => {
    const bin = totals[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    if (right[i]) bin.right++;
  });
  return totals.map((bin, b) => ({
    low: b / bins,
    high: (b + 1) / bins,
    count: bin.count,
    confidence: bin.confidence / bin.count,
    accuracy: bin.right / bin.count,
  }));
}
