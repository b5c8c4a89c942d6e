/** `mien train`: a recipe and its data become a model file with a card. */
import { Option, type Command } from 'commander';
import { InputError, MienError } from 'mienjs';
import type { Tensor } from 'mienjs/tensor';
import { trainingData } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { withFolderLock } from 'mienjs/files';
import { trainModel, type TrainedModel } from 'mienjs/evaluate';
import { readModelFile } from 'mienjs/onnx/node';
import { findProtocol } from 'mienjs/data/protocols';
import { imagesOf, initialWeights, type Recipe } from 'mienjs/train';
import { recipeForData, RECIPES } from 'mienjs/recipes';
import { loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { dataOption, defaultFolder, deviceOption, threadsOption, wholeNumber, type DataOption } from '../options.ts';
import { log, print, printJson } from '../output.ts';
import { checkProtocolData } from '../protocol/databases.ts';
import { type Known, KNOWN } from '../protocol/known.ts';
import { addProtocolOptions, ALIGN_NOTES, refuseOptions, type ProtocolOptions } from '../protocol/options.ts';
import { trainUnderProtocol } from '../protocol/train.ts';
import { addTeacherOptions, askTeachers, withTeachers, type TeacherOptions } from '../teachers.ts';
import { percent, TrainingProgress } from '../train-progress.ts';
import { withSplits } from '../training-splits.ts';
import { jsonOutput, outputFiles, planFiles } from '../outputs/guard.ts';
import { cardKind, cardPageKind, checkpointKind, modelKind } from '../outputs/kinds.ts';

interface TrainOptions extends ProtocolOptions, DataInputOptions, TeacherOptions {
  readonly data?: readonly DataOption[];
  readonly out?: string;
  readonly resume?: true;
  readonly init?: string;
  readonly epochs?: number;
  readonly seed?: number;
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  readonly threads?: number;
  readonly json?: true;
}

/** Images that the card's robustness is measured on, at most. */
const ROBUSTNESS_IMAGES = 1000;

const NOTES = `
The data that a recipe trains on must be given. Where they have no split to validate on, one image in ten of each class of the
training split is held out for it, drawn by the seed; the log and the card say so. compact.folder learns the classes that
your folder has.

Data of further datasets whose labels a head learns may be given too,
and the card then has that head's figures under the dataset's own rules.

Into the folder of --out go last.safetensors and best.safetensors (checkpoints, after each epoch), and at the end
RECIPE.onnx (calibrated on the validation split), RECIPE.json and RECIPE.md (its card). A run that was stopped goes on
with --resume, to the same weights as if it had not been stopped. The card also says how accuracy holds under blur, noise, darkness,
occlusion and other changes (on at most ${ROBUSTNESS_IMAGES} images), and how many copies of images the data hold.

--teacher: the teachers answer the training images once, without augmentation, and the answers are kept in --out; a head learns
from those teachers that have an output with its classes.

--protocol decides the data, whatever data the recipe was written for; the recipe's outputs must have its classes. The recipe is
trained anew in every fold, into fold-01 … of --out (default: runs/RECIPE.PROTOCOL), and tested there; --resume keeps finished
folds and goes on in the middle of the next. The report is printed as Markdown, and written as report.json, report.md and
report.tex (needs the package booktabs).
${ALIGN_NOTES}

Recipes:
`;

/** @param recipes those that can be trained   @param known databases and protocols */
export function register(program: Command, recipes: readonly Recipe[] = RECIPES, known: Known = KNOWN): void {
  const command = addTeacherOptions(
    withDataInput(
      addProtocolOptions(
        program
          .command('train')
          .description('train a model by a recipe')
          .argument('<recipe>', 'see below')
          .addOption(dataOption('a dataset that the recipe uses, and where it is; may be given several times'))
          .option('--out <folder>', 'for checkpoints, model and card (default: runs/RECIPE)')
          .option('--resume', 'go on from the last checkpoint in --out')
          .addOption(
            new Option(
              '--init <file>',
              "start from the tensors of this ONNX file that have the network's names and shapes",
            ).conflicts('resume'),
          )
          .option('--epochs <n>', "instead of the recipe's", wholeNumber(1))
          .option('--seed <n>', "instead of the recipe's", wholeNumber(0))
          .addOption(deviceOption())
          .addOption(threadsOption())
          .option('--json', 'one JSON document on stdout'),
      ),
    ),
  ).addHelpText(
    'after',
    NOTES + recipes.map(({ id, title, data }) => `  ${id.padEnd(24)}${title} (--data ${data.dataset}=PATH)`).join('\n'),
  );
  planFiles<TrainOptions>(command, ({ out, data = [], init, teacher = [], protocol, json, codes }, [id]) => ({
    inputs: [codes, init, ...teacher, ...data.map(({ path }) => path)],
    outputs: [
      ...(protocol === undefined
        ? outputFiles('--out', out ?? defaultFolder(id!), {
            'last.safetensors': checkpointKind,
            'best.safetensors': checkpointKind,
            [`${id}.onnx`]: modelKind,
            [`${id}.json`]: cardKind,
            [`${id}.md`]: cardPageKind,
          })
        : [{ flag: '--out', path: out ?? defaultFolder(`${id}.${protocol}`), marker: 'protocol.json' }]),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (id: string, options: TrainOptions) => {
    const recipe = recipes.find((r) => r.id === id);
    if (!recipe) throw new InputError(id, `is not a recipe, expected one of ${recipes.map((r) => r.id).join(', ')}`);
    if (options.protocol !== undefined) {
      refuseOptions(
        command,
        { ...options },
        ['init'],
        "cannot be used with option '--protocol': each fold starts anew",
      );
      refuseOptions(command, { ...options }, ['columns', 'codes'], "cannot be used with option '--protocol'");
      refuseOptions(
        command,
        { ...options },
        ['teacher', 'teacherWeight', 'teacherTemperature'],
        "cannot be used with option '--protocol'",
      );
      const protocol = findProtocol(options.protocol, known.protocols);
      checkProtocolData(command, protocol, options.data ?? []);
      const folder = options.out ?? defaultFolder(`${recipe.id}.${protocol.id}`);
      return withFolderLock(folder, () => trainUnderProtocol(recipe, protocol, { ...options, out: folder }, known));
    }
    refuseOptions(command, { ...options }, ['align'], "needs option '--protocol'");
    checkDataNames(command, recipe, options.data ?? []);
    if (!recipe.distil && options.teacher === undefined)
      refuseOptions(command, { ...options }, ['teacherWeight', 'teacherTemperature'], "needs option '--teacher'");
    const out = options.out ?? defaultFolder(recipe.id);
    await withFolderLock(out, () => train(withTeachers(recipe, options), { ...options, out }));
  });
}

/** Datasets that the recipe can use: the one that it trains on, and those whose labels its heads learn. */
function datasetsOf({ data, heads }: Recipe): string[] {
  return [...new Set([data.dataset, ...heads.flatMap((head) => (head.kind === 'identity' ? [] : [head.trainedOn]))])];
}

function checkDataNames(command: Command, recipe: Recipe, given: readonly DataOption[]): void {
  const names = datasetsOf(recipe);
  given.forEach(({ name }, i) => {
    if (!names.includes(name)) command.error(`error: --data ${name}: ${recipe.id} uses ${names.join(' and ')} only`);
    if (given.findIndex((other) => other.name === name) < i) command.error(`error: --data ${name}: given twice`);
  });
}

async function train(chosen: Recipe, options: TrainOptions & { readonly out: string }): Promise<void> {
  const given = options.data ?? [];
  const own = given.find(({ name }) => name === chosen.data.dataset);
  const definition = findDataset(chosen.data.dataset);
  if (own === undefined) {
    throw new MienError(
      `${chosen.id}: needs its data, give --data ${chosen.data.dataset}=PATH, where PATH is ${definition.layout}`,
    );
  }
  const { out } = options;
  const seed = options.seed ?? chosen.seed;
  const session = { device: options.device, ...(options.threads === undefined ? {} : { threads: options.threads }) };

  const loaded = await loadData(own, imagesOf(chosen), options, given);
  const alsoEvaluate = await Promise.all(
    given.filter((option) => option !== own).map((option) => loadData(option, imagesOf(chosen), options, given)),
  );
  const { dataset, note, ...splits } = await trainingData(loaded, chosen.data, { seed });
  if (note !== undefined) log(note);
  const recipe = withSplits(recipeForData(chosen, dataset), splits, note);
  const weights = options.init === undefined ? undefined : await readInitial(recipe, options.init);
  const progress = new TrainingProgress(recipe);
  let trained: TrainedModel;
  try {
    const teaching = await askTeachers(recipe, {
      ...session,
      out,
      load: async (format) =>
        (await trainingData(await loadData(own, format, options, given), chosen.data, { seed })).dataset,
      onProgress: progress.onProgress,
    });
    trained = await trainModel(recipe, {
      ...session,
      dataset,
      alsoEvaluate,
      licence: definition.licence,
      out,
      seed,
      onStep: progress.onStep,
      onEpoch: progress.onEpoch,
      onProgress: progress.onProgress,
      robustnessImages: ROBUSTNESS_IMAGES,
      audit: true,
      ...(teaching ? { teaching } : {}),
      ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
      ...(options.resume ? { resume: true } : {}),
      ...(weights ? { weights } : {}),
    });
  } finally {
    progress.finish();
  }

  const { card, modelPath, cardPath, fitted } = trained;
  if (options.json) {
    await printJson({
      recipe: recipe.id,
      model: modelPath,
      card: cardPath,
      seed,
      bestEpoch: fitted.bestEpoch,
      history: fitted.history,
      metrics: card.metrics,
      ...(card.valueMetrics ? { valueMetrics: card.valueMetrics } : {}),
    });
    return;
  }
  const lines = card.metrics.map(
    (m) =>
      `${m.dataset} ${m.split} (${m.head}${m.views === 'mirror' ? ', with mirror images' : ''}): accuracy ${percent(m.accuracy)}, mean accuracy ${percent(m.meanAccuracy)}, ${m.n} images\n`,
  );
  const valueLines = (card.valueMetrics ?? []).map(
    (m) =>
      `${m.dataset} ${m.split} (${m.output}${m.views === 'mirror' ? ', with mirror images' : ''}): ${Object.entries(
        m.mean,
      )
        .map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(3)}`)
        .join(', ')}, ${m.n} images\n`,
  );
  await print(`${lines.join('')}${valueLines.join('')}${modelPath}\n${cardPath}\n`);
}

/** Start weights from a file; says what it gave and what not. */
async function readInitial({ network }: Recipe, file: string): Promise<ReadonlyMap<string, Tensor>> {
  const { weights, left } = initialWeights(network, await readModelFile(file), file);
  log(
    `${file}: ${weights.size} of ${weights.size + left.length} tensors taken${left.length ? `; not ${left.map(({ name, reason }) => `${name} (${reason})`).join(', ')}` : ''}`,
  );
  return weights;
}
