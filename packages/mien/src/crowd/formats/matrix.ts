/**
 * A row a task: a column for each worker with that worker's label, or a column for each class with the number of its
 * votes (FER+).
 */
import { InputError } from '../../errors.ts';
import { isMissing, numberOf, type Column, type TableHeader, type TableRow } from '../../tables/index.ts';
import { asExpression } from '../../labels/index.ts';
import type { OpenedVotes, OpenOptions, VotesFormat, VotesSink } from './format.ts';
import { ROW_FIELDS } from './rows.ts';

/** Columns that are neither a worker's nor a class's. */
const OTHER = new Set([
  '',
  'id',
  'index',
  'row',
  'n',
  'no',
  'usage',
  'split',
  'set',
  'subset',
  'fold',
  'truth',
  'gold',
  'gt',
  'ground_truth',
  'label',
  'majority',
  'consensus',
  'final',
  'total',
  'votes',
  'agreement',
  'notes',
  'note',
  'comment',
  'comments',
  'url',
  'source',
  'time',
  'timestamp',
  'date',
  'width',
  'height',
  ...ROW_FIELDS.task,
]);
const isOther = (name: string): boolean => OTHER.has(name.toLowerCase()) || /^unnamed: \d+$/i.test(name);
/** What FER+ and others count beside expressions. */
const NO_EXPRESSION = /^(nf|not a face|no face|unknown|none|other|unsure|uncertain)$/i;

export const wideFormat: VotesFormat = {
  name: 'wide',
  title: 'a row a task, with a column for each worker',
  isExport: false,
  recognizes: (header) => hasOneTask(header) && ownColumns(header).length > 1 && !isCounts(header),
  open: openWide,
};

export const countsFormat: VotesFormat = {
  name: 'counts',
  title: 'a row a task, with a column for each class that counts its votes, as FER+ has them',
  isExport: false,
  recognizes: (header) => hasOneTask(header) && isCounts(header),
  open(header, sink, options) {
    const task = taskColumn(header, options);
    const names =
      options.columns?.['label'] ?? (options.classes ? matching(header, options.classes) : ownColumns(header));
    const classes = names.map((name) => ({ name, column: columnOf(header, name) }));
    if (classes.length < 2)
      throw new InputError(
        header.file,
        `expected a column for each of two classes or more, found ${names.join(', ') || 'none'}`,
      );
    return {
      description: `task = ${describeTask(header, task)}, counts of ${names.join(', ')}`,
      row(row) {
        const name = row.text(task);
        if (isMissing(name)) return sink.passOver('unnamed');
        let total = 0;
        for (const { name: label, column } of classes) {
          const count = isMissing(row.text(column)) ? 0 : numberOf(row.text(column));
          if (count === undefined || count < 0 || !Number.isInteger(count))
            throw new InputError(
              `${header.file}:${row.line}`,
              `votes for ${label}: expected a whole number, got "${row.text(column)}"`,
            );
          if (count > 0) sink.anonymousVotes(row.line, name, label, count);
          total += count;
        }
        if (total === 0) sink.passOver('unlabelled');
      },
    };
  },
};

const hasOneTask = (header: TableHeader): boolean =>
  !header.has(...ROW_FIELDS.worker) && (header.has(...ROW_FIELDS.task) || header.names[0] === '');

/** Workers, or classes. */
function ownColumns(header: TableHeader): string[] {
  return header.names.filter((name) => !isOther(name));
}

/** Whether the columns are classes. */
function isCounts(header: TableHeader): boolean {
  const own = ownColumns(header);
  return (
    own.filter((name) => asExpression(name) !== undefined).length > 1 &&
    own.every((name) => asExpression(name) !== undefined || NO_EXPRESSION.test(name))
  );
}

/** The classes that have a column, as the columns are called. */
const matching = (header: TableHeader, classes: readonly string[]): string[] =>
  header.names.filter((name) => classes.some((each) => each.toLowerCase() === name.toLowerCase()));

/** The column of the tasks; the first, unnamed one where there is none by name, as pandas writes an index. */
function taskColumn(header: TableHeader, { columns }: OpenOptions): Column {
  const found = header.find(...(columns?.['task'] ?? ROW_FIELDS.task)) ?? (header.names[0] === '' ? 0 : undefined);
  if (found === undefined)
    throw new InputError(
      header.file,
      `no column "${columns?.['task']?.[0] ?? 'task'}": the columns are ${header.names.join(', ')}`,
    );
  return found;
}

const describeTask = (header: TableHeader, task: Column): string => header.nameOf(task) || 'the first column';

function columnOf(header: TableHeader, name: string): Column {
  const column = header.find(name);
  if (column === undefined)
    throw new InputError(header.file, `no column "${name}": the columns are ${header.names.join(', ')}`);
  return column;
}

/**
 * Cells that are all numbers are refused unless the format is forced, since nothing tells codes of labels from counts.
 */
function openWide(header: TableHeader, sink: VotesSink, options: OpenOptions): OpenedVotes {
  const task = taskColumn(header, options);
  const names = options.columns?.['worker'] ?? ownColumns(header);
  const workers = names.map((name) => ({ name, column: columnOf(header, name) }));
  if (workers.length === 0) throw new InputError(header.file, 'expected a column for each worker');
  let isChecked = options.isForced === true || options.columns?.['worker'] !== undefined;
  const check = (row: TableRow): void => {
    const values = workers.map(({ column }) => row.text(column)).filter((text) => !isMissing(text));
    if (values.length > 0 && values.every((text) => numberOf(text) !== undefined)) {
      throw new InputError(
        `${header.file}:${row.line}`,
        'numbers may be labels of workers or counts of classes: the option format tells which, wide or counts',
      );
    }
    isChecked = values.length > 0;
  };
  return {
    description: `task = ${describeTask(header, task)}, ${workers.length} workers (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''})`,
    row(row) {
      if (!isChecked) check(row);
      const name = row.text(task);
      if (isMissing(name)) return sink.passOver('unnamed');
      let votes = 0;
      for (const { name: worker, column } of workers) {
        const label = row.text(column);
        if (isMissing(label)) continue; // who did not vote on this task
        sink.vote(row.line, name, worker, label, '');
        votes++;
      }
      if (votes === 0) sink.passOver('unlabelled');
    },
  };
}
