/** HA-GAN in miniature, through the whole path: train, stop and resume to the same bits, export, recognise, generate. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type Samples } from '../data/index.ts';
import { decodeImage } from '../image/node.ts';
import { rawImage } from '../image/index.ts';
import { ExpressionClassifier, FaceGenerator } from '../predict/index.ts';
import { Random } from '../tensor/index.ts';
import {
  fit,
  headsLoss,
  imageRecipe,
  labelHead,
  readCheckpoint,
  type Checkpoint,
  type FitOptions,
  type Recipe,
} from '../train/index.ts';
import { measureTransfer } from '../evaluate/transfer.ts';
import { haGanJudge } from '../nn/models/index.ts';
import { haGanRecipe } from './ha-gan.ts';

const SIDE = 18;
const AREA = SIDE * SIDE;
const EXPRESSIONS = ['happiness', 'surprise', 'anger'];
const WITH_NEUTRAL = ['neutral', ...EXPRESSIONS];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-ha-gan-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Grey faces: the place of a bright band tells the expression; brightness and noise differ from person to person. */
function faces(count: number, seed: number): Samples {
  const random = new Random(seed, 'faces');
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const shades = labels.map(() => 30 + random.int(60));
  const pixels = Uint8Array.from({ length: count * AREA }, (_, p) => {
    const i = Math.floor(p / AREA);
    const y = Math.floor((p % AREA) / SIDE);
    return shades[i]! + (Math.floor(y / 6) === labels[i] ? 110 : 0) + random.int(30);
  });
  return labelledImages({
    images: { count, width: SIDE, height: SIDE, channels: 1, pixels },
    classes: EXPRESSIONS,
    labels,
    ids: Array.from(labels, (_, i) => `#${i}`),
  });
}

/** Two characters, one red and one green: the place of a bright stripe, left to right, tells the expression. */
function characters(count: number, { seed = 9, side = SIDE } = {}): Samples {
  const random = new Random(seed, 'characters');
  const area = side * side;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  const subjects = Array.from(labels, (_, i) => (i % 8 < 4 ? 'ruby' : 'jade'));
  const pixels = Uint8Array.from({ length: count * area * 3 }, (_, p) => {
    const i = Math.floor(p / (3 * area));
    const x = Math.floor((p % (3 * area)) / 3) % side;
    const c = p % 3;
    const own = c === (subjects[i] === 'ruby' ? 0 : 1) ? 150 : 40;
    return own + (labels[i]! > 0 && Math.floor((3 * x) / side) === labels[i]! - 1 ? 90 : 0) + random.int(8);
  });
  return labelledImages({
    images: { count, width: side, height: side, channels: 3, pixels },
    classes: WITH_NEUTRAL,
    labels,
    ids: Array.from(labels, (_, i) => `#${i}`),
    subjects,
  });
}

const dataset: Dataset = {
  name: 'drawn',
  classes: EXPRESSIONS,
  splits: ['train', 'validation'],
  loadSplit: (split) => Promise.resolve(split === 'train' ? faces(60, 1) : faces(30, 2)),
};
const partners: Dataset = {
  name: 'drawn-characters',
  classes: WITH_NEUTRAL,
  splits: ['all'],
  loadSplit: () => Promise.resolve(characters(48)),
};

const recipe: Recipe = {
  ...haGanRecipe({
    dataset: 'drawn',
    channels: 'grey',
    characters: 'drawn-characters',
    people: ['ruby', 'jade'],
    classes: EXPRESSIONS,
    size: 16,
    cropFrom: SIDE,
    noise: 4,
    generatorWidth: 1 / 8,
    discriminatorWidth: 1 / 8,
    pairD: false,
    lambda: 10,
    epochs: 24,
    batchSize: 12,
  }),
  augment: {},
  lr: 4e-3,
};

const run = (of: Recipe, out: string, more: Partial<FitOptions> = {}): ReturnType<typeof fit> =>
  fit(of, { dataset, partners, out: join(folder, out), threads: 1, ...more });
const last = (out: string): Promise<Checkpoint> => readCheckpoint(join(folder, out, 'last.safetensors'));

