/** The votes of a `mien crowd` verb: its argument and the options that say how to read it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { expressionOfLabel, type LabelCodes, nameExpressions, parseLabelCodes, readTruth, readVotes, type DuplicatePolicy, type Truth, type Votes } from 'mien/crowd';
import { InputError } from 'mien';
import { log } from '../output.ts';

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

function parseClasses(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function parseCodes(text: string): LabelCodes {
  try {
    return parseLabelCodes(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** The votes, their classes expressions where `--codes` says so. */
export async function loadVotes(file: string, { classes, codes, duplicates }: VotesInputOptions): Promise<Votes> {
  const votes = await readVotes(file, { duplicates, ...(classes ? { classes } : {}) });
  const { classes: found, workers } = votes;
  if (workers.length * found.length ** 2 > MOST_CELLS) {
    throw new InputError(file, `has ${found.length} different labels (${found.slice(0, 3).join(', ')}, …) by ${workers.length} workers: too many to tell apart, expected names of classes`);
  }
  return codes ? nameExpressions(votes, file, codes) : votes;
}

/** The truth of the votes' tasks; says on stderr which of its tasks have no votes. */
export async function loadTruth(file: string, votes: Votes, codes?: LabelCodes): Promise<Truth> {
  const classOf = codes && ((label: string): number => votes.classes.indexOf(expressionOfLabel(label, codes) ?? label));
  const truth = await readTruth(file, votes, classOf);
  const { withoutVotes } = truth;
  if (withoutVotes.length > 0) log(`${file}: ${listSome(withoutVotes, (n) => (n === 1 ? 'task' : 'tasks'))} without votes, which count for nothing`);
  return truth;
}

/** `3 tasks (a, b, c)`, at most five of them named. */
export function listSome(names: readonly string[], unit: (count: number) => string): string {
  const shown = names.slice(0, 5).join(', ');
  return `${names.length} ${unit(names.length)} (${shown}${names.length > 5 ? ', …' : ''})`;
}
