/** The true class of tasks from a file, to measure inferred labels against. Shape legend: T tasks, K classes. */
import { splitCsv } from '../tables/index.ts';
import { forEachLine } from '../data/csv-lines.ts';
import { InputError } from '../errors.ts';
import { accuracy, confusionMatrix } from '../metrics/index.ts';
import { parseHeader, refuseJsonArray } from './csv-header.ts';
import type { Inference } from './inference.ts';
import type { Votes } from './votes.ts';

export interface Truth {
  /** [T] class; −1 where the file does not say. */
  readonly labels: Int32Array;
  /** Tasks of the file that have no votes, in its order. */
  readonly withoutVotes: readonly string[];
}

const NAMES = { task: ['task', 'item'], truth: ['truth', 'label'] } as const;

/**
 * Reads `task` (or `item`) and `truth` (or `label`); other columns are passed over.
 * @param file CSV with a header, or JSONL when its first character is `{`, gzipped or not
 * @param classOf the class of a label as written, −1 when it is none. Default: its place in `votes.classes`
 * @throws {InputError} naming file and line: a missing column or value, damaged CSV or JSON, a task given twice, or a label
 *   that is no class of the votes
 */
export async function readTruth(file: string, votes: Votes, classOf: (label: string) => number = (label) => votes.classes.indexOf(label)): Promise<Truth> {
  const rowOfTask = new Map(votes.tasks.map((name, t) => [name, t]));
  const labels = new Int32Array(votes.tasks.length).fill(-1);
  const withoutVotes = new Set<string>();
  let read: ((text: string) => TruthRow | string) | undefined;
  await forEachLine(file, (bytes, start, end, line) => {
    const text = bytes.toString('utf8', start, end).trim();
    if (text === '') return;
    if (read === undefined) {
      refuseJsonArray(file, text);
      read = text.startsWith('{') ? readJson : csvReader(file, text, line);
      if (!text.startsWith('{')) return;
    }
    const row = read(text);
    const where = `${file}:${line}`;
    if (typeof row === 'string') throw new InputError(where, row);
    const k = classOf(row.truth);
    if (k < 0) throw new InputError(where, `truth "${row.truth}" is none of the classes ${votes.classes.join(', ')}; if nobody voted for it, name it among the classes`);
    const t = rowOfTask.get(row.task);
    if (t === undefined ? withoutVotes.has(row.task) : labels[t] !== -1) throw new InputError(where, `task "${row.task}" is given twice`);
    if (t === undefined) withoutVotes.add(row.task);
    else labels[t] = k;
  });
  if (read === undefined) throw new InputError(file, 'is empty');
  return { labels, withoutVotes: [...withoutVotes] };
}

interface TruthRow {
  readonly task: string;
  readonly truth: string;
}

function csvReader(file: string, header: string, headerLine: number): (text: string) => TruthRow | string {
  const names = parseHeader(file, headerLine, header, [...NAMES.task, ...NAMES.truth]);
  const column = (wanted: readonly string[]): number => {
    const found = wanted.map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (found === undefined) throw new InputError(file, `no column "${wanted[0]}": expected task (or item) and truth (or label), got ${names.join(', ')}`);
    return found;
  };
  const [task, truth] = [column(NAMES.task), column(NAMES.truth)];
  return (text) => {
    const cells = splitCsv(text);
    if (cells?.length !== names.length) return cells ? `expected ${names.length} fields, got ${cells.length}` : 'broken quotes';
    return complete(cells[task]!, cells[truth]!);
  };
}

function readJson(text: string): TruthRow | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null) return 'expected a JSON object';
  const fields = value as Record<string, unknown>;
  const [task, truth] = [NAMES.task, NAMES.truth].map((names) => {
    const given = names.map((name) => fields[name]).find((v) => v != null);
    return typeof given === 'string' || typeof given === 'number' ? String(given) : '';
  });
  return complete(task!, truth!);
}

function complete(task: string, truth: string): TruthRow | string {
  if (task === '') return 'the task is empty';
  return truth === '' ? `the truth of task "${task}" is empty` : { task, truth };
}

export interface TruthScore {
  /** Tasks with votes and truth. */
  readonly n: number;
  /** Share of these whose inferred label is true; NaN without one. Of tied classes the first counts as inferred. */
  readonly accuracy: number;
  /** [K][K] counts, row = truth, column = inferred. */
  readonly confusion: readonly (readonly number[])[];
}

export function scoreAgainst(truth: Truth, inference: Inference, classCount: number): TruthScore {
  const known = [...truth.labels.keys()].filter((t) => truth.labels[t]! >= 0);
  const confusion = confusionMatrix(known.map((t) => truth.labels[t]!), known.map((t) => inference.labels[t]!), classCount);
  return { n: known.length, accuracy: accuracy(confusion), confusion };
}
