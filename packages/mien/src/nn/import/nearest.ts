/** The names most like a given one, for errors about a name that does not exist. */

/** Levenshtein's distance: the least number of characters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The `count` names nearest to `wanted`, nearest first. */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  return names
    .map((name) => ({ name, d: distance(wanted, name) }))
    .sort((a, b) => a.d - b.d)
    .slice(0, count)
    .map(({ name }) => name);
}
