/**
 * Where votes are too few for a model, or a model does not fit them: plain sentences with figures.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { countComponents } from './vote-graph.ts';
import type { Inference } from './inference.ts';
import { misfitWarnings } from './misfit.ts';
import type { Votes } from './votes.ts';

export type WarningCode =
  | 'few-votes-per-task' | 'few-votes-per-worker' | 'one-worker' | 'disconnected' | 'class-never-voted'
  | 'not-converged' | 'asymmetric-confusion' | 'reliability-misfit';

export interface CrowdWarning {
  readonly code: WarningCode;
  /** One sentence or two. */
  readonly message: string;
}

/** Below this, two votes that differ leave a task undecided. */
const FEW_PER_TASK = 3;
/** Below this, a share of right votes is known to ±0.15 at best. */
const FEW_PER_WORKER = 10;

/** Warnings that the votes alone give rise to; methods are not run. */
export function warnAboutVotes({ tasks, workers, classes, task, worker, label }: Votes): CrowdWarning[] {
  const warnings: CrowdWarning[] = [];
  const [T, W] = [tasks.length, workers.length];
  if (W === 1) warnings.push({ code: 'one-worker', message: `All votes are of one worker, "${workers[0]}": nothing tells whether they are right.` });
  const thinTasks = countBelow(countOf(task, T), FEW_PER_TASK);
  if (thinTasks > 0) warnings.push({ code: 'few-votes-per-task', message: `${thinTasks} of ${T} tasks have fewer than ${FEW_PER_TASK} votes: their labels hang on the workers' reliability, and their difficulty is not known.` });
  const thinWorkers = countBelow(countOf(worker, W), FEW_PER_WORKER);
  if (thinWorkers > 0) warnings.push({ code: 'few-votes-per-worker', message: `${thinWorkers} of ${W} workers cast fewer than ${FEW_PER_WORKER} votes: their reliability is a guess.` });
  const { components, largest } = countComponents(task, worker, T, W);
  if (components > 1) warnings.push({ code: 'disconnected', message: `The votes fall into ${components} groups that share neither tasks nor workers, the largest of ${largest} of ${T} tasks: reliabilities cannot be compared between groups.` });
  const votesOfClass = countOf(label, classes.length);
  const unused = classes.filter((_, k) => votesOfClass[k] === 0);
  if (unused.length > 0) warnings.push({ code: 'class-never-voted', message: `No vote is for ${unused.join(', ')}: nothing can be said of ${unused.length === 1 ? 'this class' : 'these classes'}.` });
  return warnings;
}

/**
 * Warnings about a result: that EM stopped early, or that its model cannot express what Dawid–Skene finds in the votes
 * (which is run for glad, raf and one-coin to see that).
 */
export function warnAboutInference(votes: Votes, inference: Inference): CrowdWarning[] {
  const warnings = misfitWarnings(votes, inference);
  if (!inference.converged) {
    const { method, iterations, trace } = inference;
    const gain = trace.at(-1)! - (trace.at(-2) ?? NaN);
    const stopped = `${method} stopped after ${iterations} ${iterations === 1 ? 'round' : 'rounds'}`;
    warnings.push({ code: 'not-converged', message: gain > 0 ? `${stopped}, the last of which still raised the log-likelihood by ${gain.toPrecision(2)}.` : `${stopped} and had not converged.` });
  }
  return warnings;
}

function countOf(indices: Int32Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  for (const i of indices) counts[i]!++;
  return counts;
}

function countBelow(counts: Int32Array, least: number): number {
  return counts.reduce((total, count) => total + (count < least ? 1 : 0), 0);
}
