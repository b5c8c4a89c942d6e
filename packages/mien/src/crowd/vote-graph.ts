/** The bipartite graph of tasks and workers, joined by votes. */

/**
 * Connected components, by union of sets with path halving.
 * @param task [N] below T   @param worker [N] below W
 * @returns how many components there are, and how many tasks the one with the most has
 */
export function countComponents(
  task: Int32Array,
  worker: Int32Array,
  T: number,
  W: number,
): { components: number; largest: number } {
  const parent = Int32Array.from({ length: T + W }, (_, i) => i);
  const rootOf = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  for (let v = 0; v < task.length; v++) {
    const [a, b] = [rootOf(task[v]!), rootOf(T + worker[v]!)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const tasksOf = new Int32Array(T + W);
  for (let t = 0; t < T; t++) tasksOf[rootOf(t)]!++;
  let components = 0;
  for (let i = 0; i < T + W; i++) if (parent[i] === i) components++;
  return { components, largest: tasksOf.reduce((a, b) => Math.max(a, b), 0) };
}