/** @returns its file */
async function trainJudge(): Promise<string> {
  const heads = [
    { ...labelHead('logits', WITH_NEUTRAL, 'drawn-characters') },
    { output: 'character', classes: ['jade', 'ruby'], target: 'character', trainedOn: 'drawn-characters' },
  ];
  const load = (seed: number): Promise<Samples> => {
    const samples = characters(80, { seed, side: 16 });
    const labels = Int32Array.from(samples.subjects!, (name) => Number(name === 'ruby'));
    return Promise.resolve(
      samples.with({ targets: { ...samples.targets, character: { classes: ['jade', 'ruby'], labels } } }),
    );
  };
  const data = { ...partners, splits: ['train', 'validation'], loadSplit: (split: string) => load(split.length) };
  const judge = imageRecipe(data, {
    id: 'judge',
    network: haGanJudge({ classes: 4, characters: 2, size: 16, discriminatorWidth: 1 / 8 }),
    heads,
    loss: headsLoss(heads),
    // As uneven as what a generator makes
    augment: { shift: 0.12, brightness: 0.15, contrast: 0.2, noise: 0.15 },
    lr: 5e-3,
    epochs: 12,
    batchSize: 16,
  });
  return (await fit(judge, { dataset: data, out: join(folder, 'judge'), threads: 1 })).modelPath;
}

