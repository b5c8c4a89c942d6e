/** The loss of linear support vector machines over an offset, where the weights are fixed. Shape legend: n samples. */

export type HingeLoss = 'hinge' | 'squared-hinge';

/**
 * The offset that makes the loss least, exactly:
 *   min_b Σᵢ ξᵢ,  ξᵢ = max(0, 1 − yᵢ(zᵢ + b)), or ξᵢ²
 * The derivative changes only where a sample reaches its margin, at bᵢ = yᵢ − zᵢ; it is summed along the sorted bᵢ up
 * to where it reaches 0. Where a whole interval is least, its lower end is taken (as all of it is: two classes far
 * apart), its middle if both ends are finite.
 * @param scores [n], zᵢ = w·xᵢ   @param signs [n], yᵢ = 1 or −1, both present
 */
export function bestOffset(scores: Float64Array, signs: Int8Array, loss: HingeLoss): number {
  const n = scores.length;
  const order = Float64Array.from(scores, (z, i) => signs[i]! - z);
  const ranks = Array.from(order.keys()).sort((a, b) => order[a]! - order[b]! || a - b);
  // For b left of all breakpoints every positive sample has a loss and no negative one
  let slope = 0;
  let curvature = 0;
  if (loss === 'hinge') {
    for (let i = 0; i < n; i++) if (signs[i]! > 0) slope -= 1;
    for (let r = 0; r < n; r++) {
      // A positive sample's −1 ends at its breakpoint, a negative one's +1 begins: either way the slope rises by 1
      slope += 1;
      if (slope === 0) return (order[ranks[r]!]! + order[ranks[Math.min(r + 1, n - 1)]!]!) / 2;
      if (slope > 0) return order[ranks[r]!]!;
    }
    return order[ranks[n - 1]!]!;
  }
  // Squared: derivative 2·(curvature·b − slope) with curvature the number of samples inside the margin, slope Σ their
  // bᵢ
  for (let i = 0; i < n; i++) {
    if (signs[i]! < 0) continue;
    curvature += 1;
    slope += order[i]!;
  }
  for (const i of ranks) {
    if (curvature * order[i]! - slope >= 0) break;
    curvature += signs[i]! > 0 ? -1 : 1;
    slope += signs[i]! > 0 ? -order[i]! : order[i]!;
  }
  return curvature > 0 ? slope / curvature : order[ranks[n - 1]!]!;
}

/** Σᵢ ξᵢ, or Σᵢ ξᵢ², at an offset. */
export function totalLoss(scores: Float64Array, signs: Int8Array, offset: number, loss: HingeLoss): number {
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const slack = Math.max(0, 1 - signs[i]! * (scores[i]! + offset));
    total += loss === 'hinge' ? slack : slack * slack;
  }
  return total;
}
