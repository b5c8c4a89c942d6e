/** A small recipe under a small protocol, trained, killed, resumed and evaluated. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripesRecipe, SYNTHETIC, SYNTHETIC_PROTOCOL, syntheticDatabase, withFiles } from 'mien-testkit';
import { cnnLstm } from '../nn/models/index.ts';
import { classesHeads, type Recipe } from '../train/index.ts';
import { describe, expect, test } from 'vitest';
import { labelledImages, type Dataset } from '../data/index.ts';
import { recordDataset, RecordImages } from '../data/node.ts';
import { loadClassifier, openFeatureSource } from '../predict/node.ts';
import { haGanRecipe } from '../recipes/index.ts';
import { zeros, tensor } from '../tensor/index.ts';
import type { LogitsModel } from '../evaluate/model.ts';
import { classifyProtocol } from './classify-protocol.ts';
import { evaluateProtocol } from './evaluate-protocol.ts';
import type { ProtocolReport } from './figures.ts';
import { scoreFold } from './score-fold.ts';
import { trainProtocol, type TrainProtocolOptions } from './train-protocol.ts';

const DATABASE = syntheticDatabase(SYNTHETIC);

const train = (out: string, options: Partial<TrainProtocolOptions> = {}): Promise<ProtocolReport> =>
  trainProtocol(stripesRecipe, SYNTHETIC_PROTOCOL, [DATABASE], { out, licence: 'none', threads: 1, ...options });

/** Callbacks that stop the run, as a kill would, when `when` says so. */
function killer(when: (fold: number, epoch: number) => boolean): Pick<TrainProtocolOptions, 'onFold' | 'onEpoch'> {
  let at = 0;
  return {
    onFold({ number }) {
      at = number;
      if (when(at, 0)) throw new Error('killed');
    },
    onEpoch({ epoch }) {
      if (when(at, epoch)) throw new Error('killed');
    },
  };
}

