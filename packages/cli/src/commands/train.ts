/** `mien train`: a recipe and its data become a model file with a card. */
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { InputError, MienError } from 'mienjs';
import { chooseClasses, trainingData } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { exists, withFolderLock } from 'mienjs/files';
import {
  completeJoined,
  openBase,
  openJoined,
  startFrom,
  trainModel,
  type CompletedModel,
  type StartingPoint,
  type TrainedModel,
} from 'mienjs/evaluate';
import { findProtocol } from 'mienjs/data/protocols';
import { imagesOf, type Recipe } from 'mienjs/train';
import { recipeForData, RECIPES } from 'mienjs/recipes';
import { percentText } from 'mienjs/report';
import type { Device } from 'mienjs/runtime';
import { loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import {
  dataOption,
  defaultFolder,
  deviceOption,
  repeated,
  threadsOption,
  wholeNumber,
  type DataOption,
} from '../options.ts';
import { NORMALIZE_NOTES, normalizeOption, takeNormalization, type NormalizeOptions } from '../normalize.ts';
import { log, print, printJson } from '../output.ts';
import { loadPartners, takePartners, withCharacter, withoutPartners, withPartnersLicence } from '../partners.ts';
import { checkProtocolData } from '../protocol/databases.ts';
import { type Known, KNOWN } from '../protocol/known.ts';
import { addProtocolOptions, refuseOptions, type ProtocolOptions } from '../protocol/options.ts';
import { ALIGN_NOTES, FRONTAL_NOTES, withAlignment } from '../data/align.ts';
import { trainUnderProtocol } from '../protocol/train.ts';
import { addTeacherOptions, askTeachers, withTeachers, type TeacherOptions } from '../teachers.ts';
import { TrainingProgress } from '../train-progress.ts';
import { withSplits } from '../training-splits.ts';
import { jsonOutput, outputFiles, planFiles } from '../outputs/guard.ts';
import { cardKind, cardPageKind, checkpointKind, modelKind } from '../outputs/kinds.ts';

interface TrainOptions extends ProtocolOptions, DataInputOptions, TeacherOptions, NormalizeOptions {
  readonly data?: readonly DataOption[];
  readonly out?: string;
  readonly resume?: true;
  readonly init?: string;
  readonly join?: readonly string[];
  readonly base?: string;
  readonly cut?: string;
  readonly size?: number;
  readonly freeze?: true;
  readonly character?: string;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly epochs?: number;
  readonly seed?: number;
  readonly device: Device;
  readonly threads?: number;
  readonly json?: true;
}

/** Images that the card's robustness is measured on, at most. */
const ROBUSTNESS_IMAGES = 1000;

/** What means nothing where finished models are joined. */
const NOT_JOINED = [
  ...['resume', 'init', 'base', 'epochs', 'character', 'teacher', 'teacherWeight', 'teacherTemperature', 'protocol'],
  'normalize',
] as const;

const NOTES = `
The data that a recipe trains on must be given. Where they have no split to validate on, one image in ten of each class of the
training split is held out for it, drawn by the seed; the log and the card say so. compact.folder learns the classes that
your folder has.

--init: of a model of Mien each head takes the weights of the classes that both know, whatever their order and number; of
other ONNX files the tensors are taken that have the network's names and shapes. The card names the models that a chain of
runs went through. --base: any network in an ONNX file, with a new linear layer for each head of the recipe; it learns at a tenth of
their rate, or not at all with --freeze. fast.folder and fast.manifest start from the model fast: a few hundred images are enough.
face-resnet.ferplus starts from face-api, dlib's network for recognising people: npm install @vladmandic/face-api.

Data of further datasets whose labels a head learns may be given too,
and the card then has that head's figures under the dataset's own rules.

The folder --out receives last.safetensors and best.safetensors (checkpoints, after each epoch), and at the end
RECIPE.onnx (calibrated on the validation split), RECIPE.json and RECIPE.md (its card). A run that was stopped goes on
with --resume, to the same weights as if it had not been stopped. The card also says how accuracy holds under blur, noise, darkness,
occlusion and other changes (on at most ${ROBUSTNESS_IMAGES} images), and how many copies of images the data hold.

Recipes of HA-GAN are shown characters beside their faces: --data ferg=PATH, or --data manifest=PATH with a column subject, whose landmarks
align them. They, autoencoders and conditional-vae also write RECIPE.generator.onnx (see \`mien generate\`), and into the folder samples a
sheet of pictures after each epoch.

--join: the model answers the mean of the logits of those that are given, in one run of one file: an ensemble at the cost of its networks. They must
take the same faces and end in linear layers, one for each head of the recipe; the whole is calibrated and measured as a trained model is. default is such a
model: train fast, default.wide and default.taught, and join them. Where images are held out to validate on, all of them should have been
trained with the same --seed, which draws these.

--teacher: the teachers answer the training images once, without augmentation, and the answers are kept in --out; a head learns
from those teachers that have an output with its classes.

A recipe for a database without splits of its owners is trained under the protocol of its paper, unless --protocol names another.
--protocol decides the data, whatever data the recipe was written for; the recipe's outputs must have its classes. The recipe is
trained anew in every fold, into fold-01 … of --out (default: runs/RECIPE.PROTOCOL), and tested there; --resume keeps finished
folds and goes on in the middle of the next. The report is printed as Markdown, and written as report.json, report.md and
report.tex (needs the package booktabs).
${ALIGN_NOTES} ${FRONTAL_NOTES}
${NORMALIZE_NOTES}

Recipes:
`;

/** @param recipes those that can be trained   @param known databases and protocols */
export function register(program: Command, recipes: readonly Recipe[] = RECIPES, known: Known = KNOWN): void {
  const longest = Math.max(...recipes.map(({ id }) => id.length));
  const command = addTeacherOptions(
    withDataInput(
      addProtocolOptions(
        program
          .command('train')
          .description('train a model by a recipe')
          .argument('<recipe>', 'see below')
          .addOption(dataOption('a dataset that the recipe uses, and where it is; may be given several times'))
          .option('--out <folder>', 'folder of checkpoints, model and card (default: runs/RECIPE)')
          .option('--resume', 'continue from the last checkpoint in --out')
          .option(
            '--init <model>',
            'start from what fits of this model: an installed one, an .onnx file, or face-api (default: where the recipe says)',
          )
          .addOption(
            new Option(
              '--join <model>',
              'no training: this finished model and others as one network; given for each, at least twice',
            )
              .argParser(repeated)
              .conflicts([...NOT_JOINED]),
          )
          .addOption(
            new Option(
              '--base <model>',
              "in place of the recipe's network, this one: an .onnx file or an installed model, cut at --cut",
            ).conflicts('init'),
          )
          .option('--cut <value>', 'where the base ends: name of a value or node, such as its pooled features')
          .option('--size <px>', "side of the base's input, where its file leaves it open", wholeNumber(1))
          .option('--freeze', 'freeze the base, and train the heads alone')
          .option(
            '--mean <numbers>',
            "mean of the base's input, of pixels/255, one per channel (default: ImageNet's for RGB)",
            numbers,
          )
          .option('--std <numbers>', 'its standard deviation, in the same way', numbers)
          .option('--character <name>', 'of recipes of HA-GAN: which character (default: the first by name)')
          .option('--epochs <n>', "number of epochs (default: the recipe's)", wholeNumber(1))
          .option('--seed <n>', "seed (default: the recipe's)", wholeNumber(0))
          .addOption(normalizeOption("of the images, in training and in the model's use, instead of the recipe's"))
          .addOption(deviceOption())
          .addOption(threadsOption())
          .option('--json', 'one JSON document on stdout'),
      ),
      { training: true },
    ),
  ).addHelpText(
    'after',
    NOTES +
      recipes
        .map((recipe) => {
          const data = datasetsOf(recipe, 'asked').map((name) => `--data ${name}=PATH`);
          return `  ${recipe.id.padEnd(longest)}  ${recipe.title} (${data.join(' ')})`;
        })
        .join('\n'),
  );
  const recipeOf = (id: string | undefined): Recipe | undefined => recipes.find((recipe) => recipe.id === id);
  const protocolOf = (id: string | undefined, { protocol }: TrainOptions): string | undefined =>
    protocol ?? recipeOf(id)?.protocol;
  planFiles<TrainOptions>(command, (options, [id]) => {
    const { out, data = [], init, join: joined = [], base, teacher = [], json, codes } = options;
    const protocol = protocolOf(id, options);
    return {
      inputs: [codes, init, base, ...joined, ...teacher, ...data.map(({ path }) => path)],
      outputs: [
        ...(protocol === undefined
          ? outputFiles('--out', out ?? defaultFolder(id!), {
              ...(joined.length > 0 ? {} : { 'last.safetensors': checkpointKind, 'best.safetensors': checkpointKind }),
              [`${id}.onnx`]: modelKind,
              [`${id}.json`]: cardKind,
              [`${id}.md`]: cardPageKind,
              ...(recipeOf(id)?.generator ? { [`${id}.generator.onnx`]: modelKind } : {}),
            }).concat(
              recipeOf(id)?.generator
                ? [{ flag: '--out', path: join(out ?? defaultFolder(id!), 'samples'), marker: 'epoch-001.png' }]
                : [],
            )
          : [{ flag: '--out', path: out ?? defaultFolder(`${id}.${protocol}`), marker: 'protocol.json' }]),
        ...jsonOutput(json),
      ],
    };
  });
  command.action(async (id: string, options: TrainOptions) => {
    const found = recipes.find((r) => r.id === id);
    if (!found) throw new InputError(id, `is not a recipe, expected one of ${recipes.map((r) => r.id).join(', ')}`);
    checkBase(command, options);
    if (options.join?.length === 1) command.error("error: option '--join' is given for each of two models or more");
    if (found.members && !options.join)
      throw new InputError(
        id,
        `is joined of finished models: train ${found.members.join(', ')}, and give each by --join`,
      );
    const recipe = takePartners(
      withCharacter(withAlignment(takeNormalization(found, options), options), options.character),
      options.data ?? [],
    );
    const protocolId = protocolOf(id, options);
    if (protocolId !== undefined) {
      const why =
        options.protocol === undefined
          ? `means nothing under the protocol ${protocolId} of this recipe`
          : "cannot be used with option '--protocol'";
      refuseOptions(
        command,
        { ...options },
        ['columns', 'codes', 'frames', 'join', 'teacher', 'teacherWeight', 'teacherTemperature'],
        why,
      );
      const protocol = findProtocol(protocolId, known.protocols);
      if (options.protocol === undefined) log(`${id}: under the protocol ${protocol.id}`);
      checkProtocolData(command, protocol, withoutPartners(recipe, options.data ?? []));
      const folder = options.out ?? defaultFolder(`${recipe.id}.${protocol.id}`);
      const onBase = await readBase(options);
      return withFolderLock(folder, () =>
        trainUnderProtocol(recipe, protocol, { ...options, out: folder, onBase }, known),
      );
    }
    if (options.resume) refuseOptions(command, { ...options }, ['init'], "cannot be used with option '--resume'");
    checkDataNames(command, recipe, options.data ?? []);
    if (!recipe.distil && options.teacher === undefined)
      refuseOptions(command, { ...options }, ['teacherWeight', 'teacherTemperature'], "needs option '--teacher'");
    const out = options.out ?? defaultFolder(recipe.id);
    await withFolderLock(out, () => train(withTeachers(recipe, options), { ...options, out }));
  });
}

function checkBase(command: Command, options: TrainOptions): void {
  if (options.base === undefined)
    refuseOptions(command, { ...options }, ['cut', 'size', 'freeze', 'mean', 'std'], "needs option '--base'");
  else if (options.cut === undefined) command.error("error: option '--base' needs option '--cut'");
}

/** Puts recipes on the network of --base; leaves them as they are where none is given. */
async function readBase({ base, cut, size, freeze, mean, std }: TrainOptions): Promise<(recipe: Recipe) => Recipe> {
  if (base === undefined || cut === undefined) return (recipe) => recipe;
  return openBase(base, {
    cutAt: cut,
    ...(size === undefined ? {} : { size }),
    ...(freeze ? { frozen: true } : {}),
    ...(mean ? { mean } : {}),
    ...(std ? { std } : {}),
  });
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (text.trim() === '' || values.some((v) => !Number.isFinite(v)))
    throw new InvalidArgumentError('Expected numbers, as in 0.485,0.456,0.406.');
  return values;
}

/**
 * Datasets that the recipe can use: the one that it trains on, that of its partners, and those whose labels its heads
 * learn; the last ones need not be given.
 */
function datasetsOf({ data, partners, heads }: Recipe, which: 'all' | 'asked' = 'all'): string[] {
  const further = which === 'all' ? heads.flatMap((head) => (head.kind === 'identity' ? [] : [head.trainedOn])) : [];
  return [...new Set([data.dataset, ...(partners ? [partners.dataset] : []), ...further])];
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
  if (options.join && (await exists(join(out, 'last.safetensors'))))
    throw new InputError(out, 'holds a training, whose model would be replaced: give another --out');
  const seed = options.seed ?? chosen.seed;
  const session = { device: options.device, ...(options.threads === undefined ? {} : { threads: options.threads }) };

  const joined = options.join && (await openJoined(options.join));
  const onBase = joined ? joined.onto : await readBase(options);
  const format = imagesOf(joined ? { ...chosen, preprocess: joined.preprocess } : onBase(chosen));
  const all = await loadData(own, format, options, given);
  const { classes } = chosen.data;
  const loaded = classes ? chooseClasses(all, classes) : all;
  const partners = await loadPartners(chosen, given, options);
  const alsoEvaluate = await Promise.all(
    withoutPartners(chosen, given)
      .filter((option) => option !== own)
      .map((option) => loadData(option, format, options, given)),
  );
  const { dataset, note, ...splits } = await trainingData(loaded, chosen.data, { seed });
  if (note !== undefined) log(note);
  const recipe = withSplits(onBase(recipeForData(chosen, dataset)), splits, note);
  const measuring = {
    ...session,
    dataset,
    alsoEvaluate,
    licence: withPartnersLicence(definition.licence, recipe),
    out,
    robustnessImages: ROBUSTNESS_IMAGES,
    audit: true,
  };
  const progress = new TrainingProgress(recipe);
  let completed: CompletedModel | TrainedModel;
  try {
    if (options.join) {
      completed = await completeJoined(recipe, { ...measuring, seed, onProgress: progress.onProgress });
      const others = completed.card.training.joined!.filter(({ training }) => training.seed !== seed);
      if (note !== undefined && others.length > 0)
        log(
          `${others.map(({ name }) => name).join(', ')}: trained with another seed, which held out other images to validate on: the figures are too good`,
        );
    } else {
      const start = options.resume ? undefined : await startingPoint(recipe, options.init, seed);
      const teaching = await askTeachers(recipe, {
        ...session,
        out,
        load: async (asked) =>
          (await trainingData(await loadData(own, asked, options, given), chosen.data, { seed })).dataset,
        onProgress: progress.onProgress,
      });
      completed = await trainModel(recipe, {
        ...measuring,
        ...(partners ? { partners } : {}),
        seed,
        onStep: progress.onStep,
        onEpoch: progress.onEpoch,
        onProgress: progress.onProgress,
        ...(teaching ? { teaching } : {}),
        ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
        ...(options.resume ? { resume: true } : {}),
        ...(start ? { weights: start.weights, startedFrom: start.startedFrom, measureNorms: start.measureNorms } : {}),
      });
    }
  } finally {
    progress.finish();
  }
  await printCompleted(recipe, seed, completed, options);
}

async function printCompleted(
  recipe: Recipe,
  seed: number,
  completed: CompletedModel | TrainedModel,
  options: Pick<TrainOptions, 'json'>,
): Promise<void> {
  const { card, modelPath, cardPath } = completed;
  if (options.json) {
    await printJson({
      recipe: recipe.id,
      model: modelPath,
      card: cardPath,
      ...('fitted' in completed
        ? { seed, bestEpoch: completed.fitted.bestEpoch, history: completed.fitted.history }
        : { joined: card.training.joined }),
      metrics: card.metrics,
      ...(card.valueMetrics ? { valueMetrics: card.valueMetrics } : {}),
      ...(card.surfaceMetrics ? { surfaceMetrics: card.surfaceMetrics } : {}),
    });
    return;
  }
  const shown = (output: string, views: string): string =>
    `(${output}${views === 'mirror' ? ', with mirror images' : ''})`;
  const lines = card.metrics.map(
    (m) =>
      `${m.dataset} ${m.split} ${shown(m.head, m.views)}: accuracy ${percentText(m.accuracy)}, mean accuracy ${percentText(m.meanAccuracy)}, ${m.n} images\n`,
  );
  const valueLines = (card.valueMetrics ?? []).map((m) => {
    const figures = Object.entries(m.mean).map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(3)}`);
    return `${m.dataset} ${m.split} ${shown(m.output, m.views)}: ${figures.join(', ')}, ${m.n} images\n`;
  });
  const surfaceLines = (card.surfaceMetrics ?? []).flatMap(({ dataset, split, output, rows: [all] }) =>
    all
      ? [
          `${dataset} ${split} (${output}): landmark error ${all.picture.toFixed(3)} in the picture, ${all.space.toFixed(3)} in space (the mean shape ${all.meanShapePicture.toFixed(3)} and ${all.meanShapeSpace.toFixed(3)}), ${all.n} pictures\n`,
        ]
      : [],
  );
  await print(`${lines.join('')}${valueLines.join('')}${surfaceLines.join('')}${modelPath}\n${cardPath}\n`);
}

/** Where the weights start; says what the model gives and what not. Undefined where all are seeded. */
async function startingPoint(
  recipe: Recipe,
  init: string | undefined,
  seed: number,
): Promise<StartingPoint | undefined> {
  const source = init ?? recipe.start;
  if (source === undefined) return undefined;
  const start = await startFrom(recipe, source, { seed });
  const { weights, left, heads } = start;
  const notes = [
    ...left.map(({ name, reason }) => `${name} (${reason})`),
    ...heads.flatMap(({ output, from, seeded }) =>
      seeded.length > 0 ? [`${seeded.join(', ')} of ${output} (classes that ${from} lacks)`] : [],
    ),
  ];
  log(
    `${source}: ${weights.size} of ${weights.size + left.length} tensors taken${notes.length > 0 ? `; not ${notes.join(', ')}` : ''}`,
  );
  return start;
}
