/** The votes of a `mien crowd` verb: its argument and the options that say how to read it. */
import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { expressionOfLabel, type LabelCodes, nameExpressions, parseLabelCodes, readTruth, readVotes, warnAboutVotes, type CrowdWarning, type DuplicatePolicy, type Truth, type Votes, type VotesOptions } from 'mien/crowd';
import { InputError } from 'mien';
import { log, Progress } from '../output.ts';

export interface VotesInputOptions {
  readonly classes?: readonly string[];
  readonly codes?: LabelCodes;
  readonly duplicates: DuplicatePolicy;
}

/** Of the tables of labels by workers, K² a worker: a GiB of numbers. Labels that are free text would pass it. */
const MOST_CELLS = 2 ** 27;

export const VOTES_NOTES = `
Votes are CSV with the columns task (or item), worker, label and possibly time (seconds, or when it was cast), or JSONL with
these fields; either may be gzipped. Labels are names or numbers.`;

/** Adds the argument `<votes>` and how it is read. */
export function withVotes(command: Command): Command {
  return command
    .argument('<votes>', 'CSV or JSONL file, see below')
    .addOption(new Option('--classes <names>', 'the classes that labels may be, separated by commas, in their order (default: the labels that occur)').argParser(parseClasses))
    .addOption(new Option('--codes <codes>', 'which expressions the labels mean: raf-db, fer2013, or LABEL=EXPRESSION,…').argParser(parseCodes))
    .addOption(new Option('--duplicates <policy>', 'when a worker voted twice on a task').choices(['error', 'first', 'last']).default('error'));
}

/** @throws {InvalidArgumentError} a name that is empty or given twice */
export function parseClasses(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) < i);
  if (wrong !== undefined) throw new InvalidArgumentError(`Expected different names, got ${wrong === '' ? 'an empty one' : `"${wrong}" twice`}.`);
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
const FLAGS: readonly (readonly [string, string])[] = [
  ['the duplicates policy can keep the first or the last', '--duplicates first or --duplicates last keeps one'],
  ['say what its labels mean by label codes', 'say what the labels mean with --codes'],
  ['nor one of the label codes', 'nor one of --codes'],
  ['name it among the classes', 'name it in --classes'],
  ['label codes such as', '--codes such as'],
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
    const input = file === undefined ? `--${error.input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` : error.input;
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
export async function loadVotes(file: string, { classes, codes, duplicates }: VotesInputOptions): Promise<Votes> {
  const votes = await namingFlags(() => readWithProgress(file, { duplicates, ...(classes ? { classes } : {}) }), file);
  const { classes: found, workers } = votes;
  if (workers.length * found.length ** 2 > MOST_CELLS) {
    throw new InputError(file, `has ${found.length} different labels (${found.slice(0, 3).join(', ')}, …) by ${counted(workers.length, 'worker')}: too many to tell apart, expected names of classes`);
  }
  return codes ? namingFlags(() => nameExpressions(votes, file, codes), file) : votes;
}

const MEBIBYTE = 1 << 20;

/** Shows progress while a file is read; not of a pipe, whose size is not known. */
async function readWithProgress(file: string, options: VotesOptions): Promise<Votes> {
  const size = await stat(file).then((found) => found.size, () => 0);
  if (size < MEBIBYTE) return readVotes(file, options);
  const bar = new Progress('read, MiB', Math.ceil(size / MEBIBYTE));
  try {
    return await readVotes(file, { ...options, onProgress: (bytes) => bar.update(Math.floor(bytes / MEBIBYTE), file) });
  } finally {
    bar.finish();
  }
}

/** The truth of the votes' tasks; says on stderr which of its tasks have no votes. */
export async function loadTruth(file: string, votes: Votes, codes?: LabelCodes): Promise<Truth> {
  const classOf = codes && ((label: string): number => votes.classes.indexOf(expressionOfLabel(label, codes) ?? label));
  const truth = await namingFlags(() => readTruth(file, votes, classOf), file);
  const { withoutVotes } = truth;
  if (withoutVotes.length > 0) log(`${file}: ${listSome(withoutVotes, 'task')} without votes, which count for nothing`);
  return truth;
}

/** `1 vote`, `5 tasks` */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : unit.endsWith('s') ? 'es' : 's'}`;
}

/** `20 votes, 5 tasks, 4 workers` */
export function sizesOf({ task, tasks, workers }: Votes): string {
  return [counted(task.length, 'vote'), counted(tasks.length, 'task'), counted(workers.length, 'worker')].join(', ');
}

/** `3 tasks (a, b, c)`, at most five of them named. */
export function listSome(names: readonly string[], unit: string): string {
  const shown = names.slice(0, 5).join(', ');
  return `${counted(names.length, unit)} (${shown}${names.length > 5 ? ', …' : ''})`;
}