describe('trainProtocol', () => {
  test('trains on clips, and scores each sequence once', async () => {
    const clips: Recipe = {
      ...stripesRecipe,
      id: 'tiny.clips',
      network: cnnLstm({ classes: 2, frames: 2, widthMultiplier: 1 / 8, lengths: true }),
      inputs: {
        x: { kind: 'clip', rule: { kind: 'windows', frames: 2, stride: 1 } },
        frames: { kind: 'length', of: 'x' },
      },
      epochs: 1,
    };
    await withFiles({}, async (out) => {
      const protocol = { ...SYNTHETIC_PROTOCOL, scored: 'sequences' } as const;
      const trained = await trainProtocol(clips, protocol, [DATABASE], { out: join(out, 'run'), licence: 'none' });
      // 9 people with four labelled sequences each
      expect([trained.n, trained.folds.map(({ n }) => n)]).toEqual([36, [12, 12, 12]]);
      const classifier = await loadClassifier(join(out, 'run/fold-01/tiny.clips.onnx'));
      const again = await evaluateProtocol(classifier, protocol, [DATABASE]);
      expect(again.folds[0]!.n).toBe(12);
      expect(again.folds[0]!.accuracy).toBe(trained.folds[0]!.accuracy);
      await classifier.release();
    });
  });

  test('trains a generator in each fold, on the 110 crops of its faces, beside the same characters', async () => {
    const classes = ['neutral', ...SYNTHETIC.classes];
    const labels = Int32Array.from({ length: 12 }, (_, i) => i % 3);
    const characters: Dataset = {
      name: 'characters',
      classes,
      splits: ['all'],
      loadSplit: () =>
        Promise.resolve(
          labelledImages({
            images: {
              count: 12,
              width: 12,
              height: 12,
              channels: 3,
              pixels: Uint8Array.from({ length: 12 * 432 }, (_, p) => 80 * (Math.floor(p / 432) % 3) + (p % 3) * 20),
            },
            classes,
            labels,
            ids: Array.from(labels, (_, i) => `#${i}`),
            subjects: Array.from(labels, () => 'ray'),
          }),
        ),
    };
    const recipe = haGanRecipe({
      dataset: 'ck-plus',
      characters: 'characters',
      channels: 'grey',
      classes: SYNTHETIC.classes,
      size: 10,
      cropFrom: 12,
      noise: 2,
      generatorWidth: 1 / 64,
      discriminatorWidth: 1 / 32,
      crops: true,
      epochs: 1,
      batchSize: 660,
    });
    await withFiles({}, async (folder) => {
      const out = join(folder, 'run');
      const run = { out, licence: 'none', threads: 1 } as const;
      const steps: number[] = [];
      const report = await trainProtocol(recipe, SYNTHETIC_PROTOCOL, [DATABASE], {
        ...run,
        partners: characters,
        onStep: ({ steps: of, step }) => void (step === 1 && steps.push(of)),
      });
      // 24 faces of a fold, 110 times, in batches of 660
      expect(steps).toEqual([4, 4, 4]);
      expect(report.n).toBe(72);
      expect(await readdir(join(out, 'fold-02'))).toEqual(
        expect.arrayContaining(['ha-gan.ck-plus.onnx', 'ha-gan.ck-plus.generator.onnx', 'samples']),
      );
      await expect(
        trainProtocol(recipe, SYNTHETIC_PROTOCOL, [DATABASE], { ...run, out: join(folder, 'other') }),
      ).rejects.toThrow('ha-gan.ck-plus: is shown images of characters beside its own, which are needed');
    });
  });

  test('trains each fold anew, learns, and goes on after a kill to the same figures', async () => {
    await withFiles({}, async (folder) => {
      const whole = await train(join(folder, 'whole'));
      expect(whole.folds.map((fold) => [fold.name, fold.train, fold.validation, fold.n])).toEqual([
        ['1', 24, 24, 24],
        ['2', 24, 24, 24],
        ['3', 24, 24, 24],
      ]);
      expect(whole.pooled.accuracy).toBeGreaterThan(0.8);
      expect(whole.notes).toEqual([
        'Trained anew in each fold, for 6 epochs with seed 1; the validation part chose the epoch.',
        'Faces are aligned where the database has landmarks and the recipe a template.',
      ]);
      expect((await readdir(join(folder, 'whole', 'fold-02'))).sort()).toEqual([
        'result.json',
        'tiny.stripes.json',
        'tiny.stripes.md',
        'tiny.stripes.onnx',
      ]);

      const out = join(folder, 'parts');
      await expect(
        train(
          out,
          killer((fold, epoch) => fold === 2 && epoch === 2),
        ),
      ).rejects.toThrow('killed');
      const first = await readFile(join(out, 'fold-01', 'tiny.stripes.onnx'));
      await expect(train(out)).rejects.toThrow(`${out}: holds an earlier run; resume it, or choose another folder`);
      await expect(train(out, { resume: true, ...killer((fold, epoch) => fold === 3 && epoch === 0) })).rejects.toThrow(
        'killed',
      );
      const epochs: number[] = [];
      const kept: boolean[] = [];
      expect(
        await train(out, {
          resume: true,
          onEpoch: ({ epoch }) => epochs.push(epoch),
          onFold: (fold) => kept.push(fold.kept),
        }),
      ).toEqual(whole);
      expect([kept, epochs]).toEqual([
        [true, true, false],
        [1, 2, 3, 4, 5, 6],
      ]);
      expect((await readFile(join(out, 'fold-01', 'tiny.stripes.onnx'))).equals(first)).toBe(true);
      for (const fold of ['fold-02', 'fold-03']) {
        const [a, b] = await Promise.all(
          ['whole', 'parts'].map((run) => readFile(join(folder, run, fold, 'tiny.stripes.onnx'))),
        );
        expect(a!.equals(b!)).toBe(true);
      }

      await expect(
        trainProtocol({ ...stripesRecipe, id: 'other' }, SYNTHETIC_PROTOCOL, [DATABASE], {
          out,
          licence: 'none',
          resume: true,
        }),
      ).rejects.toThrow(`${join(out, 'protocol.json')}: was made with the recipe tiny.stripes, this run has other`);
      await expect(train(out, { resume: true, epochs: 7 })).rejects.toThrow(
        'protocol.json: was made for 6 epochs, this run has 7',
      );
      await expect(train(out, { resume: true, images: { align: 'none' } })).rejects.toThrow(
        'protocol.json: was made with the alignment landmarks, this run has none',
      );
      await expect(
        train(out, { resume: true, images: { findFace: () => Promise.resolve(undefined) } }),
      ).rejects.toThrow('was made with the alignment landmarks, this run has detect');
      const again = { out, licence: 'none', resume: true };
      await expect(
        trainProtocol(stripesRecipe, SYNTHETIC_PROTOCOL, [{ ...DATABASE, records: DATABASE.records.slice(4) }], again),
      ).rejects.toThrow(
        /protocol\.json: was made with the digest of the folds [0-9a-f]{16}, this run has [0-9a-f]{16}$/,
      );
      await expect(
        trainProtocol(
          stripesRecipe,
          { ...SYNTHETIC_PROTOCOL, frames: { expression: { rule: 'all' }, firstIsNeutral: false } },
          [DATABASE],
          again,
        ),
      ).rejects.toThrow(/was made with the declaration of the protocol [0-9a-f]{16}, this run has [0-9a-f]{16}$/);
      await writeFile(join(out, 'fold-01', 'result.json'), '{}');
      await expect(train(out, { resume: true })).rejects.toThrow('result.json: is damaged, or of another version');
      await rm(out, { recursive: true });
      await expect(train(out, { resume: true })).rejects.toThrow(`${out}: holds no run under a protocol to resume`);

      const model = await loadClassifier(join(folder, 'whole', 'fold-01', 'tiny.stripes.onnx'));
      const evaluated = await evaluateProtocol(model, SYNTHETIC_PROTOCOL, [DATABASE]);
      await model.release();
      // the model of fold 1 on the test part of fold 1
      expect(evaluated.folds[0]!.confusion).toEqual(whole.folds[0]!.confusion);
      expect(evaluated).toMatchObject({ model: 'tiny.stripes', n: 72, folds: [{ train: 0 }, {}, {}] });
      expect(evaluated.notes).toEqual([
        'One model, tested on every fold; nothing was trained.',
        'Images: 72 taken whole.',
        'Output logits was trained on synthetic, so it may have learned from these images and people.',
      ]);
      expect(evaluated.leftOut).toEqual({
        synthetic: { otherAttributes: 0, unlabelled: 36, otherFrames: 72, otherClasses: 0 },
      });
    });
  });

  test('refuses outputs with other classes, or labels that records do not have, before anything is read or written', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'out');
      const run = (recipe: typeof stripesRecipe, classes: readonly string[] = SYNTHETIC.classes): Promise<unknown> =>
        trainProtocol(recipe, { ...SYNTHETIC_PROTOCOL, classes }, [DATABASE], { out, licence: 'none' });
      await expect(run(stripesRecipe, ['sadness', 'happiness'])).rejects.toThrow(
        'tiny.stripes: output logits learns happiness, sadness, but the classes of synthetic.3-fold.2 are sadness, happiness',
      );
      await expect(
        run({
          ...stripesRecipe,
          heads: classesHeads(stripesRecipe).map((head) => ({ ...head, target: 'fer2013' })),
        }),
      ).rejects.toThrow(
        'tiny.stripes: output logits learns the labelling "fer2013", which the images of synthetic.3-fold.2 do not have',
      );
      await mkdir(out);
      expect(await readdir(out)).toEqual([]);
    });
  });
});

