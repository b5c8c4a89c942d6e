/**
 * What adaptive overlap would have saved: votes with known truth are asked for again, in a random order, as long as the
 * stopping rule wants more.
 *
 * Shape legend: N votes, T tasks.
 */
import { InputError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import { wantedLabels, type StoppingRule } from './adaptive.ts';
import type { Inference } from './inference.ts';
import type { Votes } from './votes.ts';

export interface ReplayOptions extends Omit<StoppingRule, 'most'> {
  /** Votes that a task gets before the labels are inferred anew. Default 1. */
  readonly batch?: number;
  /** Seed of the order of votes. */
  readonly seed: number;
}

export interface Replay {
  /** Share of tasks whose label is right, by all votes and by those that the rule asked for. */
  readonly accuracy: { readonly all: number; readonly adaptive: number };
  readonly votes: { readonly all: number; readonly adaptive: number };
  /** How often labels were inferred on the way. */
  readonly rounds: number;
}

/**
 * Asks for the votes of each task in random order until the rule wants no more, or there are no more; labels are
 * inferred by the same method on the way, at the end, and on all votes.
 * @param truth [T] class   @param infer labels of votes
 * @throws {InputError} when an option is out of its range
 * @example
 * ```ts
 * import { infer, replayAdaptive, simulateVotes } from 'mienjs/crowd';
 *
 * const { votes, truth } = simulateVotes({ tasks: 500, workers: 30, votesPerTask: 10, seed: 1 });
 * const replay = replayAdaptive(votes, truth, (some) => infer(some, 'hds'), { certainty: 0.999, least: 3, seed: 1 });
 * console.log(replay.votes.adaptive / replay.votes.all, replay.accuracy);
 * ```
 */
export function replayAdaptive(
  votes: Votes,
  truth: Int32Array,
  infer: (votes: Votes) => Inference,
  { certainty, least, batch = 1, seed }: ReplayOptions,
): Replay {
  if (!Number.isInteger(batch) || batch < 1)
    throw new InputError('batch', `expected a whole number from 1, got ${batch}`);
  const { order, start } = shuffled(votes, seed);
  const T = votes.tasks.length;
  const has = (t: number): number => start[t + 1]! - start[t]!;
  const rule = { certainty, least, most: Math.max(least, ...Array.from({ length: T }, (_, t) => has(t))) };
  const taken = Int32Array.from({ length: T }, (_, t) => Math.min(least, has(t)));
  for (let rounds = 1; ; rounds++) {
    const asked = takeVotes(votes, order, start, taken);
    const inference = infer(asked);
    const wanted = wantedLabels(asked, inference, rule);
    let isMore = false;
    for (let t = 0; t < T; t++) {
      const next = Math.min(taken[t]! + batch, wanted[t]!, has(t));
      isMore ||= next > taken[t]!;
      taken[t] = next;
    }
    if (isMore) continue;
    return {
      accuracy: { all: accuracyOf(infer(votes), truth), adaptive: accuracyOf(inference, truth) },
      votes: { all: votes.task.length, adaptive: asked.task.length },
      rounds,
    };
  }
}

/** @returns the votes of each task in random order: `order` from `start[t]` to `start[t + 1]` */
function shuffled({ tasks, task }: Votes, seed: number): { readonly order: Int32Array; readonly start: Int32Array } {
  const random = new Random(seed, 'crowd/adaptive');
  const start = new Int32Array(tasks.length + 1);
  for (const t of task) start[t + 1]!++;
  for (let t = 0; t < tasks.length; t++) start[t + 1]! += start[t]!;
  const order = new Int32Array(task.length);
  for (let t = 0; t < tasks.length; t++) {
    const within = random.permutation(start[t + 1]! - start[t]!);
    within.forEach((v, i) => {
      order[start[t]! + i] = start[t]! + v;
    });
  }
  return { order, start };
}

/** The first `taken[t]` votes of each task, in the order of the votes; all tasks stay. */
function takeVotes(votes: Votes, order: Int32Array, start: Int32Array, taken: Int32Array): Votes {
  const isTaken = new Uint8Array(votes.task.length);
  taken.forEach((count, t) => {
    for (let i = 0; i < count; i++) isTaken[order[start[t]! + i]!] = 1;
  });
  const taking = (column: Int32Array): Int32Array => column.filter((_, v) => isTaken[v] === 1);
  const { tasks, workers, classes, task, worker, label } = votes;
  return { tasks, workers, classes, task: taking(task), worker: taking(worker), label: taking(label) };
}

const accuracyOf = ({ labels }: Inference, truth: Int32Array): number =>
  truth.reduce((right, k, t) => right + Number(labels[t] === k), 0) / truth.length;
