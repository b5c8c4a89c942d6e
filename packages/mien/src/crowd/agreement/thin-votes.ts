/** Fewer votes a task, where all pairs of votes would be too many to go through. */
import { Random } from '../../tensor/random.ts';
import type { Votes } from '../votes.ts';

/**
 * Caps the votes of a task, so that at most `mostPairs` pairs of votes share one. From tasks with more votes than the
 * cap, as many drawn at random are kept. The cap is the largest number of votes halved as often as needed, at least 2.
 * @returns the votes themselves and a null cap where they are few enough
 */
export function thinVotes(votes: Votes, mostPairs: number): { votes: Votes; cap: number | null } {
  const { task, worker, label, tasks } = votes;
  const sizes = new Int32Array(tasks.length);
  for (const t of task) sizes[t]!++;
  const pairsAt = (cap: number): number =>
    sizes.reduce((sum, n) => sum + (Math.min(n, cap) * (Math.min(n, cap) - 1)) / 2, 0);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  let cap = largest;
  while (cap > 2 && pairsAt(cap) > mostPairs) cap = Math.max(2, Math.floor(cap / 2));
  if (cap === largest) return { votes, cap: null };
  const random = new Random(1, 'crowd/thin-votes');
  const kept: number[] = [];
  for (let v = 0, wanted = 0, left = 0; v < task.length; v++) {
    if (v === 0 || task[v] !== task[v - 1]) {
      left = sizes[task[v]!]!;
      wanted = Math.min(left, cap);
    }
    // Selection sampling: each of the votes left is taken with probability wanted/left (Knuth, TAOCP 2, 3.4.2,
    // algorithm S)
    if (random.uniform() * left < wanted) {
      kept.push(v);
      wanted--;
    }
    left--;
  }
  const pick = (column: Int32Array): Int32Array => Int32Array.from(kept, (v) => column[v]!);
  return {
    votes: {
      tasks,
      workers: votes.workers,
      classes: votes.classes,
      task: pick(task),
      worker: pick(worker),
      label: pick(label),
    },
    cap,
  };
}
