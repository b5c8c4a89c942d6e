/** ICC(1,k): how reliable the mean of a task's votes is, workers being interchangeable. */
import type { TaskCounts } from './counts.ts';
import type { Outcome, TaskStatistic } from './estimate.ts';

/** Average number of votes of a task for an analysis of variance with unequal groups: k₀ = (N − Σⱼ nⱼ²/N)/(T − 1). */
export function averageVotes({ taskCount, sizes }: TaskCounts): number {
  const total = sizes.reduce((sum, n) => sum + n, 0);
  return (total - sizes.reduce((sum, n) => sum + n * n, 0) / total) / (taskCount - 1);
}

/**
 * One-way analysis of variance of the indicators 1[label = c] with tasks as groups:
 *   ICC(1,k) = (MSB − MSW)/MSB,  MSB = SSB/(T − 1),  MSW = SSW/(N − T)
 *   SSB = Σⱼ nⱼ꜀²/nⱼ − (Σⱼ nⱼ꜀)²/N,  SSW = Σⱼ (nⱼ꜀ − nⱼ꜀²/nⱼ)
 * Source: Shrout & Fleiss 1979, Psychological Bulletin 86(2), case 1 of averaged ratings. Votes are nominal, so each
 * class has an ICC of its own; the overall one sums SSB and SSW over the classes. With unequal nⱼ, k is `averageVotes`.
 * @returns values: overall, then each class
 */
export function icc1k({ taskCount, classCount: K, counts, sizes }: TaskCounts): TaskStatistic {
  const width = 2 + 2 * K;
  const terms = new Float64Array(taskCount * width); // [T, tasks | nⱼ | nⱼ꜀ | nⱼ꜀²/nⱼ]
  for (let j = 0; j < taskCount; j++) {
    terms[j * width] = 1;
    terms[j * width + 1] = sizes[j]!;
    for (let k = 0; k < K; k++) {
      const c = counts[j * K + k]!;
      terms[j * width + 2 + k] = c;
      terms[j * width + 2 + K + k] = (c * c) / sizes[j]!;
    }
  }
  return {
    terms,
    width,
    values(sums) {
      const tasks = sums[0]!;
      const votes = sums[1]!;
      let allBetween = 0;
      let allWithin = 0;
      const perClass: Outcome[] = [];
      for (let k = 0; k < K; k++) {
        const n = sums[2 + k]!;
        const between = sums[2 + K + k]! - (n * n) / votes;
        const within = n - sums[2 + K + k]!;
        allBetween += between;
        allWithin += within;
        perClass.push(ofSquares(between, within, n === 0 || n === votes, tasks, votes));
      }
      const unanimous = perClass.every((_, k) => sums[2 + k] === 0 || sums[2 + k] === votes);
      return [ofSquares(allBetween, allWithin, unanimous, tasks, votes), ...perClass];
    },
  };
}

function ofSquares(between: number, within: number, constant: boolean, tasks: number, votes: number): Outcome {
  if (votes === tasks) return 'No task has two votes, so the spread within tasks is unknown.';
  if (tasks < 2) return 'There is one task only, so the spread between tasks is unknown.';
  if (constant) return 'The class has none or all of the votes, so nothing varies.';
  // Rounding leaves about 1e-16 of the votes where every task has the same shares
  if (between <= 1e-12 * votes) return 'All tasks have the same shares of votes, so the spread between tasks is 0.';
  return 1 - within / (votes - tasks) / (between / (tasks - 1));
}
