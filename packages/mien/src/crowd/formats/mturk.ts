/**
 * The results of a batch of Mechanical Turk: `HITId`, `WorkerId`, `AssignmentStatus`, `Input.…`, `Answer.…`. The answer
 * stands in one column, in a column of true and false for each label (`Answer.emotion.happy`), or as JSON
 * (`Answer.taskAnswers`).
 */
import { InputError } from '../../errors.ts';
import { checkChoice, flagOf, type Column, type TableHeader, type TableRow } from '../../tables/index.ts';
import { chooseColumn, IMAGE_NAMES } from './choose-column.ts';
import type { VotesFormat } from './format.ts';

/** The label of a row; undefined where it has several. */
type Answer = (row: TableRow) => string | undefined;

export const mturkFormat: VotesFormat = {
  name: 'mturk',
  title: 'the results of a batch of Mechanical Turk',
  isExport: true,
  recognizes: (header) => header.has('HITId') && header.has('WorkerId'),
  open(header, sink, { columns = {} }) {
    checkChoice(header, ['task', 'worker', 'label', 'time'], columns);
    const task =
      chooseColumn(header, 'task', columns, withPrefix(header, 'Input.'), IMAGE_NAMES) ?? header.find('HITId')!;
    const worker = header.find(...(columns['worker'] ?? ['WorkerId']))!;
    const time = header.find(...(columns['time'] ?? ['WorkTimeInSeconds']));
    const status = header.find('AssignmentStatus');
    const { answer, description } = answerOf(header, columns['label']);
    return {
      timeIsGuessed: columns['time'] === undefined,
      description: `task = ${header.nameOf(task)}, worker = ${header.nameOf(worker)}, label = ${description}`,
      row(row) {
        if (status !== undefined && /^rejected$/i.test(row.text(status))) return sink.passOver('rejected');
        const label = answer(row);
        if (label === undefined) sink.passOver('several');
        else sink.vote(row.line, row.text(task), row.text(worker), label, time === undefined ? '' : row.text(time));
      },
    };
  },
};

const withPrefix = (header: TableHeader, prefix: string): string[] =>
  header.names.filter((name) => name.toLowerCase().startsWith(prefix.toLowerCase()));

/** @param chosen columns that the user names: one with the label, or several with true and false */
function answerOf(header: TableHeader, chosen: readonly string[] | undefined): { answer: Answer; description: string } {
  const names = chosen ?? withPrefix(header, 'Answer.');
  if (names.length === 0) throw new InputError(header.file, 'has no column Answer.…, which holds the labels');
  if (names.length === 1) {
    const column = header.find(names[0]!)!;
    return { answer: (row) => labelOfAnswer(row.text(column)), description: names[0]! };
  }
  const shared = names[0]!.slice(0, names[0]!.lastIndexOf('.') + 1);
  if (
    !chosen &&
    !names.every((name) => name.startsWith(shared) && !name.slice(shared.length).includes('.')) &&
    !names.every(isRepeated)
  ) {
    throw new InputError(
      header.file,
      `has several columns that may be the label: ${names.join(', ')}. The option columns chooses, as in label=${names[0]!}`,
    );
  }
  const cells = names.map((name) => ({ label: name.slice(name.lastIndexOf('.') + 1), column: header.find(name)! }));
  return { answer: (row) => marked(row, cells, header.file), description: `the marked one of ${names.join(', ')}` };
}

/** `Answer.happy.happy`: what a group of radio buttons gives. */
const isRepeated = (name: string): boolean => /^Answer\.(.+)\.\1$/i.test(name);

function marked(row: TableRow, cells: readonly { label: string; column: Column }[], file: string): string | undefined {
  const found = cells.filter(({ label, column }) => {
    const flag = flagOf(row.text(column));
    if (flag === undefined)
      throw new InputError(
        `${file}:${row.line}`,
        `${label}: expected true or false, got "${row.text(column)}". The option columns can name the column of the label, as in label=COLUMN`,
      );
    return flag;
  });
  return found.length > 1 ? undefined : (found[0]?.label ?? '');
}

/** A label as it stands, or within the JSON of a form: its one text, or the one member that is true. */
function labelOfAnswer(text: string): string | undefined {
  if (!/^[[{]/.test(text)) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const found = [...new Set(leaves(value))];
  return found.length > 1 ? undefined : (found[0] ?? '');
}

function leaves(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return [value.trim()].filter((text) => text !== '');
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'boolean') return value ? [name] : [];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => leaves(inner, key));
}
