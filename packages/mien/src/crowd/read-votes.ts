/**
 * Votes from a file, streamed: a table of one row a vote, or what Toloka, Mechanical Turk, Label Studio and Prodigy
 * export, a column a worker, or counts a class (formats/). What the table is, is told from its columns.
 */
import { InputError } from '../errors.ts';
import { isMissing, labelOf, type ColumnChoice } from '../tables/index.ts';
import { emptyTable, inputName, readTable } from '../tables/node.ts';
import { growColumn } from './columns.ts';
import { PASSED_OVER, type PassedOver, type VotesSink } from './formats/format.ts';
import { findFormat } from './formats/index.ts';
import { parseVoteTime } from './vote-time.ts';
import { VotesBuilder, type Votes, type VotesOptions } from './votes.ts';

export interface ReadVotesOptions extends VotesOptions {
  /** Columns by field (task, worker, label, time), where their names do not tell. */
  readonly columns?: ColumnChoice;
  /** The form of the table (one of `VOTES_FORMATS`), where its columns do not tell. */
  readonly format?: string;
  /** Called now and then with the bytes of the file that have been read. */
  readonly onProgress?: (bytes: number) => void;
  /**
   * Called with what the table was taken for, where that is more than task, worker and label; and with what was passed
   * over.
   */
  readonly onNote?: (text: string) => void;
}

/**
 * Reads votes. Rows without a label (empty, NA, NaN, null …) are passed over, as are columns that are not needed.
 * Labels that are whole numbers count as that number: 0 and 0.0 are one.
 * @param file CSV or JSON (see tables/read-table.ts), or `-` for standard input
 * @throws {InputError} naming file and line: what `readTable` throws, a missing column, a time that is none, and what
 *   `createVotes` throws
 * @example
 * ```ts
 * import { infer } from 'mienjs/crowd';
 * import { readVotes } from 'mienjs/crowd/node';
 *
 * const votes = await readVotes('votes.csv', { columns: { task: ['photo'], worker: ['who'], label: ['felt'] } });
 * const { labels } = infer(votes, 'ds');
 * votes.tasks.forEach((task, t) => console.log(task, votes.classes[labels[t]!]));
 * ```
 */
export async function readVotes(
  file: string,
  { onProgress, onNote, columns, format, ...options }: ReadVotesOptions = {},
): Promise<Votes> {
  const collector = new Collector(inputName(file), options);
  const isRead = await readTable(
    file,
    (header) => {
      const found = findFormat(header, columns, format);
      const opened = found.open(header, collector, {
        isForced: format !== undefined,
        ...(columns ? { columns } : {}),
        ...(options.classes ? { classes: options.classes } : {}),
      });
      collector.timeIsGuessed = opened.timeIsGuessed ?? false;
      if (opened.description !== undefined) onNote?.(`read as ${found.name}: ${opened.description}`);
      return opened.row;
    },
    onProgress ? { onProgress } : {},
  );
  if (!isRead) throw emptyTable(file);
  for (const note of collector.notes()) onNote?.(note);
  return collector.finish();
}

/** Collects what a format finds, and counts what it passes over. */
class Collector implements VotesSink {
  timeIsGuessed = false;
  readonly #file: string;
  readonly #builder: VotesBuilder;
  readonly #classes: readonly string[] | undefined;
  /** The class of each label as written; null where it is missing. */
  readonly #labels = new Map<string, string | null>();
  /** [N] line of each vote */
  #lines = new Int32Array(1024);
  readonly #passedOver = new Map<PassedOver, number>();
  #badTimes = 0;

  constructor(file: string, options: VotesOptions) {
    this.#file = file;
    this.#classes = options.classes;
    this.#builder = new VotesBuilder(file, options, (n) => `line ${this.#lines[n]!}`);
  }

  vote(line: number, task: string, worker: string, label: string, time: string): void {
    const known = this.#classOf(label);
    if (known === null) return this.passOver('unlabelled');
    this.#place(line);
    this.#builder.add(
      isMissing(task) ? '' : task,
      isMissing(worker) ? '' : worker,
      known,
      isMissing(time) ? NaN : this.#seconds(time, line),
    );
  }

  anonymousVotes(line: number, task: string, label: string, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#place(line);
      this.#builder.addAnonymous(task, this.#classOf(label) ?? label);
    }
  }

  passOver(why: PassedOver): void {
    this.#passedOver.set(why, (this.#passedOver.get(why) ?? 0) + 1);
  }

  *notes(): Generator<string> {
    for (const [why, count] of this.#passedOver)
      yield `${count} ${PASSED_OVER[why][count === 1 ? 0 : 1]} ${count === 1 ? 'is' : 'are'} passed over`;
    if (this.#badTimes > 0) yield `${this.#badTimes} times cannot be read, and are passed over`;
  }

  finish(): Votes {
    return this.#builder.finish();
  }

  #classOf(label: string): string | null {
    let known = this.#labels.get(label);
    if (known === undefined) {
      const isClass = this.#classes?.includes(label) === true;
      known = isClass ? label : isMissing(label) ? null : labelOf(label);
      this.#labels.set(label, known);
    }
    return known;
  }

  /** Notes the line of the next vote. */
  #place(line: number): void {
    const n = this.#builder.count;
    if (n === this.#lines.length) this.#lines = growColumn(this.#lines);
    this.#lines[n] = line;
  }

  #seconds(text: string, line: number): number {
    const seconds = parseVoteTime(text);
    if (seconds !== undefined && seconds >= 0) return seconds;
    if (this.timeIsGuessed) {
      this.#badTimes++;
      return NaN;
    }
    const expected =
      seconds === undefined
        ? 'expected seconds or a date, such as 2024-03-01T10:00:00Z'
        : 'expected 0 seconds or more, or a date from 1970 on';
    throw new InputError(`${this.#file}:${line}`, `time: ${expected}, got "${text}"`);
  }
}
