/** Krippendorff's α for nominal labels: any number of workers, any votes missing. */
import { NO_SHARED_TASK, ONE_CLASS_ONLY, type TaskCounts } from './counts.ts';
import type { TaskStatistic } from './estimate.ts';

/**
 *   α = 1 − (n − 1)·Σⱼ (nⱼ² − Σₖ nⱼₖ²)/(nⱼ − 1) / (n² − Σₖ nₖ²)
 * over the tasks with at least two votes, n their votes and nₖ those for class k.
 * Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C, the sums over the coincidence
 * matrix written with the counts of each task.
 */
export function krippendorffAlpha({ taskCount, classCount: K, counts, sizes }: TaskCounts): TaskStatistic {
  const width = K + 1;
  const terms = new Float64Array(taskCount * width); // [T, disagreement | nⱼₖ]
  for (let j = 0; j < taskCount; j++) {
    const n = sizes[j]!;
    if (n < 2) continue;
    let squares = 0;
    for (let k = 0; k < K; k++) {
      const c = counts[j * K + k]!;
      squares += c * c;
      terms[j * width + 1 + k] = c;
    }
    terms[j * width] = (n * n - squares) / (n - 1);
  }
  return {
    terms,
    width,
    values([disagreement, ...perClass]) {
      const n = perClass.reduce((sum, c) => sum + c, 0);
      if (n === 0) return [NO_SHARED_TASK];
      if (perClass.includes(n)) return [ONE_CLASS_ONLY];
      const squares = perClass.reduce((sum, c) => sum + c * c, 0);
      return [1 - ((n - 1) * disagreement!) / (n * n - squares)];
    },
  };
}
