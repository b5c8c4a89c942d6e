/**
 * A row a vote: columns for task, worker and label, by whatever of their usual names; or, for the label, a column for
 * each class.
 */
import { InputError } from '../../errors.ts';
import { checkChoice, findColumns, flagOf, type Column, type TableHeader, type TableRow } from '../../tables/index.ts';
import { asExpression } from '../../labels/index.ts';
import type { OpenedVotes, OpenOptions, VotesFormat, VotesSink } from './format.ts';

/** Names of the columns; the first of a field is the one that Mien writes. */
export const ROW_FIELDS = {
  task: [
    'task',
    'item',
    'image',
    'task_id',
    'item_id',
    'image_id',
    'image_name',
    'image name',
    'image_url',
    'img',
    'picture',
    'photo',
    'file',
    'filename',
    'file_name',
    'path',
    'question',
    '_unit_id',
    'unit_id',
    'unit',
    'stimulus',
    'example',
    'sample',
  ],
  worker: [
    'worker',
    'worker_id',
    'workerid',
    'annotator',
    'annotator_id',
    'performer',
    'performer_id',
    'user',
    'user_id',
    'username',
    'rater',
    'rater_id',
    'labeler',
    'labeller',
    'coder',
    'participant',
    'participant_id',
    '_worker_id',
    'judge',
    'annotated_by',
    'completed_by',
  ],
  label: [
    'label',
    'answer',
    'response',
    'choice',
    'vote',
    'annotation',
    'emotion',
    'expression',
    'class',
    'category',
    'judgment',
    'rating',
    'result',
    'value',
  ],
  time: [
    'time',
    'seconds',
    'duration',
    'lead_time',
    'response_time',
    'rt',
    'timestamp',
    'created_at',
    'submitted_at',
    '_created_at',
    'date',
    'datetime',
  ],
} as const;
const REQUIRED = ['task', 'worker', 'label'] as const;

export const rowsFormat: VotesFormat = {
  name: 'rows',
  title: 'a row a vote, with columns for task, worker and label',
  isExport: false,
  recognizes: (header) => header.has(...ROW_FIELDS.task) && header.has(...ROW_FIELDS.worker),
  open(header, sink, options) {
    if (isOneHot(header, options)) return openOneHot(header, sink, options);
    const columns = findColumns(header, ROW_FIELDS, REQUIRED, options.columns);
    const { task, worker, label, time } = columns;
    const described = describe(header, columns);
    return {
      row: (row) =>
        sink.vote(
          row.line,
          row.text(task),
          row.text(worker),
          row.text(label),
          time === undefined ? '' : row.text(time),
        ),
      timeIsGuessed: timeIsGuessed(header, time, options),
      ...(described === undefined ? {} : { description: described }),
    };
  },
};

/** `task = image, worker = annotator, …`; undefined where the columns have the usual names. */
function describe(header: TableHeader, columns: Partial<Record<string, Column>>): string | undefined {
  const parts = Object.keys(columns).map((field) => [field, header.nameOf(columns[field]!)] as const);
  return parts.every(([field, name]) => name.toLowerCase() === field || name.toLowerCase() === 'item')
    ? undefined
    : parts.map((pair) => pair.join(' = ')).join(', ');
}

const timeIsGuessed = (header: TableHeader, time: Column | undefined, { columns }: OpenOptions): boolean =>
  time !== undefined && columns?.['time'] === undefined && header.nameOf(time).toLowerCase() !== 'time';

/** Whether, in place of a label, there is a column for each of several expressions. */
function isOneHot(header: TableHeader, { columns, classes }: OpenOptions): boolean {
  if (columns?.['label'] !== undefined) return columns['label'].length > 1;
  return !header.has(...ROW_FIELDS.label) && classColumns(header, classes).length > 1;
}

/** The columns that have the name of a class. */
export function classColumns(header: TableHeader, classes?: readonly string[]): string[] {
  const isClass = (name: string): boolean =>
    classes ? classes.some((each) => each.toLowerCase() === name.toLowerCase()) : asExpression(name) !== undefined;
  return header.names.filter((name) => name !== '' && isClass(name));
}

function openOneHot(header: TableHeader, sink: VotesSink, { columns = {}, classes }: OpenOptions): OpenedVotes {
  checkChoice(header, Object.keys(ROW_FIELDS), columns);
  const names = columns['label'] ?? classColumns(header, classes);
  const cells = names.map((name) => ({ name, column: header.find(name)! }));
  const others = Object.fromEntries(Object.entries(columns).filter(([field]) => field !== 'label'));
  const { task, worker, time } = findColumns(
    header,
    { task: ROW_FIELDS.task, worker: ROW_FIELDS.worker, time: ROW_FIELDS.time },
    ['task', 'worker'],
    others,
  );
  return {
    timeIsGuessed: timeIsGuessed(header, time, { columns }),
    description: `task = ${header.nameOf(task)}, worker = ${header.nameOf(worker)}, label = the marked one of ${names.join(', ')}`,
    row(row: TableRow) {
      const marked = cells.filter(({ name, column }) => {
        const flag = flagOf(row.text(column));
        if (flag === undefined)
          throw new InputError(`${header.file}:${row.line}`, `${name}: expected 0 or 1, got "${row.text(column)}"`);
        return flag;
      });
      if (marked.length > 1) sink.passOver('several');
      else
        sink.vote(
          row.line,
          row.text(task),
          row.text(worker),
          marked[0]?.name ?? '',
          time === undefined ? '' : row.text(time),
        );
    },
  };
}
