/**
 * Cohen's κ of each pair of workers, on the tasks that both voted on, and its mean over the pairs.
 * Time grows with the pairs of votes that share a task, memory with workers · K²; no table of all pairs is held.
 */
import type { Votes } from '../votes.ts';
import type { TaskStatistic } from './estimate.ts';

export interface Kappa {
  /** NaN when both gave one and the same label throughout: agreement by chance is then certain. */
  readonly kappa: number;
  /** Large-sample standard error. */
  readonly standardError: number;
}

/**
 *   κ = (pₒ − pₑ)/(1 − pₑ),  pₒ = Σₖ Fₖₖ/n,  pₑ = Σₖ rₖcₖ  (r, c: row and column shares)
 * Source: Cohen 1960; standard error: Fleiss, Cohen & Everitt 1969, Psychological Bulletin 72(5), equation 13, here as the
 * root mean square of κ's influence function over the table, divided by √n.
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
}

/**
 * κ of all pairs of workers, and their mean Σₚ nₚκₚ / Σₚ nₚ with nₚ the tasks that pair p shares. The mean's interval uses
 * its linear part: resampling tasks adds Σⱼ (wⱼ − 1)ψⱼ, ψⱼ the influence of task j, so no pair is gone through again.
 */
export function pairwiseKappa(votes: Votes): PairwiseKappa {
  const T = votes.tasks.length;
  const pairs = { kappas: [] as number[], undefinedPairs: 0 };
  const psi = new Float64Array(T); // Σ over a task's pairs of (influence + κₚ)
  const sizes = new Float64Array(T); // pairs of votes of a task that count
  let weighted = 0;
  let total = 0;
  forEachWorker(votes, (partners, tables, shared) => {
    const K = votes.classes.length;
    const parts = new Map<number, KappaParts>();
    for (const other of partners) {
      const p = kappaParts(tables, K, other * K * K);
      if (Number.isNaN(p.kappa)) {
        pairs.undefinedPairs++;
        continue;
      }
      parts.set(other, p);
      pairs.kappas.push(p.kappa);
      weighted += p.n * p.kappa;
      total += p.n;
    }
    shared((task, other, a, b) => {
      const p = parts.get(other);
      if (!p) return;
      psi[task]! += influence(p, a, b) + p.kappa;
      sizes[task]!++;
    });
  });
  const mean = weighted / total;
  const terms = new Float64Array(2 * T); // [T, 1 | ψⱼ]
  for (let j = 0; j < T; j++) {
    terms[2 * j] = 1;
    terms[2 * j + 1] = total > 0 ? (psi[j]! - mean * sizes[j]!) / total : 0;
  }
  const reason = pairs.undefinedPairs > 0
    ? 'Every pair of workers that shares tasks gave one and the same label to all of them.'
    : 'No two workers share a task.';
  return {
    kappas: Float64Array.from(pairs.kappas),
    undefinedPairs: pairs.undefinedPairs,
    // Σⱼ ψⱼ = 0, so the point estimate is the mean itself
    mean: { terms, width: 2, values: (sums) => [total > 0 ? mean + sums[1]! : reason] },
  };
}

type PairVisitor = (task: number, other: number, a: number, b: number) => void;

/**
 * Calls `use` for each worker with the workers after it that share a task, the tables [W,K,K] of their labels on these
 * tasks, and a function that visits each such pair of votes again.
 */
function forEachWorker(votes: Votes, use: (partners: readonly number[], tables: Int32Array, shared: (visit: PairVisitor) => void) => void): void {
  const { task, worker, label, tasks, workers, classes } = votes;
  const N = task.length;
  const K = classes.length;
  const endOfTask = new Int32Array(tasks.length);
  for (let v = 0; v < N; v++) endOfTask[task[v]!] = v + 1;
  const startOfWorker = new Int32Array(workers.length + 1);
  for (let v = 0; v < N; v++) startOfWorker[worker[v]! + 1]!++;
  for (let w = 0; w < workers.length; w++) startOfWorker[w + 1]! += startOfWorker[w]!;
  const next = startOfWorker.slice();
  const votesByWorker = new Int32Array(N);
  for (let v = 0; v < N; v++) votesByWorker[next[worker[v]!]!++] = v;

  const tables = new Int32Array(workers.length * K * K);
  for (let w = 0; w < workers.length; w++) {
    const own = votesByWorker.subarray(startOfWorker[w]!, startOfWorker[w + 1]!);
    // Within a task votes are sorted by worker, so those of later workers follow
    const shared = (visit: PairVisitor): void => {
      for (const v of own) {
        const end = endOfTask[task[v]!]!;
        for (let u = v + 1; u < end; u++) visit(task[v]!, worker[u]!, label[v]!, label[u]!);
      }
    };
    const partners = new Set<number>();
    shared((_, other, a, b) => {
      partners.add(other);
      tables[other * K * K + a * K + b]!++;
    });
    use([...partners], tables, shared);
    for (const other of partners) tables.fill(0, other * K * K, (other + 1) * K * K);
  }
}
