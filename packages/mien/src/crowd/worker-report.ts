/**
 * What each worker did: agreement with the consensus, confusion, speed, and who seems not to look at the images.
 *
 * Shape legend: W workers, K classes.
 */
import { cohenKappa } from './agreement/cohen.ts';
import { quantile } from './agreement/estimate.ts';
import type { Inference } from './inference.ts';
import { countTimes } from './vote-times.ts';
import type { Votes } from './votes.ts';

export interface WorkerReport {
  readonly worker: string;
  readonly votes: number;
  /** See `InferenceBase.reliability`. */
  readonly reliability: number;
  /** Votes on tasks that others voted on too and whose consensus is not tied: what the figures below are of. */
  readonly compared: number;
  /** Share of these that are the consensus; NaN without one. The worker's own vote is part of the consensus. */
  readonly accuracy: number;
  /** Cohen's κ between votes and consensus: accuracy beyond chance; NaN where undefined. */
  readonly kappa: number;
  /** [K][K] row = consensus, column = vote. */
  readonly confusion: readonly (readonly number[])[];
  /** Median time of a vote; NaN where times are not given. */
  readonly medianSeconds: number;
  readonly flag: WorkerFlag | null;
}

export type WorkerFlag = 'spammer' | 'adversary';

/** Fewer votes than this are too few to judge a worker. */
const JUDGED_FROM = 10;
/** κ up to this is called slight agreement (Landis & Koch 1977). */
const SLIGHT = 0.2;
/** A longer gap between two votes is a pause, in seconds. */
const PAUSE = 600;

export const FLAG_RULE =
  `A worker with at least ${JUDGED_FROM} compared votes is flagged when Cohen's κ between votes and consensus is so low that ` +
  `κ + 1.96 standard errors is below ${SLIGHT} (a spammer: votes hardly depend on the image) or below 0 (an adversary: they contradict it).`;

/**
 * A report for each worker, in the order of the votes' workers. The consensus is the inferred label.
 * Times: values from 1e8 on are moments, and a vote took the time since the worker's vote before it, unless that is
 * above ten minutes; smaller values are durations. A mix of both is not reported.
 */
export function workerReports(votes: Votes, inference: Inference): WorkerReport[] {
  const { tasks, workers, classes, task, worker, label } = votes;
  const [W, K] = [workers.length, classes.length];
  const sizes = new Int32Array(tasks.length);
  for (const t of task) sizes[t]!++;
  for (const t of inference.ties) sizes[t] = 0;
  const totals = new Int32Array(W);
  const tables = new Int32Array(W * K * K);
  for (let v = 0; v < task.length; v++) {
    totals[worker[v]!]!++;
    if (sizes[task[v]!]! >= 2) tables[(worker[v]! * K + inference.labels[task[v]!]!) * K + label[v]!]!++;
  }
  const medianSeconds = medianTimes(votes);
  return workers.map((name, w) => {
    const table = tables.subarray(w * K * K, (w + 1) * K * K);
    const confusion = Array.from({ length: K }, (_, k) => [...table.subarray(k * K, (k + 1) * K)]);
    const compared = table.reduce((sum, n) => sum + n, 0);
    const { kappa, standardError } = compared > 0 ? cohenKappa(table, K) : { kappa: NaN, standardError: NaN };
    return {
      worker: name,
      votes: totals[w]!,
      reliability: inference.reliability[w]!,
      compared,
      accuracy: confusion.reduce((sum, row, k) => sum + row[k]!, 0) / compared,
      kappa,
      confusion,
      medianSeconds: medianSeconds[w]!,
      flag: compared >= JUDGED_FROM ? flagOf(kappa + 1.96 * standardError) : null,
    };
  });
}

/** @param upper end of κ's interval; NaN (one label throughout, the same in votes and consensus) says nothing */
function flagOf(upper: number): WorkerFlag | null {
  if (upper < 0) return 'adversary';
  return upper < SLIGHT ? 'spammer' : null;
}

/** [W] seconds; NaN for workers without times */
function medianTimes(votes: Votes): Float64Array {
  const { workers, worker, timeSeconds } = votes;
  const { durations: given, moments } = countTimes(votes);
  const medians = new Float64Array(workers.length).fill(NaN);
  if (!timeSeconds || (given > 0 && moments > 0)) return medians;
  const times = workers.map((): number[] => []);
  timeSeconds.forEach((seconds, v) => {
    if (!Number.isNaN(seconds)) times[worker[v]!]!.push(seconds);
  });
  times.forEach((own, w) => {
    own.sort((a, b) => a - b);
    const durations =
      moments > 0
        ? own
            .slice(1)
            .map((moment, i) => moment - own[i]!)
            .filter((gap) => gap <= PAUSE)
            .sort((a, b) => a - b)
        : own;
    if (durations.length > 0) medians[w] = quantile(durations, 0.5);
  });
  return medians;
}
