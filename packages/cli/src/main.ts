/** The `mien` command: one file per verb in commands/; here they come together, and failures become exit statuses. */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { register as registerAnimate } from './commands/animate.ts';
import { register as registerAnnotate } from './commands/annotate.ts';
import { register as registerAssets } from './commands/assets.ts';
import { register as registerCompare } from './commands/compare.ts';
import { register as registerCrowd } from './commands/crowd.ts';
import { register as registerData } from './commands/data.ts';
import { register as registerEvaluate } from './commands/evaluate.ts';
import { register as registerExplain } from './commands/explain.ts';
import { register as registerFeatures } from './commands/features.ts';
import { register as registerGenerate } from './commands/generate.ts';
import { register as registerMap } from './commands/map.ts';
import { register as registerModels } from './commands/models.ts';
import { register as registerRecognize } from './commands/recognize.ts';
import { register as registerServe } from './commands/serve.ts';
import { register as registerSweep } from './commands/sweep.ts';
import { register as registerSurfaces } from './commands/surfaces.ts';
import { register as registerSynth } from './commands/synth.ts';
import { register as registerTrain } from './commands/train.ts';
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
export async function main(args: readonly string[], verbs = VERBS): Promise<number> {
  const program = createProgram(verbs);
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

/** Each adds a verb to the program. */
const VERBS: readonly ((program: Command) => void)[] = [
  registerRecognize,
  registerExplain,
  registerTrain,
  registerSweep,
  registerEvaluate,
  registerCompare,
  registerFeatures,
  registerMap,
  registerGenerate,
  registerAnimate,
  registerCrowd,
  registerModels,
  registerAssets,
  registerData,
  registerSurfaces,
  registerSynth,
  registerServe,
  registerAnnotate,
];

/** The command with its verbs. */
export function createProgram(verbs = VERBS): Command {
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
