/** Training on images that stream from disk: the same weights as from memory, and memory that does not grow with the data. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripesRecipe, SYNTHETIC, syntheticDatabase, withFiles } from 'mien-testkit';
import { expect, test } from 'vitest';
import { recordDataset, RecordImages } from '../data/node.ts';
import { rawImage } from '../image/index.ts';
import { encodeImage } from '../image/node.ts';
import { imagesOf } from './export.ts';
import { fit } from './fit.ts';

test('ends with the same weights from disk as from memory', async () => {
  const { records, classes } = syntheticDatabase(SYNTHETIC);
  const labelled = records.filter(({ label }) => label !== undefined);
  const splits = {
    train: labelled.filter(({ split }) => split === 'train'),
    validation: labelled.filter(({ split }) => split === 'test'),
  };
  const recipe = {
    ...stripesRecipe,
    data: { dataset: 'drawn', trainSplit: 'train', validationSplit: 'validation' },
    epochs: 2,
  };
  await withFiles({}, async (folder) => {
    const files: Buffer[] = [];
    for (const [name, memory] of [
      ['memory', 2 ** 30],
      ['disk', 5000],
    ] as const) {
      const images = new RecordImages(imagesOf(recipe), { memory });
      const dataset = recordDataset('drawn', { name: 'drawn', classes }, splits, images);
      const { modelPath } = await fit(recipe, { dataset, out: join(folder, name), threads: 1 });
      files.push(await readFile(modelPath));
    }
    expect(files[0]!.equals(files[1]!)).toBe(true);
  });
});

test('an image that is cut off stops it before its first step, from disk as from memory', async () => {
  const recipe = {
    ...stripesRecipe,
    data: { dataset: 'drawn', trainSplit: 'train', validationSplit: 'validation' },
    epochs: 1,
  };
  const bytes = await encodeImage(
    rawImage(
      32,
      32,
      1,
      new Uint8Array(1024).map((_, i) => (i * 7) % 251),
    ),
    'png',
  );
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      `${i}.png`,
      Buffer.from(i === 9 ? bytes.subarray(0, bytes.length / 2) : bytes),
    ]),
  );
  await withFiles(files, async (folder) => {
    const records = Object.keys(files).map((name, i) => ({
      id: name,
      label: i % 2 ? 'happiness' : 'sadness',
      image: { file: join(folder, name) },
    }));
    const found: { message: string; steps: number; progress: string[] }[] = [];
    for (const memory of [2 ** 30, 1]) {
      const images = new RecordImages(imagesOf(recipe), { memory, checked: false });
      const classes = ['happiness', 'sadness'];
      const splits = { train: records.slice(0, 5), validation: records.slice(5) };
      const progress: string[] = [];
      let steps = 0;
      const run = fit(recipe, {
        dataset: recordDataset('drawn', { name: 'drawn', classes }, splits, images),
        out: join(folder, `run-${memory}`),
        threads: 1,
        onStep: () => steps++,
        onProgress: (stage, done, total) => progress.push(`${stage} ${done}/${total}`),
      });
      const message = await run.then(
        () => 'nothing wrong',
        (error: unknown) => (error as Error).message,
      );
      found.push({ message, steps, progress });
    }
    const [memory, disk] = found;
    expect(memory!.message).toContain(`${join(folder, '9.png')}: is truncated or damaged`);
    expect(disk).toEqual({ message: memory!.message, steps: 0, progress: ['checking images 5/5'] });
    expect(memory!.steps).toBe(0);
  });
});

/** Images of the training split, and px of their sides: 1.8 GB of pixels. */
const COUNT = 36_000;
const SIDE = 224;
const FILES = 24;

/**
 * Trains in a process of its own (as built into dist/), which then says how much memory it had at most. Each epoch draws a
 * few of the images, since time is not what is measured: `npm run bench -- streaming` shows all of them.
 */
const CHILD = `
import { recordDataset, RecordImages } from 'mienjs/data/node';
import { flatten, linear, maxPool } from 'mienjs/nn';
import { fit, imageRecipe } from 'mienjs/train';
const folder = process.argv[1];
const make = (name, count) => Array.from({ length: count }, (_, i) => ({
  id: name + i, label: ['left', 'right'][i % 2], image: { file: folder + '/' + (i % ${FILES}) + '.jpg' },
}));
const images = new RecordImages({ width: ${SIDE}, height: ${SIDE}, channels: 'grey' }, { memory: 32 * 2 ** 20 });
const dataset = recordDataset(folder, { name: 'drawn', classes: ['left', 'right'] },
  { train: make('t', ${COUNT}), validation: make('v', 64) }, images);
const network = {
  name: 'pooled', input: { channels: 1, height: ${SIDE}, width: ${SIDE} },
  build: (b, x) => ({ logits: linear(b, 'logits', flatten(b, maxPool(b, x, 16)), { features: 2 }) }),
};
const recipe = imageRecipe(dataset, {
  id: 'pooled', network, epochs: 2, batchSize: 32, augment: { flip: 0 },
  sampler: { title: 'some', groupSize: 1, order: (samples, { random }) => random.permutation(samples.count).slice(0, 320) },
});
const { history } = await fit(recipe, { dataset, out: folder + '/run', threads: 1 });
process.stdout.write(JSON.stringify({ accuracy: history.at(-1).accuracies[0], peakKiB: process.resourceUsage().maxRSS }));
`;

test('trains on a set four times as large as the memory that it takes', async () => {
  const pictures: Record<string, Buffer> = {};
  for (let i = 0; i < FILES; i++) {
    // Bright on the left or on the right, with stripes of its own
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, p) => {
      const isBright = p % SIDE < SIDE / 2 === (i % 2 === 0);
      return (isBright ? 180 : 60) + 20 * Math.sin((p % SIDE) / (3 + i)) + ((p * 7) % 11);
    });
    pictures[`${i}.jpg`] = Buffer.from(await encodeImage(rawImage(SIDE, SIDE, 1, pixels), 'jpeg'));
  }
  await withFiles(pictures, async (folder) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, folder], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, errors]).toEqual([0, '']);
    const { accuracy, peakKiB } = JSON.parse(output) as { accuracy: number; peakKiB: number };
    expect(accuracy).toBeGreaterThan(0.95);
    expect(peakKiB * 1024).toBeLessThan((COUNT * SIDE * SIDE) / 4);
  });
});
