/**
 * One guard of files for all verbs: each says what it reads and writes, and before it works `checkOutputs` refuses what
 * would overwrite anything of the user's. A verb that says nothing does not run.
 */
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import {
  checkOutputs,
  isStandardOutput,
  STANDARD_STREAM,
  userPath,
  type OutputKind,
  type PlannedOutput,
} from 'mienjs/files';
import { join } from 'node:path';
import { keepStdoutFor } from '../output.ts';

/** What a run of a verb reads and writes. */
export interface FilePlan {
  /** Files and folders; names of models and the like, which are not files, may stand among them. */
  readonly inputs?: readonly (string | undefined)[];
  readonly outputs?: readonly PlannedOutput[];
}

type Planner = (options: Record<string, unknown>, args: readonly string[]) => FilePlan | Promise<FilePlan>;

const planners = new WeakMap<Command, Planner>();

/** Says what a verb reads and writes. @param plan of its options, with those of the program, and its arguments */
export function planFiles<Options extends object>(
  command: Command,
  plan: (options: Options, args: readonly string[]) => FilePlan | Promise<FilePlan>,
): Command {
  planners.set(command, plan as unknown as Planner);
  return command;
}

/** For a verb that reads names only, or writes nothing. */
export function planNoOutput(command: Command): Command {
  return planFiles(command, () => ({}));
}

/** An output file; none where the option is not given. */
export function outputFile(flag: string, path: string | undefined, kind: OutputKind): PlannedOutput[] {
  return path === undefined ? [] : [{ flag, path, kind }];
}

/** Output files by name in a folder; none where the option is not given. @throws {InputError} for `-` */
export function outputFiles(
  flag: string,
  folder: string | undefined,
  kinds: Readonly<Record<string, OutputKind>>,
): PlannedOutput[] {
  if (folder === STANDARD_STREAM) throw new InputError(folder, `expected a folder for ${flag}, not standard output`);
  return folder === undefined
    ? []
    : Object.entries(kinds).map(([name, kind]) => ({ flag, path: join(folder, name), kind }));
}

/** What --json prints beside the files that a verb writes. */
export const jsonOutput = (json: boolean | undefined): PlannedOutput[] =>
  json ? [{ flag: '--json', path: STANDARD_STREAM }] : [];

/** What options and arguments that are paths have as placeholders. */
const PATH = /\b(file|folder|path|image|inputs|votes|model|source)\b/;

/** Checks the files of every verb below `program` before it acts. */
export function guardFiles(program: Command): void {
  program.hook('preAction', async (_, command) => {
    expandPaths(command);
    const planner = planners.get(command);
    if (!planner) throw new TypeError(`${command.name()}: expected planFiles to say what it reads and writes`);
    const { inputs = [], outputs = [] } = await planner(
      command.optsWithGlobals(),
      command.processedArgs.flat() as string[],
    );
    await checkOutputs(outputs, {
      inputs: inputs.filter((path) => path !== undefined),
      force: command.optsWithGlobals<{ force?: true }>().force === true,
    });
    if (outputs.some(({ path, flag }) => isStandardOutput(path) && flag !== '--json')) keepStdoutFor('files');
  });
}

/** `~/` where the shell left it, and names that are not UTF-8. */
function expandPaths(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (typeof value === 'string' && PATH.test(option.flags)) command.setOptionValue(name, userPath(value));
  }
  for (const [i, argument] of command.registeredArguments.entries()) {
    const value: unknown = command.processedArgs[i];
    if (!PATH.test(argument.name())) continue;
    if (typeof value === 'string') command.processedArgs[i] = userPath(value);
    else if (Array.isArray(value)) command.processedArgs[i] = value.map((path: string) => userPath(path));
  }
}
