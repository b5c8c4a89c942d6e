/** The true class of tasks from a file, to measure inferred labels against. Shape legend: T tasks, K classes. */
import { InputError } from '../errors.ts';
import { accuracy, confusionMatrix } from '../metrics/index.ts';
import { type ColumnChoice, findColumns, isMissing, labelOf } from '../tables/index.ts';
import { emptyTable, readTable } from '../tables/node.ts';
import { ROW_FIELDS } from './formats/rows.ts';
import type { Inference } from './inference.ts';
import type { Votes } from './votes.ts';

export interface Truth {
  /** [T] class; −1 where the file does not say. */
  readonly labels: Int32Array;
  /** Tasks of the file that have no votes, in its order. */
  readonly withoutVotes: readonly string[];
}

const FIELDS = {
  task: ROW_FIELDS.task,
  truth: [
    'truth',
    'label',
    'gold',
    'gold_label',
    'golden',
    'gt',
    'ground_truth',
    'true_label',
    'correct',
    'expected',
    'emotion',
    'expression',
    'class',
    'category',
    'answer',
  ],
} as const;

export interface ReadTruthOptions {
  /** The class of a label as written, −1 when it is none. Default: its place in `votes.classes`. */
  readonly classOf?: (label: string) => number;
  /** Columns by field (task, truth), where their names do not tell. */
  readonly columns?: ColumnChoice;
}

/**
 * Reads `task` and `truth`, by whatever of their usual names. Rows without a truth are passed over, as are other
 * columns.
 * @param file CSV or JSON (see tables/read-table.ts)
 * @throws {InputError} naming file and line: what `readTable` throws, a missing column or task, a task given twice, or
 *   a label that is not a class of the votes
 */
export async function readTruth(
  file: string,
  votes: Votes,
  { classOf = (label) => votes.classes.indexOf(label), columns }: ReadTruthOptions = {},
): Promise<Truth> {
  const rowOfTask = new Map(votes.tasks.map((name, t) => [name, t]));
  const labels = new Int32Array(votes.tasks.length).fill(-1);
  const withoutVotes = new Set<string>();
  const isRead = await readTable(file, (header) => {
    const { task: taskColumn, truth: truthColumn } = findColumns(header, FIELDS, ['task', 'truth'], columns);
    return (row) => {
      const where = `${header.file}:${row.line}`;
      const [task, truth] = [row.text(taskColumn), row.text(truthColumn)];
      const isClass = votes.classes.includes(truth);
      if (isMissing(truth) && !isClass) return;
      if (isMissing(task)) throw new InputError(where, 'the task is empty');
      const k = classOf(isClass ? truth : labelOf(truth));
      if (k < 0)
        throw new InputError(
          where,
          `truth "${truth}" is not one of the classes ${votes.classes.join(', ')}; if nobody voted for it, name it among the classes`,
        );
      const t = rowOfTask.get(task);
      if (t === undefined ? withoutVotes.has(task) : labels[t] !== -1)
        throw new InputError(where, `task "${task}" is given twice`);
      if (t === undefined) withoutVotes.add(task);
      else labels[t] = k;
    };
  });
  if (!isRead) throw emptyTable(file);
  return { labels, withoutVotes: [...withoutVotes] };
}

export interface TruthScore {
  /** Tasks with votes and truth. */
  readonly n: number;
  /** Share of these whose inferred label is true; NaN without one. The first of tied classes counts as inferred. */
  readonly accuracy: number;
  /** [K][K] counts, row = truth, column = inferred. */
  readonly confusion: readonly (readonly number[])[];
}

export function scoreAgainst(truth: Truth, inference: Inference, classCount: number): TruthScore {
  const known = [...truth.labels.keys()].filter((t) => truth.labels[t]! >= 0);
  const confusion = confusionMatrix(
    known.map((t) => truth.labels[t]!),
    known.map((t) => inference.labels[t]!),
    classCount,
  );
  return { n: known.length, accuracy: accuracy(confusion), confusion };
}
