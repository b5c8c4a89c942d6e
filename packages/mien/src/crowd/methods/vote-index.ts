/**
 * Votes arranged for EM: by task and by worker (CSR), in an order that depends on who voted what, not on names.
 *
 * Tasks and workers are sorted by a colour: a hash of the labels and of the other side's colours, refined over rounds
 * (Weisfeiler–Leman). Every sum of EM then runs in the same order however the votes are named or listed, so that the
 * result is the same to the last bit: two nodes of equal colour hold equal values throughout, as EM passes only the
 * messages that the colours saw.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import type { Votes } from '../votes.ts';

export interface VoteIndex {
  readonly N: number;
  readonly T: number;
  readonly W: number;
  readonly K: number;
  /** [T+1] votes of task t are taskStart[t] … taskStart[t+1] − 1 of the next two */
  readonly taskStart: Int32Array;
  /** [N] */
  readonly workerOfTask: Int32Array;
  /** [N] */
  readonly labelOfTask: Int32Array;
  /** [W+1] votes of worker w are workerStart[w] … workerStart[w+1] − 1 of the next two */
  readonly workerStart: Int32Array;
  /** [N] */
  readonly taskOfWorker: Int32Array;
  /** [N] */
  readonly labelOfWorker: Int32Array;
  /** [T] index in the votes of each task here   */
  readonly taskNames: Int32Array;
  /** [W] index in the votes of each worker here */
  readonly workerNames: Int32Array;
}

export function indexVotes(votes: Votes): VoteIndex {
  const { task, worker, label } = votes;
  const [N, T, W, K] = [task.length, votes.tasks.length, votes.workers.length, votes.classes.length];
  const { taskNames, workerNames } = canonicalOrder(votes);
  const taskRank = invert(taskNames);
  const workerRank = invert(workerNames);
  const canonicalTask = task.map((t) => taskRank[t]!);
  const canonicalWorker = worker.map((w) => workerRank[w]!);
  // Two counting sorts leave each worker's votes in order of task; a third leaves each task's in order of worker.
  const byTask = sortBy(
    canonicalTask,
    T,
    Int32Array.from({ length: N }, (_, i) => i),
  );
  const byWorker = sortBy(canonicalWorker, W, byTask.order);
  const byTaskThenWorker = sortBy(canonicalTask, T, byWorker.order);
  return {
    N,
    T,
    W,
    K,
    taskStart: byTask.start,
    workerOfTask: byTaskThenWorker.order.map((i) => canonicalWorker[i]!),
    labelOfTask: byTaskThenWorker.order.map((i) => label[i]!),
    workerStart: byWorker.start,
    taskOfWorker: byWorker.order.map((i) => canonicalTask[i]!),
    labelOfWorker: byWorker.order.map((i) => label[i]!),
    taskNames,
    workerNames,
  };
}

/** @returns values [rows, width] moved from the order of the index to that of the votes */
export function toVotesOrder(values: Float64Array, names: Int32Array): Float64Array {
  const width = values.length / names.length;
  const out = new Float64Array(values.length);
  for (let i = 0; i < names.length; i++) out.set(values.subarray(i * width, (i + 1) * width), names[i]! * width);
  return out;
}

function invert(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) rank[order[i]!] = i;
  return rank;
}

/** Stable counting sort of the given order by key[i]. */
function sortBy(key: Int32Array, size: number, order: Int32Array): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(size + 1);
  for (let i = 0; i < key.length; i++) start[key[i]! + 1]!++;
  for (let k = 0; k < size; k++) start[k + 1]! += start[k]!;
  const next = start.slice();
  const out = new Int32Array(key.length);
  for (let i = 0; i < order.length; i++) out[next[key[order[i]!]!]!++] = order[i]!;
  return { start, order: out };
}

/** Rounds after which the refinement stops even if it still tells more apart; real votes settle in two or three. */
const MAX_ROUNDS = 64;

function canonicalOrder({ task, worker, label, tasks, workers }: Votes): {
  taskNames: Int32Array;
  workerNames: Int32Array;
} {
  const [T, W] = [tasks.length, workers.length];
  // Colours are 64-bit in two halves; a node's new colour sums over its votes, so that their order does not matter.
  let ofTask: Colors = [new Int32Array(T), new Int32Array(T)];
  let ofWorker: Colors = [new Int32Array(W), new Int32Array(W)];
  let distinct = -1;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const nextTask = refine(ofTask, ofWorker, task, worker, label);
    const nextWorker = refine(ofWorker, nextTask, worker, task, label);
    ofTask = nextTask;
    ofWorker = nextWorker;
    const now = countDistinct(ofTask) + countDistinct(ofWorker);
    if (now === distinct || now === T + W) break;
    distinct = now;
  }
  return { taskNames: sortByColor(ofTask), workerNames: sortByColor(ofWorker) };
}

type Colors = readonly [Int32Array, Int32Array];

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

function refine(own: Colors, others: Colors, ownOf: Int32Array, otherOf: Int32Array, label: Int32Array): Colors {
  const low = own[0].map((color) => mix(color + 0x9e3779b9));
  const high = own[1].map((color) => mix(color ^ 0x85ebca6b));
  for (let i = 0; i < label.length; i++) {
    const message = mix(others[0][otherOf[i]!]! + Math.imul(label[i]! + 1, 0x9e3779b1));
    low[ownOf[i]!]! += message;
    high[ownOf[i]!]! += mix(message ^ others[1][otherOf[i]!]!);
  }
  return [low, high];
}

function sortByColor([low, high]: Colors): Int32Array {
  return Int32Array.from({ length: low.length }, (_, i) => i).sort((a, b) => low[a]! - low[b]! || high[a]! - high[b]!);
}

function countDistinct(colors: Colors): number {
  const [low, high] = colors;
  const order = sortByColor(colors);
  let count = Math.min(1, order.length);
  for (let i = 1; i < order.length; i++) {
    if (low[order[i]!] !== low[order[i - 1]!] || high[order[i]!] !== high[order[i - 1]!]) count++;
  }
  return count;
}
