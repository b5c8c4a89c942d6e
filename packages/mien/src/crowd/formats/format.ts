/** What each form of votes exports: how it is recognised by its columns, and how its rows become votes. */
import type { ColumnChoice, TableHeader, TableRow } from '../../tables/index.ts';

/** Why rows hold no vote: for one, and for several. */
export const PASSED_OVER = {
  unlabelled: ['row without a label', 'rows without a label'],
  unnamed: ['row without the name of a task', 'rows without the name of a task'],
  rejected: ['row that the requester rejected', 'rows that the requester rejected'],
  skipped: ['task that the annotator skipped or did not finish', 'tasks that the annotator skipped or did not finish'],
  several: ['row with several labels at once', 'rows with several labels at once'],
} as const satisfies Record<string, readonly [one: string, several: string]>;
export type PassedOver = keyof typeof PASSED_OVER;

/** Takes votes as a table has them. */
export interface VotesSink {
  /** @param label as written; a missing one is passed over   @param time as written, '' where unknown */
  vote(line: number, task: string, worker: string, label: string, time: string): void;
  /** Votes of workers who are not known. */
  anonymousVotes(line: number, task: string, label: string, count: number): void;
  passOver(why: PassedOver): void;
}

export interface OpenOptions {
  /** Columns that the user names, by field: task, worker, label, time. */
  readonly columns?: ColumnChoice;
  /** The user says that the table has this format. */
  readonly isForced?: boolean;
  /** The class order, where it is given: of a table with a column a class, which columns are classes. */
  readonly classes?: readonly string[];
}

export interface OpenedVotes {
  /** Takes each row. @throws {InputError} naming file and line, for a row that cannot be a vote */
  readonly row: (row: TableRow) => void;
  /** What the columns were taken for; undefined where they have the names that Mien itself writes. */
  readonly description?: string;
  /** The column of the times was guessed: those that are not times are passed over, in place of an error. */
  readonly timeIsGuessed?: boolean;
}

export interface VotesFormat {
  readonly name: string;
  /** What it is, in a line. */
  readonly title: string;
  /** An export whose columns have names of its own, so that a table without them is not of this format. */
  readonly isExport: boolean;
  /** Whether the columns are those of this format. */
  recognizes(header: TableHeader): boolean;
  /** @throws {InputError} naming the column that is missing, or that must be chosen among several */
  open(header: TableHeader, sink: VotesSink, options: OpenOptions): OpenedVotes;
}
