/** The `mien` command: one file per verb in commands/; here they come together, and failures become exit statuses. */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { withDecoding } from 'mienjs/image/node';
import { Interrupted } from './endings.ts';
import { IMAGE_NOTES } from './formats-help.ts';
import { NoteLog } from './notes.ts';
import { keepStdoutFor, printableUsage, reportFailure } from './output.ts';
import { guardFiles } from './outputs/guard.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * Runs one command line.
 * @param args without node and script   @param verbs what is registered; tests give verbs with small data of their own
 * @returns the exit status: 0, 1 (failed; which inputs is on stderr), 2 (usage), or above 128 when interrupted
 */
export async function main(args: readonly string[], verbs?: readonly Register[]): Promise<number> {
  const program = createProgram(verbs ?? (await loadVerbs(args)));
  const settings = (): GlobalOptions => program.opts<GlobalOptions>();
  const notes = new NoteLog();
  keepStdoutFor('results');
  try {
    // The settings are known once the arguments are read, and images are decoded after that.
    await withDecoding(
      {
        get lenient() {
          return settings().lenient === true;
        },
        onNote: notes.add,
      },
      () => program.parseAsync([...args], { from: 'user' }),
    );
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) return error.status;
    return reportFailure(error, settings().verbose === true || process.env['DEBUG'] !== undefined);
  } finally {
    notes.finish();
  }
}

interface GlobalOptions {
  readonly verbose?: true;
  readonly force?: true;
  readonly lenient?: true;
}

const NOTES = `${IMAGE_NOTES}

--out - writes to standard output. A name that exists is itself, also where it reads like a pattern.
What a command writes replaces nothing but its own earlier outputs, unless --force is given.

Exit status: 0, 1 (failed; some inputs may have succeeded, and which is reported) or 2 (usage); 130, 143 or 129 when interrupted
by SIGINT, SIGTERM or SIGHUP, 141 when the reader of its output has left. Nothing half-written is left behind.`;

/** Adds a verb to the program. */
type Register = (program: Command) => void;

/** The verbs, as help lists them. Each is loaded when it is asked for: all of them are a thousand modules. */
const VERBS: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  recognize: () => import('./commands/recognize.ts'),
  explain: () => import('./commands/explain.ts'),
  train: () => import('./commands/train.ts'),
  sweep: () => import('./commands/sweep.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  compare: () => import('./commands/compare.ts'),
  features: () => import('./commands/features.ts'),
  map: () => import('./commands/map.ts'),
  generate: () => import('./commands/generate.ts'),
  animate: () => import('./commands/animate.ts'),
  crowd: () => import('./commands/crowd.ts'),
  models: () => import('./commands/models.ts'),
  assets: () => import('./commands/assets.ts'),
  data: () => import('./commands/data.ts'),
  surfaces: () => import('./commands/surfaces.ts'),
  synth: () => import('./commands/synth.ts'),
  serve: () => import('./commands/serve.ts'),
  annotate: () => import('./commands/annotate.ts'),
};

/** @returns the verb that the command line names; all of them where it names none */
export async function loadVerbs(args: readonly string[] = []): Promise<Register[]> {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const name = args[at] ?? '';
  // The help of all of them
  const isGeneral = args.slice(0, at).some((arg) => arg === '-h' || arg === '--help');
  const asked = Object.hasOwn(VERBS, name) && !isGeneral ? [VERBS[name]!] : Object.values(VERBS);
  return (await Promise.all(asked.map((load) => load()))).map(({ register }) => register);
}

/** The command with some verbs. */
export function createProgram(verbs: readonly Register[]): Command {
  // Settings first: verbs inherit them when they are registered.
  const program = new Command('mien')
    .description('Facial expression recognition: recognise, explain, train and evaluate')
    .version(version)
    .option(
      '--force',
      'replace existing files that are not earlier outputs of the same kind; what a command reads is never replaced',
    )
    .option('--lenient', 'read truncated or damaged images as far as possible, with a warning')
    .option('--verbose', 'show the stack of an unexpected error')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(printableUsage(text)) })
    .addHelpText('after', NOTES);
  guardFiles(program);
  for (const register of verbs) register(program);
  return program;
}
