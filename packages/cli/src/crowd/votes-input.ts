/** The votes of a `mien crowd` verb: its argument and the options that say how to read it. */
import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  nameExpressions,
  VOTES_FORMATS,
  warnAboutVotes,
  type CrowdWarning,
  type DuplicatePolicy,
  type Votes,
} from 'mienjs/crowd';
import { readTruth, readVotes, type ReadVotesOptions, type Truth } from 'mienjs/crowd/node';
import { InputError } from 'mienjs';
import { expressionOfLabel, LABEL_CODES, type LabelCodes, parseLabelCodes } from 'mienjs/labels';
import { splitCsv, type ColumnChoice } from 'mienjs/tables';
import { columnsOption } from '../options.ts';
import { log, Progress } from '../output.ts';

export interface VotesInputOptions {
  readonly columns?: ColumnChoice;
  readonly format?: string;
  readonly truthColumns?: ColumnChoice;
  readonly classes?: readonly string[];
  readonly codes?: LabelCodes;
  readonly duplicates: DuplicatePolicy;
}

/**
 * The most cells of the tables of labels by workers, K² a worker: a GiB of numbers. Labels that are free text would pass
 * it.
 */
const MAX_CELLS = 2 ** 27;

export const VOTES_NOTES = `
Votes are a table (CSV with a header, JSON lines or a JSON array; gzipped or not; - is standard input): a row a vote with the
columns task (or item, image …), worker (or annotator, performer …), label (or answer …) and possibly time (seconds, or when
it was cast). Other forms are recognised by their columns, and what was recognised is said on stderr:
${VOTES_FORMATS.map(({ name, title }) => `  ${name.padEnd(14)}${title}`).join('\n')}
Separators may be commas, semicolons or tabs, the text UTF-8 or UTF-16. Labels are names or numbers; 0 and 0.0 are one. Rows
without a label (empty, NA, NaN, null) are skipped and counted.`;

/** Adds the argument `<votes>` and how it is read. */
export function withVotes(command: Command): Command {
  return command
    .argument('<votes>', 'a table, see below')
    .addOption(
      columnsOption(
        '--columns',
        'names of the columns, FIELD=COLUMN,… for task, worker, label and time (default: recognised by their usual names)',
      ),
    )
    .addOption(
      new Option('--format <name>', 'format of the table (default: detected from its columns)').choices(
        VOTES_FORMATS.map(({ name }) => name),
      ),
    )
    .addOption(
      new Option(
        '--classes <names>',
        'the classes that labels may be, separated by commas, in their order; a name with a comma stands in quotes (default: the labels that occur)',
      ).argParser(parseClasses),
    )
    .addOption(
      new Option(
        '--codes <codes>',
        `which expressions the labels mean: ${Object.keys(LABEL_CODES).join(', ')}, or LABEL=EXPRESSION,…`,
      ).argParser(parseCodes),
    )
    .addOption(
      new Option('--duplicates <policy>', 'when a worker voted twice on a task')
        .choices(['error', 'first', 'last'])
        .default('error'),
    );
}

/** Adds the options for the truth of tasks. */
export function withTruth(command: Command): Command {
  return command
    .option('--truth <file>', 'a table with the columns task and truth, to measure accuracy')
    .addOption(columnsOption('--truth-columns', 'which of its columns hold what, FIELD=COLUMN,… with task and truth'));
}

/** @throws {InvalidArgumentError} a name that is empty or given twice */
export function parseClasses(text: string): string[] {
  const names = splitCsv(text);
  if (!names)
    throw new InvalidArgumentError(`Expected names separated by commas, those with a comma in quotes, got ${text}.`);
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) < i);
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `Expected different names, got ${wrong === '' ? 'an empty one' : `"${wrong}" twice`}.`,
    );
  return names;
}

