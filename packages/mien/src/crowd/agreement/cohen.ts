/**
 * Cohen's κ of each pair of workers, on the tasks that both voted on, and its mean over the pairs.
 * Time grows with the pairs of votes that share a task, whose number is limited (thin-votes.ts), memory with workers ·
 * K²; no table of all pairs is held.
 */
import type { Votes } from '../votes.ts';
import type { TaskStatistic } from './estimate.ts';
import { thinVotes } from './thin-votes.ts';

export interface Kappa {
  /** NaN when both gave one and the same label throughout: agreement by chance is then certain. */
  readonly kappa: number;
  /** Large-sample standard error. */
  readonly standardError: number;
}

/**
 *   κ = (pₒ − pₑ)/(1 − pₑ),  pₒ = Σₖ Fₖₖ/n,  pₑ = Σₖ rₖcₖ  (r, c: row and column shares)
 * Source: Cohen 1960; standard error: Fleiss, Cohen & Everitt 1969, Psychological Bulletin 72(5), equation 13, here as
 * the root mean square of κ's influence function over the table, divided by √n.
 * @param table [K,K] counts, row = first rater, column = second
 */
export function cohenKappa(table: Int32Array, classCount: number): Kappa {
  const parts = kappaParts(table, classCount);
  let squares = 0;
  for (let a = 0; a < classCount; a++) {
    for (let b = 0; b < classCount; b++) {
      const count = table[a * classCount + b]!;
      if (count > 0) squares += count * influence(parts, a, b) ** 2;
    }
  }
  return { kappa: parts.kappa, standardError: Math.sqrt(squares) / parts.n };
}

