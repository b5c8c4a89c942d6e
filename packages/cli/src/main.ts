/** The `mien` command: one file per verb in commands/; here they come together, and failures become exit statuses. */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { register as registerAssets } from './commands/assets.ts';
import { register as registerCompare } from './commands/compare.ts';
import { register as registerCrowd } from './commands/crowd.ts';
import { register as registerData } from './commands/data.ts';
import { register as registerEvaluate } from './commands/evaluate.ts';
import { register as registerExplain } from './commands/explain.ts';
import { register as registerFeatures } from './commands/features.ts';
import { register as registerMap } from './commands/map.ts';
import { register as registerModels } from './commands/models.ts';
import { register as registerRecognize } from './commands/recognize.ts';
import { register as registerSweep } from './commands/sweep.ts';
import { register as registerTrain } from './commands/train.ts';
import { reportFailure } from './output.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * Runs one command line.
 * @param args without node and script
 * @returns the exit status: 0, 1 (failed; which inputs is on stderr) or 2 (usage)
 */
export async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const program = createProgram();
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error, program.opts<{ verbose?: true }>().verbose === true || process.env['DEBUG'] !== undefined);
  }
}

function createProgram(): Command {
  // Settings first: verbs inherit them when they are registered.
  const program = new Command('mien')
    .description('Facial expression recognition: recognise, explain, train and evaluate')
    .version(version)
    .option('--verbose', 'show the stack of an unexpected error')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mien: ')) })
    .addHelpText('after', '\nExit status: 0, 1 (failed; some inputs may have succeeded, and which is reported) or 2 (usage).');
  for (const register of [registerRecognize, registerExplain, registerTrain, registerSweep, registerEvaluate, registerCompare, registerFeatures, registerMap, registerCrowd, registerModels, registerAssets, registerData]) register(program);
  return program;
}