/** The colour of a picture of −1 … 1 in the middle of each of its three columns. */
function stripes(
  { width, height, data }: { width: number; height: number; data: Uint8Array },
  channel: number,
): number[] {
  return [2, 8, 13].map((x) => {
    let mean = 0;
    for (let y = 0; y < height; y++) mean += data[3 * (y * width + x) + channel]! / height;
    return mean;
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b);

describe('HA-GAN on drawn faces and characters', () => {
  it('trains: the pictures show the character with the expression, which is recognised there', async () => {
    const { history, modelPath } = await run(recipe, 'whole');
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);

    const test = faces(12, 3);
    const chips = Array.from({ length: 12 }, (_, i) =>
      rawImage(SIDE, SIDE, 1, test.images.pixels.slice(i * AREA, (i + 1) * AREA)),
    );
    const classifier = await ExpressionClassifier.create(await readFile(modelPath), 'chain', { threads: 1 });
    const [head] = await classifier.classify(chips);
    await classifier.release();
    expect(head!.head.classes).toEqual(EXPRESSIONS);
    const right = chips.filter((_, i) => {
      const row = [...head!.probabilities.subarray(3 * i, 3 * i + 3)];
      return row.indexOf(Math.max(...row)) === test.labels[i];
    });
    expect(right.length).toBeGreaterThan(9);

    const bytes = await readFile(join(folder, 'whole', 'ha-gan.drawn.generator.onnx'));
    const generator = await FaceGenerator.create(bytes, 'generator', { threads: 1 });
    expect([generator.people, generator.model.expressions]).toEqual([['ruby', 'jade'], EXPRESSIONS]);
    for (const [person, channel] of [
      ['ruby', 0],
      ['jade', 1],
    ] as const) {
      const pictures = await generator.generate(chips, { person });
      const shown = pictures.filter((picture, i) => {
        const own = stripes(picture, channel);
        const other = stripes(picture, 1 - channel);
        expect(sum(own) / 3).toBeGreaterThan(sum(other) / 3 + 30);
        return own.indexOf(Math.max(...own)) === test.labels[i];
      });
      expect(shown.length).toBeGreaterThan(9);
    }
    await expect(generator.generate(chips, { person: 'onyx' })).rejects.toThrow(
      'generator: shows no "onyx", expected one of ruby, jade',
    );
    // The same noise gives the same picture, other noise another one
    const noisy = (seed?: number): Promise<Uint8Array> =>
      generator.generate([chips[0]!], seed === undefined ? {} : { seed }).then(([picture]) => picture!.data);
    expect([await noisy(1), await noisy()]).toEqual([await noisy(1), await noisy()]);
    expect(await noisy(1)).not.toEqual(await noisy(2));

    // A judge that was trained on other pictures of the characters sees what it should
    const measures = await measureTransfer({
      generator,
      faces: test,
      characters: characters(80, { seed: 12, side: 16 }),
      judge: await trainJudge(),
      varied: 2,
      variations: 2,
      threads: 1,
    });
    await generator.release();
    expect(measures).toMatchObject({ n: 12, frechet: { pictures: 12 } });
    expect(measures.ceiling).toBeGreaterThan(0.9);
    expect(measures.floor).toBeLessThan(0.1);
    expect(measures.intended).toBeGreaterThan(measures.floor + 0.3);
    expect(measures.identity).toBeGreaterThan(0.6);
    expect(measures.frechet.real).toBeLessThan(measures.frechet.generated);
    expect(measures.frechet.generated).toBeLessThan(measures.frechet.others);
    expect(measures.diversity.noise).toBeGreaterThan(0);

    // A sheet each epoch: the face, ruby, jade, and ruby twice with noise; two faces of each expression
    const sheets = await readdir(join(folder, 'whole', 'samples'));
    expect(sheets).toHaveLength(24);
    const sheet = await decodeImage(join(folder, 'whole', 'samples', 'epoch-024.png'));
    expect([sheet.width, sheet.height]).toEqual([6 * 16, 5 * 16]);
  });

  it('stops and goes on to the same bits, with the same characters only', async () => {
    const controller = new AbortController();
    const stopped = run(recipe, 'parts', {
      epochs: 2,
      signal: controller.signal,
      onStep: ({ epoch, step }) => {
        if (epoch === 2 && step === 2) controller.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const other = { ...partners, loadSplit: () => Promise.resolve(characters(40)) };
    await expect(run(recipe, 'parts', { resume: true, partners: other })).rejects.toThrow(
      'was made with other characters',
    );
    await run(recipe, 'parts', { resume: true });
    await run(recipe, 'two', { epochs: 2 });
    const [whole, parts] = [await last('two'), await last('parts')];
    expect([...parts.state.keys()]).toEqual([...whole.state.keys()]);
    for (const [name, { data }] of whole.state)
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(parts.state.get(name)!.data.buffer))).toBe(0);
    const sheet = (out: string): Promise<Buffer> => readFile(join(folder, out, 'samples', 'epoch-002.png'));
    expect(await sheet('parts')).toEqual(await sheet('two'));
    expect([whole.state.get('discriminator:count')!.data[0], whole.state.get('generator:count')!.data[0]]).toEqual([
      10, 10,
    ]);
  });

  it('is shown the neutral image, sees pairs, and pulls by L2 to the same expression, as options say', async () => {
    const made = haGanRecipe({
      dataset: 'drawn',
      channels: 'grey',
      characters: 'drawn-characters',
      people: ['jade'],
      classes: EXPRESSIONS,
      size: 16,
      cropFrom: SIDE,
      noise: 4,
      generatorWidth: 1 / 16,
      discriminatorWidth: 1 / 8,
      identity: 'image',
      distance: 'l2',
      l1Target: 'sameExpression',
      lambda: 10,
      epochs: 1,
      batchSize: 20,
    });
    const { weights, modelPath } = await run({ ...made, augment: {} }, 'image');
    // The export holds the character's own picture, and no other input is needed
    const reference = weights.get('reference')!;
    expect(reference.dims).toEqual([1, 3, 16, 16]);
    const green = (reference.data as Float32Array).subarray(256, 512);
    expect(green.reduce((sum, v) => sum + v, 0) / 256).toBeCloseTo((150 + 3.5) / 127.5 - 1, 1);
    const classifier = await ExpressionClassifier.create(await readFile(modelPath), 'chain', { threads: 1 });
    expect(Object.keys(classifier.inputs)).toEqual(['x']);
    await classifier.release();
  });

  it('says what it lacks', async () => {
    await expect(fit(recipe, { dataset, out: join(folder, 'none') })).rejects.toThrow(
      'ha-gan.drawn: is shown images of drawn-characters beside its own, which are needed',
    );
    const without = { ...recipe, partners: { ...recipe.partners!, people: ['ruby', 'onyx'] } };
    await expect(run(without, 'onyx')).rejects.toThrow('drawn-characters: has no "onyx", expected some of jade, ruby');
  });
});
