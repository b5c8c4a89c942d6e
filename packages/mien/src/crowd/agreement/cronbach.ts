/**
 * Cronbach's α of the workers' votes, each worker being an item of the scale, also where workers saw different tasks.
 */
import type { Votes } from '../votes.ts';
import type { TaskCounts } from './counts.ts';
import type { Outcome, TaskStatistic } from './estimate.ts';

/** k: votes per task on average; the number of workers where each voted on each task. */
export function scaleLength({ sizes, taskCount }: TaskCounts): number {
  return sizes.reduce((sum, n) => sum + n, 0) / taskCount;
}

/**
 * For the indicators x = 1[label = c], centred by each worker's own mean:
 *   α = k·c̄ / (v̄ + (k − 1)·c̄),  v̄ = mean of xᵢⱼ² over votes,  c̄ = mean of xᵢⱼxₗⱼ over pairs of votes i ≠ l of a task
 * Where each worker voted on each task this is Cronbach's formula k/(k − 1)·(1 − Σᵢ var xᵢ / var Σᵢ xᵢ).
 * Source: Cronbach 1951, Psychometrika 16(3), in its form by mean variance and covariance. Deviation: with votes
 * missing, the means run over the votes and pairs there are, and k is `scaleLength`.
 * In resamples the workers' means are held: α is stationary in them, so this changes the interval to second order only.
 * @returns values: overall (v̄ and c̄ summed over the classes), then each class
 */
export function cronbachAlpha(votes: Votes, taskCounts: TaskCounts): TaskStatistic {
  const { taskCount: T, classCount: K, counts, sizes } = taskCounts;
  const means = workerMeans(votes);
  const center = new Float64Array(T * K); // Σᵢ mᵢ over a task's votes
  const squares = new Float64Array(T * K); // Σᵢ x²
  for (let v = 0; v < votes.task.length; v++) {
    const row = votes.task[v]! * K;
    const mean = votes.worker[v]! * K;
    const label = votes.label[v]!;
    for (let k = 0; k < K; k++) {
      const m = means[mean + k]!;
      center[row + k]! += m;
      squares[row + k]! += k === label ? (1 - m) * (1 - m) : m * m;
    }
  }
  const width = 2 + 2 * K;
  const terms = new Float64Array(T * width); // [T, votes | ordered pairs | Σ x² | Σ xᵢxₗ]
  for (let j = 0; j < T; j++) {
    terms[j * width] = sizes[j]!;
    terms[j * width + 1] = sizes[j]! * (sizes[j]! - 1);
    for (let k = 0; k < K; k++) {
      const square = squares[j * K + k]!;
      terms[j * width + 2 + k] = square;
      terms[j * width + 2 + K + k] = (counts[j * K + k]! - center[j * K + k]!) ** 2 - square;
    }
  }
  const length = scaleLength(taskCounts);
  return {
    terms,
    width,
    values(sums) {
      const variances = [...sums.subarray(2, 2 + K)].map((v) => v / sums[0]!);
      const covariances = [...sums.subarray(2 + K)].map((c) => c / sums[1]!);
      const total = (values: number[]): number => values.reduce((sum, v) => sum + v, 0);
      const alpha = (v: number, c: number): Outcome => ofMeans(v, c, length, sums[1]!);
      return [alpha(total(variances), total(covariances)), ...variances.map((v, k) => alpha(v, covariances[k]!))];
    },
  };
}

function ofMeans(variance: number, covariance: number, k: number, pairs: number): Outcome {
  if (pairs === 0) return 'No task has two votes, so votes do not covary.';
  if (variance <= 1e-15) return 'No worker gives the class to some tasks and not to others, so nothing varies.';
  const sumVariance = variance + (k - 1) * covariance;
  if (sumVariance <= 1e-15) return 'The sum of the votes does not vary between tasks.';
  return (k * covariance) / sumVariance;
}

/** [W,K] share of a worker's votes for each class. */
function workerMeans({ workers, classes, worker, label }: Votes): Float64Array {
  const K = classes.length;
  const totals = new Int32Array(workers.length);
  const means = new Float64Array(workers.length * K);
  for (let v = 0; v < worker.length; v++) {
    totals[worker[v]!]!++;
    means[worker[v]! * K + label[v]!]!++;
  }
  for (let i = 0; i < means.length; i++) means[i]! /= totals[Math.floor(i / K)]!;
  return means;
}
