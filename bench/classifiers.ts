/**
 * Classifiers on the features of real faces, against scikit-learn: 5,000 rows of FER2013's Training train them,
 * PublicTest tests them. Both sides get the same float32 numbers, and the same settings.
 */
import { MienError } from 'mienjs';
import {
  fitForest,
  fitLda,
  fitLinearSvm,
  fitRbfSvm,
  predictClasses,
  type Features,
  type TrainedClassifier,
  type TrainingSet,
} from 'mienjs/classifiers';
import { selectSamples, type LabelledImages } from 'mienjs/data';
import { loadDataset, NpyWriter } from 'mienjs/data/node';
import { HOG } from 'mienjs/features';
import { rawImage, resize } from 'mienjs/image';
import { tensor } from 'mienjs/tensor';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PythonProcess } from './python-process.ts';
import { median } from './timing.ts';

export interface ClassifierRow {
  readonly bench: 'classifiers';
  readonly features: string;
  readonly classifier: string;
  readonly dimensions: number;
  /** Seconds to train, then to predict; null where scikit-learn is missing. */
  readonly fitS: number;
  readonly sklearnFitS: number | null;
  readonly predictS: number;
  readonly sklearnPredictS: number | null;
  /** (fitS + predictS) / the same of scikit-learn. */
  readonly ratio: number | null;
  /** Means over the rounds, each with its own seed: percent. */
  readonly accuracy: number;
  readonly sklearnAccuracy: number | null;
  /** Percent of the predictions that are the same, in the first round. */
  readonly agreement: number | null;
}

interface Answer {
  readonly fitMs: number;
  readonly predictMs: number;
  readonly predicted: readonly number[];
}

