/**
 * npm run study:ha-gan -- ferplus=FOLDER --characters FOLDER [--character NAME] [--out runs/ha-gan-study]
 * [--variants "alone;pair"] [--epochs 40] [--cnn-epochs 20] [--width 0.5] [--discriminator-width 1]
 * [--size 75] [--batch 130] [--lr 2e-4] [--images N] [--seed 1]
 *
 * Whether recognition on generated characters beats recognition on faces (Ali et al. 2019 claim 6 to 15 points),
 * and how good the pictures are. The characters are FERG's, any in its layout, or a manifest of them (.jsonl, with subjects and
 * landmarks, as `mien synth` writes it). With ferg=FOLDER in place
 * of people, faces are characters too: the generator learns from all but the last by name, and is tested on that one.
 *
 * The pictures of characters are split in three: the generator sees the first part, a judge learns expressions and
 * identities from the second, and both are compared with the third, which nothing has seen. Faces are trained on the
 * training split and tested on the test split. Trained networks in --out are not trained again, and a run that was stopped
 * goes on.
 *
 * A variant is `alone` (the discriminator sees pictures alone) or `pair` (face and picture, as in the paper), and after a
 * colon settings of `haGanRecipe`: "pair:lambda=10,l1Target=sameExpression,identity=image". A pair's chain is also
 * scored with the face's half left blank. Prints two Markdown tables; whole runs are written to bench/results/.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MienError } from 'mienjs';
import {
  chooseClasses,
  imageFormat,
  labelledImages,
  Partners,
  roleOfSplit,
  selectSamples,
  testSplit,
  trainSplit,
  type Dataset,
  type Samples,
} from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { evaluateModel, measureTransfer, type TransferMeasures } from 'mienjs/evaluate';
import { exists } from 'mienjs/files';
import { EXPRESSIONS_6, EXPRESSIONS_7 } from 'mienjs/labels';
import { haGanChain, haGanJudge } from 'mienjs/nn/models';
import { ExpressionClassifier } from 'mienjs/predict';
import { loadGenerator } from 'mienjs/predict/node';
import { haGanBaselineRecipe, haGanRecipe, type HaGanRecipeOptions } from 'mienjs/recipes';
import { percent } from 'mienjs/report';
import { Random } from 'mienjs/tensor';
import { exportModel, fit, headsLoss, imageRecipe, readCheckpoint, type FitOptions, type Recipe } from 'mienjs/train';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';

const log = logAs('study');

interface Arguments {
  readonly dataset: string;
  readonly path: string;
  readonly characters: string;
  readonly character: string | undefined;
  readonly out: string;
  readonly variants: readonly string[];
  readonly epochs: number;
  readonly cnnEpochs: number;
  /** Width of the generator, and of discriminator and CNNs. */
  readonly width: number;
  readonly discriminatorWidth: number;
  /** Learning rate of the GAN. */
  readonly lr: number;
  /** Side of faces and pictures, px. */
  readonly size: number;
  readonly batch: number;
  /** Faces to train on and to test on, at most. */
  readonly images: number | undefined;
  readonly seed: number;
}

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      characters: { type: 'string' },
      character: { type: 'string' },
      out: { type: 'string', default: 'runs/ha-gan-study' },
      variants: { type: 'string', default: 'alone;pair' },
      epochs: { type: 'string', default: '40' },
      'cnn-epochs': { type: 'string', default: '20' },
      width: { type: 'string', default: '0.5' },
      'discriminator-width': { type: 'string', default: '1' },
      lr: { type: 'string', default: '2e-4' },
      size: { type: 'string', default: '75' },
      batch: { type: 'string', default: '130' },
      images: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const own = datasetArgument(positionals);
  const characters = values.characters ?? (own.dataset === 'ferg' ? own.path : undefined);
  if (characters === undefined) throw new TypeError("--characters: expected the folder of FERG's layout");
  const positive = (flag: 'width' | 'discriminator-width' | 'lr'): number => {
    const number = Number(values[flag]);
    if (!(number > 0 && number <= 4))
      throw new TypeError(`--${flag}: expected a number above 0 and at most 4, got "${values[flag]}"`);
    return number;
  };
  return {
    ...own,
    characters,
    character: values.character,
    out: values.out,
    variants: values.variants.split(';').map((variant) => variant.trim()),
    epochs: wholeArgument('epochs', values.epochs, 1),
    cnnEpochs: wholeArgument('cnn-epochs', values['cnn-epochs'], 1),
    width: positive('width'),
    discriminatorWidth: positive('discriminator-width'),
    lr: positive('lr'),
    size: wholeArgument('size', values.size, 16),
    batch: wholeArgument('batch', values.batch, 2),
    images: values.images === undefined ? undefined : wholeArgument('images', values.images, 6),
    seed: wholeArgument('seed', values.seed, 0),
  };
}