function parseCodes(text: string): LabelCodes {
  try {
    return parseLabelCodes(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** What the library calls an option, and what the command line does. */
export const FLAGS: readonly (readonly [string, string])[] = [
  ['the duplicates policy can keep the first or the last', '--duplicates first or --duplicates last keeps one'],
  ['say what its labels mean by label codes', 'say what the labels mean with --codes'],
  ['nor one of the label codes', 'nor one of --codes'],
  ['name it among the classes', 'name it in --classes'],
  ['label codes such as', '--codes such as'],
  ['The option columns ', '--columns '],
  ['the option format ', '--format '],
];

export function withFlags(text: string): string {
  return FLAGS.reduce((changed, [option, flag]) => changed.replace(option, flag), text);
}

/**
 * Runs library code, whose errors then name options as the command line does.
 * @param file that the errors may be of; without one they are of options
 */
export async function namingFlags<T>(work: () => T | Promise<T>, file?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // An option's name stands where a file's would: votesPerTask becomes --votes-per-task
    const input =
      file === undefined ? `--${error.input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` : error.input;
    throw new InputError(input, withFlags(error.reason), { cause: error });
  }
}

/** Warnings about the votes, as the command line words them. */
export function warningsOf(votes: Votes): CrowdWarning[] {
  return warnAboutVotes(votes).map(({ code, message }) => ({ code, message: withFlags(message) }));
}

/** Says on stderr which labels seem to be one class, for verbs that give no other warnings. */
export function warnOfLabels(file: string, votes: Votes): void {
  for (const { code, message } of warningsOf(votes)) if (code === 'labels-alike') log(`${file}: ${message}`);
}

/** The votes, their classes expressions where `--codes` says so. */
export async function loadVotes(
  file: string,
  { classes, codes, duplicates, columns, format }: VotesInputOptions,
): Promise<Votes> {
  const votes = await namingFlags(
    () =>
      readWithProgress(file, {
        duplicates,
        onNote: (text) => log(`${file}: ${text}`),
        ...(classes ? { classes } : {}),
        ...(columns ? { columns } : {}),
        ...(format === undefined ? {} : { format }),
      }),
    file,
  );
  const { classes: found, workers } = votes;
  if (!votes.anonymous && workers.length * found.length ** 2 > MAX_CELLS) {
    throw new InputError(
      file,
      `has ${found.length} different labels (${found.slice(0, 3).join(', ')}, …) by ${counted(workers.length, 'worker')}: too many to tell apart, expected names of classes`,
    );
  }
  return codes ? namingFlags(() => nameExpressions(votes, file, codes), file) : votes;
}

const MEBIBYTE = 1 << 20;

/** Shows progress while a file is read; not of a pipe, whose size is not known. */
async function readWithProgress(file: string, options: ReadVotesOptions): Promise<Votes> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size < MEBIBYTE) return readVotes(file, options);
  const bar = new Progress('read, MiB', Math.ceil(size / MEBIBYTE));
  try {
    return await readVotes(file, { ...options, onProgress: (bytes) => bar.update(Math.floor(bytes / MEBIBYTE), file) });
  } finally {
    bar.finish();
  }
}

/** The truth of the votes' tasks; says on stderr which of its tasks have no votes. */
export async function loadTruth(
  file: string,
  votes: Votes,
  { codes, truthColumns }: Pick<VotesInputOptions, 'codes' | 'truthColumns'>,
): Promise<Truth> {
  const classOf = codes && ((label: string): number => votes.classes.indexOf(expressionOfLabel(label, codes) ?? label));
  const truth = await namingFlags(
    () =>
      readTruth(file, votes, { ...(classOf ? { classOf } : {}), ...(truthColumns ? { columns: truthColumns } : {}) }),
    file,
  ).catch((error: unknown) => {
    throw error instanceof InputError
      ? new InputError(error.input, error.reason.replace('--columns ', '--truth-columns '), { cause: error })
      : error;
  });
  const { withoutVotes } = truth;
  if (withoutVotes.length > 0) log(`${file}: ${listSome(withoutVotes, 'task')} without votes, which count for nothing`);
  return truth;
}

/** `1 vote`, `5 tasks` */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : unit.endsWith('s') ? 'es' : 's'}`;
}

/** `20 votes, 5 tasks, 4 workers` */
export function sizesOf({ task, tasks, workers, anonymous }: Votes): string {
  return [
    counted(task.length, 'vote'),
    counted(tasks.length, 'task'),
    anonymous ? 'workers unknown' : counted(workers.length, 'worker'),
  ].join(', ');
}

/** `3 tasks (a, b, c)`, at most five of them named. */
export function listSome(names: readonly string[], unit: string): string {
  const shown = names.slice(0, 5).join(', ');
  return `${counted(names.length, unit)} (${shown}${names.length > 5 ? ', …' : ''})`;
}