const SCRIPT = fileURLToPath(new URL('../sklearn/classifiers.py', import.meta.url));
const SHARED = process.env['MIEN_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const TRAIN_ROWS = 5000;
export const KINDS = ['svm', 'svm-rbf', 'lda', 'forest'] as const;
type Kind = (typeof KINDS)[number];
/**
 * Fits take seconds to minutes; a forest's accuracy differs by half a point from seed to seed, so that it takes several
 * to compare.
 */
const MOST_ROUNDS = 5;
const FOREST_ROUNDS = 8;
/** Near what cross-validation chooses. */
const C: Readonly<Record<string, { svm: number; rbf: number }>> = {
  pixels: { svm: 0.01, rbf: 1 },
  hog: { svm: 0.1, rbf: 1 },
};

/**
 * @returns a row for each classifier on pixels and on HOG, and the versions of scikit-learn; none where FER2013 is
 *   absent
 */
export async function benchClassifiers(
  rounds: number,
  kinds: readonly string[],
  log: (line: string) => void,
): Promise<{ rows: ClassifierRow[]; versions: Readonly<Record<string, string>> }> {
  const folder = join(SHARED, 'fer2013');
  if (!existsSync(folder)) {
    log(`${folder} is absent: the classifiers are left out`);
    return { rows: [], versions: {} };
  }
  const python = await PythonProcess.start<{ versions: Readonly<Record<string, string>> }>(
    'scikit-learn',
    SCRIPT,
  ).catch((error: unknown) => {
    if (!(error instanceof MienError)) throw error;
    log(`${error.message}; the classifiers have no ratio`);
    return null;
  });
  const work = await mkdtemp(join(tmpdir(), 'mien-bench-'));
  try {
    const dataset = await loadDataset('fer2013', folder);
    const train = selectSamples(
      await dataset.loadSplit('Training', 'evaluate'),
      Int32Array.from({ length: TRAIN_ROWS }, (_, i) => i),
    );
    const test = await dataset.loadSplit('PublicTest', 'evaluate');
    const rows: ClassifierRow[] = [];
    for (const [name, extract] of Object.entries({ pixels, hog })) {
      const set: TrainingSet = { x: extract(train), y: train.labels, classCount: train.classes.length };
      const held = extract(test);
      if (python) {
        const paths = { train: join(work, 'train.npy'), test: join(work, 'test.npy') };
        await write(paths.train, set.x);
        await write(paths.test, held);
        await python.process.ask({ ...paths, y: [...set.y] });
      }
      for (const kind of KINDS.filter((k) => kinds.includes(k))) {
        const times = kind === 'forest' ? FOREST_ROUNDS : Math.min(rounds, MOST_ROUNDS);
        rows.push(await benchClassifier(name, kind, set, held, test.labels, python?.process ?? null, times, log));
      }
    }
    return { rows, versions: python?.hello.versions ?? {} };
  } finally {
    python?.process.stop();
    await rm(work, { recursive: true });
  }
}

async function benchClassifier(
  features: string,
  kind: Kind,
  set: TrainingSet,
  held: Features,
  truth: Int32Array,
  python: PythonProcess | null,
  rounds: number,
  log: (line: string) => void,
): Promise<ClassifierRow> {
  const gamma = 1 / (held.dims[1]! * variance(set.x.data));
  const cost = C[features]![kind === 'svm-rbf' ? 'rbf' : 'svm'];
  const ours: Answer[] = [];
  const theirs: Answer[] = [];
  for (let seed = 0; seed < rounds; seed++) {
    ours.push(measure(() => fit(kind, set, cost, gamma, seed), held));
    if (python) theirs.push(await python.ask<Answer>({ fit: kind, C: cost, gamma, seed }));
    log(`${kind} on ${features}: round ${seed + 1} of ${rounds}`);
  }
  const seconds = (answers: readonly Answer[], pick: (a: Answer) => number): number => median(answers.map(pick)) / 1000;
  const accuracy = (answers: readonly Answer[]): number =>
    (100 *
      answers.reduce(
        (sum, { predicted }) => sum + truth.filter((k, i) => k === predicted[i]).length / truth.length,
        0,
      )) /
    answers.length;
  const total = (answers: readonly Answer[]): number => seconds(answers, (a) => a.fitMs + a.predictMs);
  const hasPeer = theirs.length > 0;
  return {
    bench: 'classifiers',
    features,
    classifier: kind,
    dimensions: held.dims[1]!,
    fitS: seconds(ours, (a) => a.fitMs),
    sklearnFitS: hasPeer ? seconds(theirs, (a) => a.fitMs) : null,
    predictS: seconds(ours, (a) => a.predictMs),
    sklearnPredictS: hasPeer ? seconds(theirs, (a) => a.predictMs) : null,
    ratio: hasPeer ? total(ours) / total(theirs) : null,
    accuracy: accuracy(ours),
    sklearnAccuracy: hasPeer ? accuracy(theirs) : null,
    agreement: hasPeer
      ? (100 * ours[0]!.predicted.filter((k, i) => k === theirs[0]!.predicted[i]).length) / truth.length
      : null,
  };
}

function fit(kind: Kind, set: TrainingSet, cost: number, gamma: number, seed: number): TrainedClassifier {
  switch (kind) {
    case 'svm':
      return fitLinearSvm(set, { C: cost, scaling: 'none', seed }).model;
    case 'svm-rbf':
      return fitRbfSvm(set, { C: cost, gamma, scaling: 'none' }).model;
    case 'lda':
      return fitLda(set, { scaling: 'standardise' });
    case 'forest':
      return fitForest(set, { seed });
  }
}

function measure(train: () => TrainedClassifier, held: Features): Answer {
  const start = performance.now();
  const model = train();
  const fitted = performance.now();
  const predicted = [...predictClasses(model, held)];
  return { fitMs: fitted - start, predictMs: performance.now() - fitted, predicted };
}

/** Grey values from 0 to 1. */
function pixels({ images: { count, height, width, pixels: bytes } }: LabelledImages): Features {
  return tensor(
    'float32',
    [count, height * width],
    Float32Array.from(bytes, (v) => v / 255),
  );
}

function hog({ images: { count, height, width, pixels: bytes } }: LabelledImages): Features {
  const size = { width: 100, height: 100 };
  const D = HOG.size(size);
  const values = new Float32Array(count * D);
  for (let i = 0; i < count; i++)
    values.set(
      HOG.extract(
        resize(rawImage(width, height, 1, bytes.subarray(i * width * height, (i + 1) * width * height)), size),
      ),
      i * D,
    );
  return tensor('float32', [count, D], values);
}

async function write(path: string, x: Features): Promise<void> {
  const writer = await NpyWriter.create(path, [x.dims[0]!, x.dims[1]!]);
  await writer.write(x.data);
  await writer.close();
}

function variance(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const v of values) sum += v;
  for (const v of values) squares += (v - sum / values.length) ** 2;
  return squares / values.length;
}