/** `pair:lambda=10,identity=image` @throws {TypeError} for anything else */
function settingsOf(variant: string): Partial<HaGanRecipeOptions> {
  const [, kind, rest = ''] = /^(alone|pair)(?::(.+))?$/.exec(variant) ?? [];
  if (kind === undefined) throw new MienError(`--variants: expected alone or pair, then settings, got "${variant}"`);
  const parse: Readonly<Record<string, (text: string) => unknown>> = {
    lambda: Number,
    noise: Number,
    distance: String,
    l1Target: String,
    identity: String,
  };
  const given = rest === '' ? [] : rest.split(',').map((entry) => entry.split('='));
  const unknown = given.find(([key, value]) => !parse[key!] || value === undefined);
  if (unknown)
    throw new MienError(`--variants: "${unknown.join('=')}": expected one of ${Object.keys(parse).join(', ')}`);
  return { pairD: kind === 'pair', ...Object.fromEntries(given.map(([key, value]) => [key!, parse[key!]!(value!)])) };
}

/** Shares of the pictures of characters: for the generator, the judge and the test. */
const PARTS = { generator: 0.6, judge: 0.2, test: 0.2 } as const;
type Part = keyof typeof PARTS;

/** Each character and expression in these shares, drawn by the seed. */
function parted(samples: Samples, seed: number): Record<Part, Samples> {
  const groups = new Map<string, number[]>();
  samples.ids.forEach((_, i) => {
    const key = `${samples.subjects?.[i]} ${samples.labels[i]}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const rows: Record<Part, number[]> = { generator: [], judge: [], test: [] };
  for (const [key, members] of groups) {
    const order = [...new Random(seed, `parts/${key}`).permutation(members.length)].map((i) => members[i]!);
    const first = Math.ceil(PARTS.generator * order.length);
    const second = first + Math.ceil(PARTS.judge * order.length);
    rows.generator.push(...order.slice(0, first));
    rows.judge.push(...order.slice(first, second));
    rows.test.push(...order.slice(second));
  }
  const select = (part: Part): Samples => selectSamples(samples, Int32Array.from(rows[part]));
  return { generator: select('generator'), judge: select('judge'), test: select('test') };
}

/** Cut at a place that the seed draws, as the generator's pictures are. */
function cut(samples: Samples, side: number, seed: number): Samples {
  const { count, width, height, channels, pixels } = samples.images;
  const out = new Uint8Array(count * side * side * channels);
  const random = new Random(seed, 'cut');
  for (let i = 0; i < count; i++) {
    const [left, top] = [random.int(width - side + 1), random.int(height - side + 1)];
    for (let y = 0; y < side; y++) {
      const from = (i * width * height + (top + y) * width + left) * channels;
      out.set(pixels.subarray(from, from + side * channels), (i * side + y) * side * channels);
    }
  }
  return samples.withImages({ count, width: side, height: side, channels, pixels: out });
}

const fixed = (name: string, splits: Readonly<Record<string, Samples>>): Dataset => ({
  name,
  classes: Object.values(splits)[0]!.classes,
  splits: Object.keys(splits),
  loadSplit: (split) => Promise.resolve(splits[split]!),
});

/** At most so many, evenly from all over the list. */
function atMost(samples: Samples, most: number | undefined): Samples {
  if (most === undefined || samples.count <= most) return samples;
  return selectSamples(
    samples,
    Int32Array.from({ length: most }, (_, i) => Math.floor((i * samples.count) / most)),
  );
}

/** Only those whose label is one of the six expressions. */
async function six(samples: Samples, classes: readonly string[]): Promise<Samples> {
  return chooseClasses(
    fixed('some', { all: samples.with({ targets: { label: samples.labelling } }) }),
    classes,
  ).loadSplit('all', 'train');
}

/** Trains what is not there already, and goes on with what was stopped. @returns the model's path */
async function trained(recipe: Recipe, options: Omit<FitOptions, 'resume'>): Promise<string> {
  const path = join(options.out, `${recipe.id}.onnx`);
  if (await exists(path)) return path;
  await fit(recipe, {
    ...options,
    resume: await exists(join(options.out, 'last.safetensors')),
    onEpoch: ({ epoch, trainLoss, accuracies, seconds }) =>
      log(
        `${options.out}: epoch ${epoch}, loss ${trainLoss.toFixed(3)}, accuracy ${(100 * (accuracies[0] ?? NaN)).toFixed(1)} %, ${seconds.toFixed(0)} s`,
      ),
  });
  return path;
}

interface Accuracy {
  readonly what: string;
  readonly n: number;
  readonly accuracy: number;
  readonly meanAccuracy: number;
}

async function tested(what: string, model: Uint8Array, test: Samples): Promise<Accuracy> {
  const classifier = await ExpressionClassifier.create(model, what);
  try {
    const { n, accuracy, meanAccuracy } = await evaluateModel(classifier, fixed('test', { test }), { split: 'test' });
    log(`${what}: ${(100 * accuracy).toFixed(2)} % of ${n}`);
    return { what, n, accuracy, meanAccuracy };
  } finally {
    await classifier.release();
  }
}

/** Faces of people, or of characters; labels are the six. */
interface Faces {
  readonly train: Samples;
  readonly validation: Samples;
  readonly test: Samples;
}

async function peopleOf({ dataset, path, images }: Arguments, recipe: Recipe): Promise<Faces> {
  const loaded = chooseClasses(await findDataset(dataset).load(path, imageFormat(recipe.preprocess)), EXPRESSIONS_6);
  const test = atMost(await loaded.loadSplit(testSplit(loaded), 'evaluate'), images);
  const validation = loaded.splits.find((name) => roleOfSplit(name) === 'validation');
  return {
    train: atMost(await loaded.loadSplit(trainSplit(loaded), 'train'), images),
    // What is tested chooses nothing: the models are those of the last epoch
    validation: validation === undefined ? test : atMost(await loaded.loadSplit(validation, 'evaluate'), images),
    test,
  };
}

async function charactersAsFaces(
  parts: Record<Part, Samples>,
  tested: string,
  most: number | undefined,
): Promise<Faces> {
  const of = async (samples: Samples, isTested: boolean): Promise<Samples> => {
    const rows = [...samples.ids.keys()].filter((i) => (samples.subjects?.[i] === tested) === isTested);
    return atMost(await six(selectSamples(samples, Int32Array.from(rows)), EXPRESSIONS_6), most);
  };
  const test = await of(parts.test, true);
  return { train: await of(parts.generator, false), validation: test, test };
}

async function main(args: Arguments): Promise<void> {
  const { dataset, out, epochs, cnnEpochs, width, discriminatorWidth, lr, size, batch, seed } = args;
  const date = new Date().toISOString();
  const isOfCharacters = dataset === 'ferg';
  const base: HaGanRecipeOptions = {
    dataset,
    channels: isOfCharacters ? 'rgb' : 'grey',
    generatorWidth: width,
    discriminatorWidth,
    size,
    // As much of the face as 75 of 84
    cropFrom: Math.round((84 / 75) * size),
    epochs,
    batchSize: batch,
  };

  const layout = args.characters.endsWith('.jsonl') ? 'manifest' : 'ferg';
  const format = Partners.formatOf(haGanRecipe(base).partners!);
  const all = chooseClasses(await findDataset(layout).load(args.characters, format), EXPRESSIONS_7);
  const pictures = await all.loadSplit(trainSplit(all), 'train');
  const names = [...new Set(pictures.subjects!)].flatMap((name) => name ?? []).sort();
  const character = args.character ?? names[0]!;
  if (!names.includes(character))
    throw new MienError(`--character: expected one of ${names.join(', ')}, got ${character}`);
  const parts = parted(pictures, seed);
  const testedCharacter = names.filter((name) => name !== character).at(-1)!;
  const faces = isOfCharacters
    ? await charactersAsFaces(parts, testedCharacter, args.images)
    : await peopleOf(args, haGanRecipe(base));
  const faceSet = fixed(dataset, { train: faces.train, validation: faces.validation });
  log(
    `${faces.train.count} faces to train on, ${faces.test.count} to test on; ${pictures.count} pictures of ${names.join(', ')}; the generator shows ${character}`,
  );

  const judgeFile = await trainJudge(parts, { names, size, out: join(out, 'judge'), epochs: cnnEpochs, seed, batch });
  const cnn = { ...haGanBaselineRecipe({ ...base, epochs: cnnEpochs }), keep: 'last' as const };
  const cnnOn: HaGanRecipeOptions = { ...base, dataset: 'characters', channels: 'rgb', epochs: cnnEpochs };
  const own = async (part: Part): Promise<Samples> => six(parts[part], EXPRESSIONS_6);
  const accuracies: Accuracy[] = [
    await tested(
      'CNN on faces',
      await readFile(await trained(cnn, { dataset: faceSet, out: join(out, 'cnn-faces'), seed })),
      faces.test,
    ),
    await tested(
      'CNN on characters',
      await readFile(
        await trained(
          { ...haGanBaselineRecipe(cnnOn), keep: 'last' },
          {
            dataset: fixed('characters', { train: await own('generator'), validation: await own('test') }),
            out: join(out, 'cnn-characters'),
            seed,
          },
        ),
      ),
      await own('test'),
    ),
  ];

  const measured: { variant: string; measures: TransferMeasures }[] = [];
  for (const variant of args.variants) {
    const recipe = { ...haGanRecipe({ ...base, people: [character], ...settingsOf(variant) }), lr };
    const folder = join(out, `${variant.replace(/[^\w.-]+/g, '_')}-${character}`);
    const partners = fixed('ferg', { train: parts.generator });
    const model = await trained(recipe, { dataset: faceSet, partners, out: folder, seed });
    accuracies.push(await tested(`chain, ${variant}`, await readFile(model), faces.test));
    if (variant.startsWith('pair')) {
      const { state } = await readCheckpoint(join(folder, 'best.safetensors'));
      const network = { ...base, ...settingsOf(variant), classes: 6, characters: 1, channels: isOfCharacters ? 3 : 1 };
      const blank = { ...recipe, network: haGanChain(network, { blankFace: true }) };
      accuracies.push(await tested(`chain, ${variant}, face blank`, exportModel(blank, state), faces.test));
    }
    const generator = await loadGenerator(join(folder, `${recipe.id}.generator.onnx`));
    try {
      const measures = await measureTransfer({
        generator,
        faces: faces.test,
        characters: cut(parts.test, size, seed),
        judge: judgeFile,
      });
      measured.push({ variant, measures });
    } finally {
      await generator.release();
    }
  }

  process.stdout.write(`${accuracyTable(accuracies)}\n\n${measureTable(measured)}\n`);
  if (args.images !== undefined) return; // no figure that anybody should cite
  const report = {
    machine: describeMachine(),
    date,
    commit: currentCommit(),
    dataset,
    character,
    ...(isOfCharacters ? { testedCharacter } : {}),
    pictures: pictures.count,
    epochs,
    cnnEpochs,
    width,
    discriminatorWidth,
    lr,
    size,
    batch,
    seed,
    accuracies,
    measured,
  };
  const file = await writeResult(`${JSON.stringify(report, null, 2)}\n`, {
    date,
    commit: report.commit,
    name: `ha-gan-${dataset}`,
  });
  log(`written to ${file}`);
}

/** @returns the model's path */
async function trainJudge(
  parts: Record<Part, Samples>,
  {
    names,
    size,
    out,
    epochs,
    seed,
    batch,
  }: {
    readonly names: readonly string[];
    readonly size: number;
    readonly out: string;
    readonly epochs: number;
    readonly seed: number;
    readonly batch: number;
  },
): Promise<string> {
  const heads = [
    { output: 'logits', classes: EXPRESSIONS_7, target: 'label', trainedOn: 'characters' },
    { output: 'character', classes: names, target: 'character', trainedOn: 'characters' },
  ];
  const withCharacter = (samples: Samples): Samples =>
    labelledImages({
      images: samples.images,
      ids: samples.ids,
      classes: EXPRESSIONS_7,
      labels: samples.labels.map((label) => (EXPRESSIONS_7 as readonly string[]).indexOf(samples.classes[label]!)),
      targets: {
        character: { classes: names, labels: Int32Array.from(samples.subjects!, (name) => names.indexOf(name ?? '')) },
      },
    });
  const data = fixed('characters', {
    train: withCharacter(cut(parts.judge, size, seed)),
    validation: withCharacter(cut(parts.test, size, seed)),
  });
  const recipe = imageRecipe(data, {
    id: 'judge',
    network: haGanJudge({ classes: EXPRESSIONS_7.length, characters: names.length, size }),
    heads,
    loss: headsLoss(heads),
    augment: { shift: 0.05, brightness: 0.05 },
    lr: 1e-3,
    epochs: 2 * epochs,
    batchSize: Math.min(32, batch),
  });
  return trained(recipe, { dataset: data, out, seed });
}

function accuracyTable(rows: readonly Accuracy[]): string {
  return [
    '| recognition | images | accuracy, % | mean accuracy, % |',
    '|---|---|---|---|',
    ...rows.map((r) => `| ${r.what} | ${r.n} | ${percent(r.accuracy)} | ${percent(r.meanAccuracy)} |`),
  ].join('\n');
}

function measureTable(rows: readonly { variant: string; measures: TransferMeasures }[]): string {
  return [
    '| pictures | intended, % (floor to ceiling) | identity, % | Fréchet (true halves, others) | differ by noise, by face (true) |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ variant, measures: { intended, floor, ceiling, identity, frechet, diversity } }) =>
        `| ${variant} | ${percent(intended)} (${percent(floor)} to ${percent(ceiling)}) | ${percent(identity)} | ${frechet.generated.toFixed(1)} (${frechet.real.toFixed(1)}, ${frechet.others.toFixed(1)}) | ${diversity.noise.toFixed(1)}, ${diversity.faces.toFixed(1)} (${diversity.real.toFixed(1)}) |`,
    ),
  ].join('\n');
}

await runProgram(log, parseArguments, main);
