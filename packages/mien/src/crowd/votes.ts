/**
 * Votes of annotators as columns: what every method of truth inference and agreement takes.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { InputError } from '../errors.ts';
import { EXPRESSIONS_8 } from '../labels/index.ts';
import { growColumn } from './columns.ts';

/**
 * Votes, sorted by task and then worker, so that no order of input rows can be told from it.
 * Tasks and workers are sorted by name (whole numbers by value, before other names).
 */
export interface Votes {
  /** [T] names */
  readonly tasks: readonly string[];
  /** [W] names */
  readonly workers: readonly string[];
  /** [K] names: in the order given; else in canonical order if all are expressions; else sorted as tasks are */
  readonly classes: readonly string[];
  /** [N] index into `tasks`, never falling */
  readonly task: Int32Array;
  /** [N] index into `workers`, rising within a task */
  readonly worker: Int32Array;
  /** [N] index into `classes` */
  readonly label: Int32Array;
  /**
   * [N] as given: seconds that the vote took, or seconds since 1970 at which it was cast; NaN = not given. Absent when
   * no vote has it.
   */
  readonly timeSeconds?: Float64Array;
  /**
   * The table counts votes and does not say whose they are: each is of a worker of its own, of whom nothing can be
   * known.
   */
  readonly anonymous?: true;
}

/**
 * What to do with a second vote of one worker on one task: reject the votes, or keep the one that came first or last.
 */
export type DuplicatePolicy = 'error' | 'first' | 'last';

export interface VotesOptions {
  /** The class order; a label outside it is an error. By default the labels that occur. */
  readonly classes?: readonly string[];
  /** Default 'error'. */
  readonly duplicates?: DuplicatePolicy;
}

export interface VoteRow {
  readonly task: string;
  readonly worker: string;
  readonly label: string;
  /** See {@link Votes.timeSeconds}. */
  readonly time?: number;
}

/**
 * Votes from rows.
 * @throws {InputError} no rows, an empty task, worker or label, a label outside `classes`, a class named twice,
 *   a time that is negative or not finite, or a duplicate vote under the policy 'error'
 * @example
 * ```ts
 * import { createVotes } from 'mienjs/crowd';
 *
 * const votes = createVotes([
 *   { task: 'img-1', worker: 'ann', label: 'happiness' },
 *   { task: 'img-1', worker: 'bob', label: 'surprise' },
 *   { task: 'img-2', worker: 'ann', label: 'neutral' },
 * ]);
 * votes.classes; // → ['neutral', 'happiness', 'surprise']
 * ```
 */
export function createVotes(rows: Iterable<VoteRow>, options: VotesOptions = {}): Votes {
  const builder = new VotesBuilder('votes', options);
  for (const { task, worker, label, time } of rows) builder.add(task, worker, label, time ?? NaN);
  return builder.finish();
}

/** Collects votes row by row; memory is a few numbers a vote and one string a name. */
export class VotesBuilder {
  readonly #input: string;
  readonly #nameRow: (n: number) => string;
  readonly #duplicates: DuplicatePolicy;
  readonly #classesGiven: boolean;
  readonly #tasks = new Map<string, number>();
  readonly #workers = new Map<string, number>();
  readonly #classes = new Map<string, number>();
  #task = new Int32Array(1024);
  #worker = new Int32Array(1024);
  #label = new Int32Array(1024);
  #time: Float64Array | undefined;
  #count = 0;
  #isAnonymous = false;

