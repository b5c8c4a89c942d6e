/** Ratios of gamma functions, as the likelihood of Dirichlet–multinomial counts takes them. */

/** Arguments below this are shifted up, from where Stirling's series is good to 1e-12. */
const SERIES_FROM = 8;

/** @returns ln Γ(x + n) − ln Γ(x) for x > 0, n ≥ 0 */
export function lnRisingFactorial(x: number, n: number): number {
  // Γ(x + 1) = x Γ(x): both arguments are moved up, the product of the steps' quotients is made up for
  let quotient = 1;
  for (; x < SERIES_FROM; x++) quotient *= x / (x + n);
  return stirling(x + n) - stirling(x) + Math.log(quotient);
}

/** @returns ψ(x + n) − ψ(x), its derivative in x, for x > 0, n ≥ 0 */
export function digammaGap(x: number, n: number): number {
  let gap = 0;
  for (; x < SERIES_FROM; x++) gap += n / (x * (x + n)); // 1/x − 1/(x + n)
  return gap + digammaSeries(x + n) - digammaSeries(x);
}

/** ln Γ(x) − ½ ln 2π */
function stirling(x: number): number {
  const z = 1 / (x * x);
  return (x - 0.5) * Math.log(x) - x + (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / x;
}

function digammaSeries(x: number): number {
  const z = 1 / (x * x);
  return Math.log(x) - 0.5 / x - z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))));
}
