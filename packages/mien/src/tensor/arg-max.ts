/** Index of the largest of `count` values from `start`, counted from there; the first of equals. */
export function argMax(values: ArrayLike<number>, start = 0, count = values.length): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[start + k]! > values[start + best]!) best = k;
  return best;
}
