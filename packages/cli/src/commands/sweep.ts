/** `mien sweep`: a recipe trained once for each setting of its parameters. */
import { InvalidArgumentError, type Command } from 'commander';
import { InputError, MienError } from 'mienjs';
import { trainingData } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { withFolderLock } from 'mienjs/files';
import { runSweep, sweepTable } from 'mienjs/studies';
import { imagesOf, parseSweepValues, type RecipeFamily, type SweepValues } from 'mienjs/train';
import { FAMILIES } from 'mienjs/recipes';
import type { Device } from 'mienjs/runtime';
import { loadData } from '../data/data-input.ts';
import { dataOption, defaultFolder, deviceOption, threadsOption, wholeNumber, type DataOption } from '../options.ts';
import { log } from '../output.ts';
import { withSplits } from '../training-splits.ts';
import { printTable, withTableFormat, type TableOptions } from '../table-output.ts';
import { TrainingProgress } from '../train-progress.ts';
import { planFiles } from '../outputs/guard.ts';

interface SweepCommandOptions extends Omit<TableOptions, 'out'> {
  readonly set?: SweepValues;
  readonly data?: readonly DataOption[];
  readonly out?: string;
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly resume?: true;
  readonly device: Device;
  readonly threads?: number;
}

const NOTES = `
All combinations of the values are trained, each with every seed, each run in its own folder in --out; a parameter that is not set
keeps the recipe's value. After each run sweep.json, sweep.csv and sweep.html (charts) in --out tell what there is so far. --resume keeps
finished runs, goes on in the middle of one that was stopped, and takes further values: two sweeps, one of each parameter, fill one
page with two charts, as fig. 8 of Li & Deng 2019. Checkpoints of finished runs are removed; their models and cards stay.

--json: { "family", "parameters", "dataset", "epochs", "runs": [{ "parameters", "seed", "folder", "bestEpoch", "epochs", "wallSeconds",
"metrics": [{ "dataset", "split", "head", "role", "n", "accuracy", "meanAccuracy" }] }] }.

Recipes, and what can be set:
`;

/** @param families those that can be swept */
export function register(program: Command, families: readonly RecipeFamily[] = FAMILIES): void {
  const longest = Math.max(...families.map(({ id }) => id.length));
  const command = program
    .command('sweep')
    .description('train a recipe once for each setting of its parameters')
    .argument('<recipe>', 'see below')
    .option(
      '--set <name=values>',
      'values of a parameter, such as lambda=0,0.003; may be given several times',
      setOption,
    )
    .addOption(dataOption('the dataset that the recipe uses, and where it is'))
    .option('--out <folder>', 'folder of the runs and the tables (default: runs/RECIPE.sweep)')
    .option('--seeds <list>', "such as 1,2,3 (default: the recipe's)", seedList)
    .option('--epochs <n>', "number of epochs (default: the recipe's)", wholeNumber(1))
    .option('--resume', 'continue the sweep in --out')
    .addOption(deviceOption())
    .addOption(threadsOption());
  planFiles<SweepCommandOptions>(command, ({ out, data = [] }, [id]) => ({
    inputs: data.map(({ path }) => path),
    outputs: [{ flag: '--out', path: out ?? defaultFolder(`${id}.sweep`), marker: 'sweep.json' }],
  }));
  withTableFormat(command)
    .addHelpText(
      'after',
      NOTES +
        families
          .map(
            ({ id, title, parameters }) =>
              `  ${id.padEnd(longest)}  ${title} (${Object.entries(parameters)
                .map(([name, value]) => `${name}=${value}`)
                .join(', ')})`,
          )
          .join('\n'),
    )
    .action(async (id: string, options: SweepCommandOptions) => {
      const family = families.find((f) => f.id === id);
      if (!family)
        throw new InputError(
          id,
          `is not a recipe with parameters, expected one of ${families.map((f) => f.id).join(', ')}`,
        );
      const out = options.out ?? defaultFolder(`${family.id}.sweep`);
      await withFolderLock(out, () => sweep(family, { ...options, out }));
    });
}

function setOption(value: string, previous: SweepValues | undefined): SweepValues {
  try {
    const [name, values] = parseSweepValues(value);
    if (previous && Object.hasOwn(previous, name)) throw new MienError(`${name} is set twice`);
    return { ...previous, [name]: values };
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function seedList(value: string): number[] {
  return value.split(',').map(wholeNumber(0));
}

async function sweep(
  family: RecipeFamily,
  {
    set = {},
    data = [],
    seeds,
    epochs,
    resume,
    device,
    threads,
    out,
    ...output
  }: SweepCommandOptions & { readonly out: string },
): Promise<void> {
  const recipe = family.make(family.parameters);
  const definition = findDataset(recipe.data.dataset);
  const other = data.find(({ name }) => name !== definition.name);
  if (other) throw new InputError(other.name, `is not used by ${family.id}, which takes ${definition.name}`);
  if (data.length !== 1)
    throw new MienError(
      `${family.id}: needs its data once, give --data ${definition.name}=PATH, where PATH is ${definition.layout}`,
    );
  const loaded = await loadData(data[0]!, imagesOf(recipe), {});
  const { dataset, note, ...splits } = await trainingData(loaded, recipe.data);
  if (note !== undefined) log(note);
  const trained: RecipeFamily = { ...family, make: (parameters) => withSplits(family.make(parameters), splits, note) };
  const progress = new TrainingProgress(recipe);
  try {
    const result = await runSweep(trained, set, {
      dataset,
      licence: definition.licence,
      out,
      device,
      onStep: progress.onStep,
      onEpoch: progress.onEpoch,
      ...(threads === undefined ? {} : { threads }),
      ...(seeds === undefined ? {} : { seeds }),
      ...(epochs === undefined ? {} : { epochs }),
      ...(resume ? { resume } : {}),
      onRun: (name, done, total, finished) => log(`${done + 1}/${total} ${name}${finished ? ': finished before' : ''}`),
      onProgress: progress.onProgress,
    });
    progress.finish();
    await printTable(sweepTable(result), result, output);
  } finally {
    progress.finish();
  }
}