  /**
   * @param input names the votes in errors: a file, or `votes`
   * @param nameRow names the vote of index n in errors
   */
  constructor(
    input: string,
    { classes, duplicates = 'error' }: VotesOptions,
    nameRow = (n: number): string => `vote ${n + 1}`,
  ) {
    this.#input = input;
    this.#nameRow = nameRow;
    this.#duplicates = duplicates;
    this.#classesGiven = classes !== undefined;
    if (classes?.length === 0) throw new InputError(input, 'classes: expected at least one name, got none');
    for (const name of classes ?? []) {
      if (name === '' || this.#classes.has(name))
        throw new InputError(
          input,
          `classes: expected different names, got ${name === '' ? 'an empty one' : `"${name}" twice`}`,
        );
      this.#classes.set(name, this.#classes.size);
    }
  }

  /** Votes so far, duplicates too. */
  get count(): number {
    return this.#count;
  }

  /** @param time seconds, NaN if unknown   @throws {InputError} as {@link createVotes} */
  add(task: string, worker: string, label: string, time: number): void {
    const n = this.#count;
    const empty = task === '' ? 'task' : worker === '' ? 'worker' : label === '' ? 'label' : undefined;
    if (empty !== undefined) throw new InputError(this.#input, `${this.#nameRow(n)}: the ${empty} is empty`);
    if (time < 0 || time === Infinity)
      throw new InputError(this.#input, `${this.#nameRow(n)}: expected a time in seconds, got ${time}`);
    if (n === this.#task.length) {
      this.#task = growColumn(this.#task);
      this.#worker = growColumn(this.#worker);
      this.#label = growColumn(this.#label);
      if (this.#time) this.#time = growColumn(this.#time).fill(NaN, n);
    }
    if (!Number.isNaN(time)) (this.#time ??= new Float64Array(this.#task.length).fill(NaN))[n] = time;
    this.#task[n] = intern(this.#tasks, task);
    this.#worker[n] = intern(this.#workers, worker);
    const known = this.#classes.get(label);
    if (known === undefined && this.#classesGiven) {
      throw new InputError(
        this.#input,
        `${this.#nameRow(n)} (task "${task}", worker "${worker}"): label "${label}" is not one of the classes ${[...this.#classes.keys()].join(', ')}`,
      );
    }
    this.#label[n] = known ?? intern(this.#classes, label);
    this.#count++;
  }

  /** Adds the vote of a worker who is not known. @throws {InputError} as {@link createVotes} */
  addAnonymous(task: string, label: string): void {
    this.#isAnonymous = true;
    this.add(task, `vote ${this.#count + 1}`, label, NaN);
  }

  /** @throws {InputError} no votes, or a duplicate under the policy 'error' */
  finish(): Votes {
    const N = this.#count;
    if (N === 0) throw new InputError(this.#input, 'no votes');
    const tasks = sortNames(this.#tasks);
    const workers = sortNames(this.#workers);
    const classes = this.#classesGiven
      ? { names: [...this.#classes.keys()], rank: undefined }
      : sortClasses(this.#classes);
    const task = this.#task.subarray(0, N).map((i) => tasks.rank[i]!);
    const worker = this.#worker.subarray(0, N).map((i) => workers.rank[i]!);
    // Stable counting sorts by worker, then task: votes of one pair keep the order in which they came.
    const order = countingOrder(countingOrder(undefined, worker, workers.names.length), task, tasks.names.length);
    const kept = this.#dropDuplicates(order, task, worker, tasks.names, workers.names);
    const columns = {
      task: kept.map((i) => task[i]!),
      worker: kept.map((i) => worker[i]!),
      label: kept.map((i) => classes.rank?.[this.#label[i]!] ?? this.#label[i]!),
    };
    const time = this.#time;
    return {
      tasks: tasks.names,
      workers: workers.names,
      classes: classes.names,
      ...columns,
      ...(time ? { timeSeconds: Float64Array.from(kept, (i) => time[i]!) } : {}),
      ...(this.#isAnonymous ? { anonymous: true as const } : {}),
    };
  }

  #dropDuplicates(
    order: Int32Array,
    task: Int32Array,
    worker: Int32Array,
    tasks: readonly string[],
    workers: readonly string[],
  ): Int32Array {
    const isPair = (a: number, b: number): boolean =>
      task[order[a]!] === task[order[b]!] && worker[order[a]!] === worker[order[b]!];
    let count = 0;
    for (let i = 0; i < order.length; i++) {
      const repeats = i > 0 && isPair(i - 1, i);
      if (repeats && this.#duplicates === 'error') {
        throw new InputError(
          this.#input,
          `${this.#nameRow(order[i - 1]!)} and ${this.#nameRow(order[i]!)} are both of worker "${workers[worker[order[i]!]!]}" on task "${tasks[task[order[i]!]!]}"; the duplicates policy can keep the first or the last`,
        );
      }
      if (!repeats) order[count++] = order[i]!;
      else if (this.#duplicates === 'last') order[count - 1] = order[i]!;
    }
    return order.subarray(0, count);
  }
}

function intern(index: Map<string, number>, name: string): number {
  const found = index.get(name);
  if (found !== undefined) return found;
  index.set(name, index.size);
  return index.size - 1;
}

/** @returns the order that sorts `key` (0 ≤ key < size) stably, applied after `order` */
function countingOrder(order: Int32Array | undefined, key: Int32Array, size: number): Int32Array {
  const next = new Int32Array(size + 1);
  for (let i = 0; i < key.length; i++) next[key[i]! + 1]!++;
  for (let k = 0; k < size; k++) next[k + 1]! += next[k]!;
  const out = new Int32Array(key.length);
  for (let i = 0; i < key.length; i++) {
    const item = order ? order[i]! : i;
    out[next[key[item]!]!++] = item;
  }
  return out;
}

const WHOLE_NUMBER = /^-?\d{1,15}$/;

function sortNames(index: ReadonlyMap<string, number>): { names: string[]; rank: Int32Array } {
  const keyed = [...index.keys()].map((name) => ({ name, value: WHOLE_NUMBER.test(name) ? Number(name) : Infinity }));
  keyed.sort((a, b) => (a.value !== b.value ? a.value - b.value : a.name < b.name ? -1 : 1));
  return rankNames(
    index,
    keyed.map(({ name }) => name),
  );
}

function sortClasses(index: ReadonlyMap<string, number>): { names: string[]; rank: Int32Array } {
  const canonical = EXPRESSIONS_8.filter((name) => index.has(name));
  return canonical.length === index.size ? rankNames(index, canonical) : sortNames(index);
}

function rankNames(index: ReadonlyMap<string, number>, names: string[]): { names: string[]; rank: Int32Array } {
  const rank = new Int32Array(names.length);
  names.forEach((name, i) => {
    rank[index.get(name)!] = i;
  });
  return { names, rank };
}
