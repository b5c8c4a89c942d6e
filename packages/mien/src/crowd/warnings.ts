/**
 * Where votes are too few for a model, or a model does not fit them: plain sentences with figures.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { expressionOfLabel } from '../labels/index.ts';
import { countComponents } from './vote-graph.ts';
import type { Inference } from './inference.ts';
import { methodOf } from './methods/index.ts';
import { misfitWarnings } from './misfit.ts';
import { countTimes } from './vote-times.ts';
import type { Votes } from './votes.ts';
import type { CrowdWarning } from './warning.ts';

export type { CrowdWarning, WarningCode } from './warning.ts';

/** Below this, two votes that differ leave a task undecided. */
const FEW_PER_TASK = 3;
/** Below this, a share of right votes is known to ±0.15 at best. */
const FEW_PER_WORKER = 10;

/** Warnings that the votes alone give rise to; methods are not run. */
export function warnAboutVotes(votes: Votes): CrowdWarning[] {
  const { tasks, workers, classes, task, worker, label } = votes;
  const warnings: CrowdWarning[] = [];
  const [T, W] = [tasks.length, workers.length];
  if (votes.anonymous)
    warnings.push({
      code: 'unknown-workers',
      message:
        'The table counts votes and does not say whose they are: nothing can be said of workers, and every vote weighs the same.',
    });
  if (W === 1)
    warnings.push({
      code: 'one-worker',
      message: `All votes are of one worker, "${workers[0]}": nothing tells whether they are right.`,
    });
  const thinTasks = countBelow(countOf(task, T), FEW_PER_TASK);
  if (thinTasks > 0)
    warnings.push({
      code: 'few-votes-per-task',
      message: `${ofAll(thinTasks, T, 'task')} ${thinTasks === 1 ? 'has' : 'have'} fewer than ${FEW_PER_TASK} votes: labels of so few hang on the workers' reliability, and the difficulty is not known.`,
    });
  const thinWorkers = countBelow(countOf(worker, W), FEW_PER_WORKER);
  if (thinWorkers > 0 && !votes.anonymous)
    warnings.push({
      code: 'few-votes-per-worker',
      message: `${ofAll(thinWorkers, W, 'worker')} cast fewer than ${FEW_PER_WORKER} votes: a reliability from so few is a guess.`,
    });
  const { components, largest } = countComponents(task, worker, T, W);
  if (components > 1 && !votes.anonymous)
    warnings.push({
      code: 'disconnected',
      message: `The votes fall into ${components} groups that share neither tasks nor workers, the largest of ${ofAll(largest, T, 'task')}: reliabilities cannot be compared between groups.`,
    });
  const votesOfClass = countOf(label, classes.length);
  const unused = classes.filter((_, k) => votesOfClass[k] === 0);
  if (unused.length > 0)
    warnings.push({
      code: 'class-never-voted',
      message: `No vote is for ${unused.join(', ')}: nothing can be said of ${unused.length === 1 ? 'this class' : 'these classes'}.`,
    });
  for (const { labels, expression } of labelsAlike(classes)) {
    const advice =
      expression === undefined
        ? 'write them in one way'
        : `label codes such as ${labels.find((label) => label !== expression)!}=${expression} merge them`;
    warnings.push({
      code: 'labels-alike',
      message: `The labels ${labels.join(', ')} seem to mean the same, but count as different classes: ${advice}.`,
    });
  }
  const { durations, moments } = countTimes(votes);
  if (durations > 0 && moments > 0)
    warnings.push({
      code: 'mixed-times',
      message: `The times of ${durations} votes are durations and those of ${moments} are moments: nothing is said of how fast workers are.`,
    });
  return warnings;
}

/** Labels that name one expression, or that differ in case alone. */
function labelsAlike(classes: readonly string[]): { labels: string[]; expression: string | undefined }[] {
  const groups = new Map<string, { labels: string[]; expression: string | undefined }>();
  for (const label of classes) {
    const expression = expressionOfLabel(label);
    const key = expression ?? label.toLowerCase();
    if (groups.has(key)) groups.get(key)!.labels.push(label);
    else groups.set(key, { labels: [label], expression });
  }
  return [...groups.values()].filter(({ labels }) => labels.length > 1);
}

/**
 * Warnings about a result: that EM stopped early, that tasks have a label that nobody gave them, or that its model
 * cannot express what Dawid–Skene finds in the votes (which is run, for methods with even errors, to see that).
 */
export function warnAboutInference(votes: Votes, inference: Inference): CrowdWarning[] {
  const warnings = misfitWarnings(votes, inference);
  const unvoted = labelsWithoutVote(votes, inference);
  if (unvoted.length > 0) {
    warnings.push({
      code: 'label-without-vote',
      message: `${ofAll(unvoted.length, votes.tasks.length, 'task')} (the first is ${votes.tasks[unvoted[0]!]!}) got a label that none of their votes is for: ${methodOf(inference.method).unvotedLabels}.`,
    });
  }
  if (!inference.converged) {
    const { method, iterations, trace } = inference;
    const gain = trace.at(-1)! - (trace.at(-2) ?? NaN);
    const stopped = `${method} stopped after ${iterations} ${iterations === 1 ? 'round' : 'rounds'}`;
    warnings.push({
      code: 'not-converged',
      message:
        gain > 0
          ? `${stopped}, the last of which still raised the log-likelihood by ${gain.toPrecision(2)}.`
          : `${stopped} and had not converged.`,
    });
  }
  return warnings;
}

const ofAll = (count: number, all: number, unit: string): string => `${count} of ${all} ${unit}${all === 1 ? '' : 's'}`;

/** @returns the tasks whose inferred label has no vote, ascending */
function labelsWithoutVote({ tasks, task, label }: Votes, { labels }: Inference): number[] {
  const isVoted = new Uint8Array(tasks.length);
  for (let v = 0; v < task.length; v++) if (label[v] === labels[task[v]!]) isVoted[task[v]!] = 1;
  return [...tasks.keys()].filter((t) => isVoted[t] === 0);
}

function countOf(indices: Int32Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  for (const i of indices) counts[i]!++;
  return counts;
}

function countBelow(counts: Int32Array, least: number): number {
  return counts.reduce((total, count) => total + (count < least ? 1 : 0), 0);
}
