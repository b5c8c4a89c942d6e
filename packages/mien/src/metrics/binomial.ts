/** The binomial distribution: of n independent trials that succeed with probability p, how many do. */

/**
 * P(X ≤ k) for k = 0 … n, X ~ Binomial(n, p).
 * The terms ln C(n,k) + k·ln p + (n − k)·ln(1 − p) are taken in logarithms, so that no power of a large n under- or
 * overflows.
 * @param n whole, at least 0   @param p 0 … 1
 * @returns [n+1], ascending to 1
 */
export function binomialDistribution(n: number, p: number): Float64Array {
  const cumulative = new Float64Array(n + 1);
  if (p <= 0) return cumulative.fill(1);
  if (p >= 1) {
    cumulative[n] = 1;
    return cumulative;
  }
  const [logP, logQ] = [Math.log(p), Math.log1p(-p)];
  let logChoose = 0; // ln C(n,k)
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    sum += Math.exp(logChoose + k * logP + (n - k) * logQ);
    cumulative[k] = sum;
  }
  // The sum misses 1 by rounding alone; the last place must be 1, so that every draw finds its own
  for (let k = 0; k < n; k++) cumulative[k] = Math.min(1, cumulative[k]! / sum);
  cumulative[n] = 1;
  return cumulative;
}

/** The value whose share of the distribution holds u: the smallest k with P(X ≤ k) > u. @param u 0 … 1, without 1 */
export function quantileOf(cumulative: Float64Array, u: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}
