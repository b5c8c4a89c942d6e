/**
 * Label Studio's exports: JSON (a task with its `annotations`, or `completions` of early versions), and JSON-MIN or CSV
 * (an annotation a row, its label in a column that is called as the tag in the labelling set-up).
 */
import { InputError } from '../../errors.ts';
import { checkChoice, type ColumnChoice, type TableHeader, type TableRow } from '../../tables/index.ts';
import { chooseColumn, IMAGE_NAMES } from './choose-column.ts';
import type { OpenedVotes, VotesFormat, VotesSink } from './format.ts';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const labelStudioFormat: VotesFormat = {
  name: 'label-studio',
  title: 'an export of Label Studio: JSON, JSON-MIN or CSV',
  isExport: true,
  recognizes: (header) => isTasks(header) || isMin(header),
  open: (header, sink, { columns = {} }) =>
    isTasks(header) ? openTasks(header, sink, columns) : openMin(header, sink, columns),
};

const isTasks = (header: TableHeader): boolean => header.has('data') && header.has('annotations', 'completions');
const isMin = (header: TableHeader): boolean => header.has('annotation_id') && header.has('annotator');

function openTasks(header: TableHeader, sink: VotesSink, choice: ColumnChoice): OpenedVotes {
  const [taskName, labelName] = [choice['task']?.[0], choice['label']?.[0]];
  const unknown = Object.keys(choice).find((field) => field !== 'task' && field !== 'label');
  if (unknown !== undefined)
    throw new InputError(
      header.file,
      `columns: there is no field "${unknown}" here, expected task (a member of data), label (the tag in the labelling set-up)`,
    );
  const [id, data, annotations] = [
    header.find('id')!,
    header.find('data')!,
    header.find('annotations', 'completions')!,
  ];
  return {
    timeIsGuessed: true,
    description: `task = ${taskName === undefined ? 'the image in data' : `data.${taskName}`}, worker = completed_by, label = ${labelName ?? 'the choice'}`,
    row(row) {
      const where = `${header.file}:${row.line}`;
      const task = taskOf(row.value(data), taskName, where) ?? row.text(id);
      const list = row.value(annotations);
      if (!Array.isArray(list)) throw new InputError(where, 'annotations: expected an array');
      for (const annotation of list.filter(isObject)) {
        if (annotation['was_cancelled'] === true) {
          sink.passOver('skipped');
          continue;
        }
        const labels = labelsOf(annotation['result'], labelName, where);
        if (labels.length > 1) sink.passOver('several');
        else
          sink.vote(
            row.line,
            task,
            personOf(annotation['completed_by'] ?? annotation['created_username']),
            labels[0] ?? '',
            textOf(annotation['lead_time']),
          );
      }
    },
  };
}

/**
 * The image of a task: the member that is chosen, or the one whose name or text is that of an image; otherwise the only
 * one.
 */
function taskOf(data: unknown, chosen: string | undefined, where: string): string | undefined {
  const members = Object.entries(isObject(data) ? data : {}).filter(
    (pair): pair is [string, string | number] => typeof pair[1] === 'string' || typeof pair[1] === 'number',
  );
  if (chosen !== undefined) {
    const found = members.find(([name]) => name === chosen);
    if (!found)
      throw new InputError(
        where,
        `data has no "${chosen}", expected one of ${members.map(([name]) => name).join(', ')}`,
      );
    return String(found[1]);
  }
  const image = members.find(([name]) => IMAGE_NAMES.test(name)) ?? (members.length === 1 ? members[0] : undefined);
  return image && String(image[1]);
}

/** The labels of one annotation. @param wanted the tag, where it is chosen */
function labelsOf(result: unknown, wanted: string | undefined, where: string): string[] {
  const parts = (Array.isArray(result) ? result : [])
    .filter(isObject)
    .filter(({ from_name: name }) => wanted === undefined || name === wanted);
  const found = parts.flatMap((part) => {
    const labels = labelsOfValue(part['value']);
    return labels.length > 0 ? [{ name: part['from_name'], labels }] : [];
  });
  const names = [...new Set(found.map(({ name }) => name))];
  if (names.length > 1)
    throw new InputError(
      where,
      `has answers to several questions: ${names.join(', ')}. The option columns chooses, as in label=${String(names[0])}`,
    );
  return found.flatMap(({ labels }) => labels);
}

function labelsOfValue(value: unknown): string[] {
  if (!isObject(value)) return [];
  const given = value['choices'] ?? value['rating'] ?? value['number'] ?? value['text'];
  return (Array.isArray(given) ? given : [given]).map(textOf).filter((text) => text !== '');
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

/** A number, an address, or an object that has one of them. */
function personOf(person: unknown): string {
  return isObject(person) ? textOf(person['email'] ?? person['username'] ?? person['id']) : textOf(person);
}

/** What the rows of JSON-MIN and CSV hold beside data and labels. */
const OWN_COLUMNS = [
  'id',
  'annotation_id',
  'annotator',
  'created_at',
  'updated_at',
  'lead_time',
  'agreement',
  'comments',
  'file_upload',
  'inner_id',
  'project',
  'was_cancelled',
  'predictions',
];

function openMin(header: TableHeader, sink: VotesSink, columns: ColumnChoice): OpenedVotes {
  checkChoice(header, ['task', 'worker', 'label', 'time'], columns);
  const names = header.names.filter((name) => name !== '' && !OWN_COLUMNS.includes(name));
  const images = names.filter((name) => IMAGE_NAMES.test(name));
  // Data stand before id, and what was answered between id and annotator, unless the columns are sorted.
  const [id, annotator] = [header.names.indexOf('id'), header.names.indexOf('annotator')];
  const between =
    id >= 0 && annotator > id
      ? header.names.slice(id + 1, annotator).filter((name) => !OWN_COLUMNS.includes(name))
      : [];
  const candidates =
    between.length > 0
      ? between
      : names.includes('choice')
        ? ['choice']
        : names.filter((name) => !images.includes(name));
  const task = chooseColumn(header, 'task', columns, images) ?? header.find('id')!;
  const label = chooseColumn(header, 'label', columns, candidates);
  if (label === undefined)
    throw new InputError(
      header.file,
      `nothing tells which column has the labels: ${header.names.join(', ')}. The option columns chooses, as in label=COLUMN`,
    );
  const worker = header.find(...(columns['worker'] ?? ['annotator']))!;
  const time = header.find(...(columns['time'] ?? ['lead_time']));
  return {
    timeIsGuessed: columns['time'] === undefined,
    description: `task = ${header.nameOf(task)}, worker = ${header.nameOf(worker)}, label = ${header.nameOf(label)}`,
    row(row) {
      const labels = labelsOfCell(row, label);
      if (labels.length > 1) sink.passOver('several');
      else
        sink.vote(
          row.line,
          row.text(task),
          row.text(worker),
          labels[0] ?? '',
          time === undefined ? '' : row.text(time),
        );
    },
  };
}

/** One choice as it stands; several as `{"choices":[…]}` or `[…]`, in CSV as the text of it. */
function labelsOfCell(row: TableRow, column: number): string[] {
  const text = row.text(column);
  if (!/^[[{]/.test(text)) return [text];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? value.flatMap((each) => (isObject(each) ? labelsOfValue(each) : [textOf(each)]))
      : labelsOfValue(value);
  } catch {
    return [text];
  }
}
