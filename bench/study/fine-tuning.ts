/**
 * npm run study:fine-tuning -- ferplus=DIR [--train 200] [--test 1500] [--seeds 3]
 *
 * What fine-tuning the model fast on a few images of another domain gains there, and what it costs on the old one, by
 * the commands of the guide (docs/guides/train-your-own.md). The other domain is made of PublicTest, which the
 * model was not trained on: blurred, darker, with little contrast and a warm tint. For each seed, so many images are
 * drawn to train on and so many others to test; both models answer the test images altered and as they are.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { loadDataset } from 'mienjs/data/node';
import type { LabelledImages } from 'mienjs/data';
import { changeTone, clampByte, gaussianBlur, rawImage, type RawImage } from 'mienjs/image';
import { encodeImage } from 'mienjs/image/node';
import { Random } from 'mienjs/tensor';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { formatTable } from '../table.ts';

const log = logAs('study');

const MIEN = fileURLToPath(new URL('../../../packages/cli/bin/mien.js', import.meta.url));
const BLUR_PX = 1.2;
const CONTRAST = 0.35;
const BRIGHTNESS = -40;
/** Red, green and blue of a warm light. */
const TINT = [1.15, 0.95, 0.65] as const;

interface Row {
  readonly seed: number;
  readonly trained: number;
  readonly tested: number;
  /** Accuracies in %: of the model fast and of the fine-tuned one, on the new domain and on the old one. */
  readonly newBefore: number;
  readonly newAfter: number;
  readonly oldBefore: number;
  readonly oldAfter: number;
  /** Duration of the whole command. */
  readonly seconds: number;
}

/** The face as the other camera sees it. */
function altered({ width, height, channels, data }: RawImage): RawImage {
  const values = Float32Array.from(data);
  gaussianBlur(values, { width, height, channels: channels as 1 }, BLUR_PX);
  changeTone(values, CONTRAST, BRIGHTNESS);
  const pixels = new Uint8Array(width * height * 3);
  values.forEach((v, i) => TINT.forEach((gain, c) => (pixels[3 * i + c] = Math.round(clampByte(v * gain)))));
  return rawImage(width, height, 3, pixels);
}

function imageOf({ images: { width, height, channels, pixels } }: LabelledImages, i: number): RawImage {
  const size = width * height * channels;
  return rawImage(width, height, channels, pixels.slice(i * size, (i + 1) * size));
}

async function writeClasses(
  folder: string,
  images: LabelledImages,
  rows: readonly number[],
  change: (image: RawImage) => RawImage,
): Promise<void> {
  for (const name of images.classes) await mkdir(join(folder, name), { recursive: true });
  for (const i of rows) {
    const png = await encodeImage(change(imageOf(images, i)), 'png');
    await writeFile(join(folder, images.classes[images.labels[i]!]!, `${i}.png`), png);
  }
}

async function mien(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [MIEN, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

async function accuracy(model: string, folder: string): Promise<number> {
  const found = JSON.parse(await mien('evaluate', model, '--data', `folder=${folder}`, '--json')) as {
    accuracy: number;
  };
  return 100 * found.accuracy;
}

interface Arguments {
  readonly path: string;
  /** Images to train on, and others to test on, for each seed. */
  readonly train: number;
  readonly test: number;
  readonly seeds: number;
}

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      train: { type: 'string', default: '200' },
      test: { type: 'string', default: '1500' },
      seeds: { type: 'string', default: '3' },
    },
  });
  const { dataset, path } = datasetArgument(positionals);
  if (dataset !== 'ferplus') throw new TypeError('expected ferplus=FOLDER, of FER2013 and FER+');
  const whole = (flag: keyof typeof values): number => wholeArgument(flag, values[flag], 1);
  return { path, train: whole('train'), test: whole('test'), seeds: whole('seeds') };
}

async function main({ path, train: trainCount, test: testCount, seeds }: Arguments): Promise<void> {
  const images = await (await loadDataset('ferplus', path)).loadSplit('PublicTest', 'evaluate');
  const work = await mkdtemp(join(tmpdir(), 'mien-fine-tuning-'));
  const rows: Row[] = [];
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const order = [...new Random(seed).permutation(images.images.count)];
      const train = order.slice(0, trainCount);
      const test = order.slice(train.length, train.length + testCount);
      const folders = {
        train: join(work, `${seed}`, 'own'),
        new: join(work, `${seed}`, 'new'),
        old: join(work, `${seed}`, 'old'),
      };
      await writeClasses(folders.train, images, train, altered);
      await writeClasses(folders.new, images, test, altered);
      await writeClasses(folders.old, images, test, (image) => image);
      const out = join(work, `${seed}`, 'run');
      const started = performance.now();
      await mien('train', 'fast.folder', '--data', `folder=${folders.train}`, '--out', out, '--seed', String(seed));
      const seconds = (performance.now() - started) / 1000;
      const tuned = join(out, 'fast.folder.onnx');
      const row: Row = {
        seed,
        trained: train.length,
        tested: test.length,
        newBefore: await accuracy('fast', folders.new),
        newAfter: await accuracy(tuned, folders.new),
        oldBefore: await accuracy('fast', folders.old),
        oldAfter: await accuracy(tuned, folders.old),
        seconds,
      };
      rows.push(row);
      log(`seed ${seed}: ${row.newBefore.toFixed(1)} to ${row.newAfter.toFixed(1)} %`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const mean = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  process.stdout.write(
    `${formatTable(rows.map((row) => ({ ...row })))}\n\ngain on the new domain ${mean((r) => r.newAfter - r.newBefore).toFixed(1)} points, on the old ${mean((r) => r.oldAfter - r.oldBefore).toFixed(1)} points (mean of ${rows.length} seeds)\n`,
  );
}

await runProgram(log, parseArguments, main);
