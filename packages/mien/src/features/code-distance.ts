/**
 * How far local binary patterns are apart, by the earth mover's distance between their ones. Unlike the difference of
 * the codes as numbers, or the number of bits that differ, it is small when ones have moved to neighbouring places.
 */

const BITS = 8;
export const CODES = 1 << BITS;

/** The places of the bits: on a line from bit 0 to bit 7, or around the pixel, where bit 7 is beside bit 0. */
export type CodeTopology = 'line' | 'circle';

/**
 * The greatest distance on the circle: what a one costs that has no counterpart (Pele & Werman 2008, with their α = 1).
 */
const UNMATCHED = BITS / 2;

/**
 * Earth mover's distances between all codes. A one moves to a neighbouring empty place at a cost of 1; the distance is
 * the least cost at which P becomes Q. Codes with different numbers of ones differ in how ones come and go:
 *   line:    over the end, at bit 7, at a cost of 1; this is ‖C_P − C_Q‖₁ with C(i) = Σ_{j ≤ i} bit j
 *   circle:  anywhere, at a cost of 4; this is min over matchings Σ arc(pᵢ, qᵢ) + 4·| |P| − |Q| |, unchanged by rotation
 * Both are metrics.
 * @returns [256·256], row-major
 */
export function codeDistances(topology: CodeTopology): Float64Array {
  const distances = new Float64Array(CODES * CODES).fill(Infinity);
  for (let code = 0; code < CODES; code++) {
    distances[code * CODES + code] = 0;
    for (const { to, cost } of steps(code, topology)) distances[code * CODES + to] = cost;
  }
  // Shortest paths (Floyd 1962, Warshall 1962)
  for (let via = 0; via < CODES; via++) {
    for (let p = 0; p < CODES; p++) {
      const first = distances[p * CODES + via]!;
      if (first === Infinity) continue;
      for (let q = 0; q < CODES; q++) {
        const sum = first + distances[via * CODES + q]!;
        if (sum < distances[p * CODES + q]!) distances[p * CODES + q] = sum;
      }
    }
  }
  return distances;
}

interface Step {
  readonly to: number;
  readonly cost: number;
}

/** Codes that one move makes of another. */
function steps(code: number, topology: CodeTopology): Step[] {
  const out: Step[] = [];
  for (let i = 0; i < BITS; i++) {
    const next = (i + 1) % BITS;
    const swaps = ((code >> i) & 1) !== ((code >> next) & 1);
    if (swaps && (topology === 'circle' || next > i)) out.push({ to: code ^ (1 << i) ^ (1 << next), cost: 1 });
    if (topology === 'circle') out.push({ to: code ^ (1 << i), cost: UNMATCHED });
  }
  if (topology === 'line') out.push({ to: code ^ (1 << (BITS - 1)), cost: 1 });
  return out;
}