interface KappaParts {
  readonly n: number;
  readonly kappa: number;
  readonly agreement: number;
  readonly chance: number;
  /** [K] shares of each label, by the first and by the second rater. */
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

function kappaParts(table: Int32Array, K: number, offset = 0): KappaParts {
  const rows = new Float64Array(K);
  const columns = new Float64Array(K);
  let n = 0;
  let agreement = 0;
  for (let a = 0; a < K; a++) {
    for (let b = 0; b < K; b++) {
      const count = table[offset + a * K + b]!;
      rows[a]! += count;
      columns[b]! += count;
      n += count;
      if (a === b) agreement += count;
    }
  }
  let chance = 0;
  for (let k = 0; k < K; k++) chance += rows[k]! * columns[k]!;
  // Counts are whole, so this test for chance = 1 is exact
  const certain = chance === n * n;
  for (let k = 0; k < K; k++) {
    rows[k]! /= n;
    columns[k]! /= n;
  }
  agreement /= n;
  chance /= n * n;
  return { n, kappa: certain ? NaN : (agreement - chance) / (1 - chance), agreement, chance, rows, columns };
}

/** dκ by the share of cell (a, b), times what that share gains from one more vote pair there, to first order. */
function influence({ agreement, chance, rows, columns }: KappaParts, a: number, b: number): number {
  const gain = (a === b ? 1 : 0) - agreement;
  const chanceGain = columns[a]! + rows[b]! - 2 * chance;
  return gain / (1 - chance) - ((1 - agreement) / (1 - chance) ** 2) * chanceGain;
}

export interface PairwiseKappa {
  /** Value: the mean of κ over the pairs, each weighted by its tasks. */
  readonly mean: TaskStatistic;
  /** κ of each pair that has one, in no order. */
  readonly kappas: Float64Array;
  /** Pairs that share a task but have no κ, because both gave one and the same label throughout. */
  readonly undefinedPairs: number;
  /** Votes of a task that were paired, drawn at random where it has more; null: all. */
  readonly cap: number | null;
}

/** Pairs of votes gone through, about as many as 40 votes on each of 43,000 tasks make. */
const MAX_PAIRS = 2 ** 25;

/**
 * κ of all pairs of workers, and their mean Σₚ nₚκₚ / Σₚ nₚ with nₚ the tasks that pair p shares. The mean's interval
 * uses its linear part: resampling tasks adds Σⱼ (wⱼ − 1)ψⱼ, ψⱼ the influence of task j, so no pair is gone through
 * again.
 */
export function pairwiseKappa(all: Votes, mostPairs = MAX_PAIRS): PairwiseKappa {
  const { votes, cap } = thinVotes(all, mostPairs);
  const { task, worker, label, tasks, workers, classes } = votes;
  const [T, W, K] = [tasks.length, workers.length, classes.length];
  const { ends, votesOf } = indexVotes(votes);
  const tables = new Int32Array(W * K * K); // of the current worker and each later one
  const gains = new Float64Array(W * K * K); // influence + κ of each cell; 0 where κ is undefined
  const counted = new Uint8Array(W);
  const psi = new Float64Array(T);
  const pairs = new Float64Array(T); // pairs of votes of a task that count
  const kappas: number[] = [];
  let undefinedPairs = 0;
  let weighted = 0;
  let total = 0;
  for (let w = 0; w < W; w++) {
    const own = votesOf(w);
    const partners = new Set<number>();
    for (const v of own) {
      // Within a task votes are sorted by worker, so those of later workers follow
      for (let u = v + 1; u < ends[task[v]!]!; u++) {
        const at = worker[u]! * K * K + label[v]! * K + label[u]!;
        if (tables[at]!++ === 0) partners.add(worker[u]!);
      }
    }
    for (const other of partners) {
      const p = kappaParts(tables, K, other * K * K);
      tables.fill(0, other * K * K, (other + 1) * K * K);
      counted[other] = Number.isNaN(p.kappa) ? 0 : 1;
      for (let a = 0; a < K; a++)
        for (let b = 0; b < K; b++) gains[(other * K + a) * K + b] = counted[other] ? influence(p, a, b) + p.kappa : 0;
      if (!counted[other]) {
        undefinedPairs++;
        continue;
      }
      kappas.push(p.kappa);
      weighted += p.n * p.kappa;
      total += p.n;
    }
    for (const v of own) {
      const j = task[v]!;
      for (let u = v + 1; u < ends[j]!; u++) {
        psi[j]! += gains[worker[u]! * K * K + label[v]! * K + label[u]!]!;
        pairs[j]! += counted[worker[u]!]!;
      }
    }
  }
  const mean = weighted / total;
  const terms = new Float64Array(2 * T); // [T, 1 | ψⱼ]
  for (let j = 0; j < T; j++) {
    terms[2 * j] = 1;
    terms[2 * j + 1] = total > 0 ? (psi[j]! - mean * pairs[j]!) / total : 0;
  }
  const reason =
    undefinedPairs > 0
      ? 'Every pair of workers that shares tasks gave one and the same label to all of them.'
      : 'No two workers share a task.';
  return {
    kappas: Float64Array.from(kappas),
    undefinedPairs,
    cap,
    // Σⱼ ψⱼ = 0, so the point estimate is the mean itself
    mean: { terms, width: 2, values: (sums) => [total > 0 ? mean + sums[1]! : reason] },
  };
}

/** Where the votes of each task end, and those of each worker. */
function indexVotes({ task, worker, tasks, workers }: Votes): {
  ends: Int32Array;
  votesOf: (worker: number) => Int32Array;
} {
  const ends = new Int32Array(tasks.length);
  for (let v = 0; v < task.length; v++) ends[task[v]!] = v + 1;
  const starts = new Int32Array(workers.length + 1);
  for (const w of worker) starts[w + 1]!++;
  for (let w = 0; w < workers.length; w++) starts[w + 1]! += starts[w]!;
  const next = starts.slice();
  const order = new Int32Array(worker.length);
  for (let v = 0; v < worker.length; v++) order[next[worker[v]!]!++] = v;
  return { ends, votesOf: (w) => order.subarray(starts[w]!, starts[w + 1]!) };
}
