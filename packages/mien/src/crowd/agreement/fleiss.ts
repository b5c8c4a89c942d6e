/** Fleiss' κ: agreement beyond chance among any number of workers. */
import { NO_SHARED_TASK, ONE_CLASS_ONLY, type TaskCounts } from './counts.ts';
import type { TaskStatistic } from './estimate.ts';

/**
 *   Pⱼ = Σₖ nⱼₖ(nⱼₖ − 1) / (nⱼ(nⱼ − 1)),  P̄ = mean of Pⱼ,  pₖ = Σⱼ nⱼₖ / Σⱼ nⱼ,  Pₑ = Σₖ pₖ²,  κ = (P̄ − Pₑ)/(1 − Pₑ)
 * Source: Fleiss 1971, Psychological Bulletin 76(5), equations 3 to 7. Deviation: nⱼ may differ between tasks, every
 * task counts alike in P̄; tasks with a single vote are left out. With equal nⱼ this is Fleiss' formula.
 */
export function fleissKappa({ taskCount, classCount: K, counts, sizes }: TaskCounts): TaskStatistic {
  const width = K + 2;
  const terms = new Float64Array(taskCount * width); // [T, tasks | Pⱼ | nⱼₖ]
  for (let j = 0; j < taskCount; j++) {
    const n = sizes[j]!;
    if (n < 2) continue;
    let agreeing = 0;
    for (let k = 0; k < K; k++) {
      const c = counts[j * K + k]!;
      agreeing += c * (c - 1);
      terms[j * width + 2 + k] = c;
    }
    terms[j * width] = 1;
    terms[j * width + 1] = agreeing / (n * (n - 1));
  }
  return {
    terms,
    width,
    values([tasks, agreement, ...perClass]) {
      if (tasks === 0) return [NO_SHARED_TASK];
      const total = perClass.reduce((sum, n) => sum + n, 0);
      if (perClass.includes(total)) return [ONE_CLASS_ONLY];
      const chance = perClass.reduce((sum, n) => sum + (n / total) ** 2, 0);
      return [(agreement! / tasks! - chance) / (1 - chance)];
    },
  };
}