describe('scoring', () => {
  /** Logits from the mean grey of an image: class 0 is certain of dark ones, class 1 a little of bright ones. */
  const model: LogitsModel = {
    model: {
      name: 'dark',
      recipe: 'none',
      heads: [
        { kind: 'classes', output: 'a', classes: ['x', 'y'], trainedOn: 'elsewhere', temperature: 1 },
        {
          kind: 'classes',
          output: 'b',
          classes: ['fear', 'sadness', 'happiness'],
          trainedOn: 'synthetic',
          temperature: 1,
        },
      ],
    },
    preprocess: { width: 2, height: 2, channels: 'grey', mean: [0], std: [1], framing: 'none', classes: ['x', 'y'] },
    logits: (x) => {
      const N = x.dims[0]!;
      const rows = Array.from({ length: N }, (_, i) => (x.data[4 * i]! < 0.5 ? [9, 5, 0] : [9, 0, 1]));
      return Promise.resolve([zeros('float32', [N, 2]), tensor('float32', [N, 3], Float32Array.from(rows.flat()))]);
    },
  };
  const gray = (value: number) => ({
    read: () => Promise.resolve({ width: 2, height: 2, channels: 1 as const, data: new Uint8Array(4).fill(value) }),
  });
  const still = { id: 'still', image: gray(200), label: 'sadness' };
  const sequence = [20, 200, 200].map((value, frame) => ({
    id: `s/${frame}`,
    image: gray(value),
    label: 'sadness',
    sequence: 's',
    frame,
  }));
  const score = (scored: 'images' | 'sequences') => {
    const test_ = [still, ...sequence];
    const dataset = recordDataset(
      'here',
      { name: 'synthetic', classes: SYNTHETIC.classes },
      { test: test_ },
      new RecordImages({ width: 2, height: 2, channels: 'grey' }),
    );
    return scoreFold(model, { databases: ['synthetic'], scored }, dataset, test_);
  };

  test("images: by the output of the database's labels, of the protocol's classes alone", async () => {
    expect(await score('images')).toEqual([
      [0, 0],
      [3, 1],
    ]);
  });

  test('sequences: by the mean of the probabilities, so that one certain frame outweighs two doubtful ones', async () => {
    expect(await score('sequences')).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('classifyProtocol', () => {
  test('fits a classifier in each fold, on all that it does not test', async () => {
    const source = await openFeatureSource('gabor');
    const told: string[] = [];
    const report = await classifyProtocol(source, 'svm', SYNTHETIC_PROTOCOL, [DATABASE], {
      onFold: ({ classifier }) => told.push(classifier),
    });
    expect(report.folds.map(({ train: trained, validation, n }) => [trained, validation, n])).toEqual([
      [48, 0, 24],
      [48, 0, 24],
      [48, 0, 24],
    ]);
    expect(report.pooled.accuracy).toBeGreaterThan(0.9);
    expect(report.model).toBe('gabor + svm');
    expect(report.notes[0]).toBe(
      'A classifier (svm) is fitted in each fold to the features of all that it does not test; its settings are chosen for mean-accuracy by cross-validation there, in 5 parts, the images of a person together.',
    );
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/^svm \(C = /);

    const hog = await openFeatureSource('hog');
    const naive = await classifyProtocol(hog, 'svm', SYNTHETIC_PROTOCOL, [DATABASE], { randomLabels: true });
    expect(naive.pooled.accuracy).toBeLessThan(0.65);
    expect(naive.model).toBe('hog + svm of random labels');
  });

  test('scores sequences by the vote of their frames', async () => {
    const report = await classifyProtocol(
      await openFeatureSource('lbp'),
      'lda',
      { ...SYNTHETIC_PROTOCOL, scored: 'sequences' },
      [DATABASE],
      { normalize: [{ name: 'gcn' }] },
    );
    expect([report.n, report.folds[0]!.n]).toEqual([36, 12]);
    expect(report.notes).toContain('A sequence is predicted by the vote of its frames.');
  });
});
