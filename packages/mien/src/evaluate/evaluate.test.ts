/** Figures worked out by hand, with a model that reads its logits off the image. */
import { describe, expect, test } from 'vitest';
import {
  labelledImages,
  type Dataset,
  type LabelledImages,
  type ModelHead,
  type ModelSpec,
  type PreprocessSpec,
} from '../data/index.ts';
import { missingSplit } from '../data/dataset.ts';
import type { Expression } from '../labels/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { calibrateHead } from './calibrate.ts';
import { evaluateModel } from './evaluate.ts';
import type { LogitsModel } from './model.ts';
import { reliabilityBins } from '../metrics/reliability.ts';
import { renderReport } from './report.ts';
import { datasetProbabilities } from './score.ts';

const THREE = ['neutral', 'happiness', 'surprise'] as const satisfies readonly Expression[];

const PREPROCESS: PreprocessSpec = {
  width: 3,
  height: 1,
  channels: 'grey',
  mean: [0],
  std: [1 / 255],
  framing: 'test',
  template: { leftEye: [1, 0], rightEye: [0, 0], noseTip: [0.5, 0.5], mouthLeft: [1, 1], mouthRight: [0, 1] },
  classes: [...THREE],
};

/**
 * Images of three pixels, which are the logits of neutral, happiness and surprise; the second head sees them reversed.
 */
function pixelModel(
  heads: ModelSpec['heads'] = [
    { kind: 'classes', output: 'plain', classes: [...THREE], trainedOn: 'one', temperature: 1 },
    {
      kind: 'classes',
      output: 'reversed',
      classes: ['surprise', 'happiness', 'neutral'],
      trainedOn: 'two',
      temperature: 1,
    },
  ],
): LogitsModel {
  return {
    model: { name: 'pixels', recipe: 'none', heads },
    preprocess: PREPROCESS,
    logits(x: Tensor) {
      const rows = Array.from({ length: x.dims[0]! }, (_, i) => [
        ...(x.data as Float32Array).subarray(3 * i, 3 * i + 3),
      ]);
      return Promise.resolve(
        heads.map(({ classes }) =>
          float32(
            [rows.length, 3],
            rows.flatMap((row) => classes.map((c) => row[THREE.indexOf(c as 'neutral')]!)),
          ),
        ),
      );
    },
  };
}

function labelled(
  rows: readonly (readonly [label: number, pixels: readonly [number, number, number]])[],
  classes: readonly Expression[] = THREE,
): LabelledImages {
  return labelledImages({
    images: {
      count: rows.length,
      height: 1,
      width: 3,
      channels: 1,
      pixels: Uint8Array.from(rows.flatMap(([, pixels]) => [...pixels])),
    },
    classes,
    labels: Int32Array.from(rows, ([label]) => label),
    ids: rows.map((_, i) => `#${i}`),
  });
}

function datasetOf(splits: Readonly<Record<string, LabelledImages>>, name = 'one'): Dataset {
  return {
    name,
    classes: Object.values(splits)[0]!.classes,
    splits: Object.keys(splits),
    loadSplit: (split) =>
      splits[split] ? Promise.resolve(splits[split]) : Promise.reject(missingSplit(name, split, Object.keys(splits))),
  };
}

const TRAIN = labelled([
  [0, [9, 0, 0]],
  [1, [0, 9, 0]],
]);
const TEST = labelled([
  [0, [9, 0, 0]], // right, and also in the training split
  [0, [0, 8, 0]], // neutral taken for happiness
  [1, [0, 8, 1]], // right
  [-1, [7, 7, 7]], // no label: not counted
]);

describe('evaluateModel', () => {
  test('counts the images with a label, and says what is undefined', async () => {
    const result = await evaluateModel(pixelModel(), datasetOf({ train: TRAIN, test: TEST }));
    expect(result).toMatchObject({
      model: 'pixels',
      dataset: 'one',
      split: 'test',
      head: 'plain',
      classes: THREE,
      n: 3,
    });
    expect(result.confusion).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(result.accuracy).toBeCloseTo(2 / 3, 12);
    expect(result.meanAccuracy).toBeCloseTo((0.5 + 1) / 2, 12);
    expect(result.perClass['neutral']).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
    expect(result.perClass['surprise']!.recall).toBeNaN();
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ perClass: { surprise: { recall: null, support: 0 } } });
  });

  test('gives the figures without images of earlier splits', async () => {
    const { withoutRepeats } = await evaluateModel(pixelModel(), datasetOf({ train: TRAIN, test: TEST }));
    expect(withoutRepeats).toMatchObject({
      comparedWith: ['train'],
      repeats: 1,
      n: 2,
      accuracy: 0.5,
      meanAccuracy: 0.5,
    });
    expect(withoutRepeats!.near.repeats).toBeGreaterThanOrEqual(1);
    expect((await evaluateModel(pixelModel(), datasetOf({ test: TEST }))).withoutRepeats).toBeNull();
    expect(
      (await evaluateModel(pixelModel(), datasetOf({ train: TRAIN, test: TEST }), { split: 'train' })).withoutRepeats,
    ).toBeNull();
  });

  test('says how sure its figures are, and which mistakes are made most confidently', async () => {
    const { intervals, mistakes } = await evaluateModel(pixelModel(), datasetOf({ test: TEST }));
    expect(intervals).toMatchObject({ level: 0.95, accuracy: [1 / 3, 1], meanAccuracy: [0.5, 1] });
    expect(mistakes).toEqual([
      {
        id: '#1',
        label: 'neutral',
        prediction: 'happiness',
        confidence: expect.closeTo(1 / (1 + 2 * Math.exp(-8)), 6) as number,
      },
    ]);
    const many = labelled(Array.from({ length: 36 }, (_, i) => [0, [0, i, 0]]));
    expect((await evaluateModel(pixelModel(), datasetOf({ test: many }))).mistakes.map((m) => m.id)).toEqual(
      Array.from({ length: 30 }, (_, i) => `#${35 - i}`),
    );
  });

  test('says what answering only when sure costs, and whether that finds unclear images', async () => {
    const [first, ...others] = pixelModel().model.heads;
    const model = pixelModel([{ ...first!, uncertainBelow: 0.9 }, ...others]);
    // sure and right; unsure and wrong; unsure and right
    const images = labelled([
      [0, [9, 0, 0]],
      [1, [1, 0, 0]],
      [0, [1, 0, 0]],
    ]);
    const unclear = {
      divided: labelled([
        [-1, [1, 1, 1]],
        [-1, [9, 0, 0]],
      ]),
    };
    const data: Dataset = {
      ...datasetOf({ test: images }),
      loadUnclear: () => Promise.resolve({ divided: unclear.divided.with({ ids: ['a', 'b'] }) }),
    };
    const result = await evaluateModel(model, data);
    expect(result.uncertain).toEqual({ below: 0.9, coverage: 1 / 3, accuracy: 1, accuracyOfAll: 2 / 3 });
    expect(result.unclear).toEqual([{ reason: 'divided', n: 2, flagged: 1 }]);
    expect(result.coverage[0]).toEqual({ threshold: 0, coverage: 1, accuracy: 2 / 3 });
    expect(result.coverage.at(-1)).toEqual({ threshold: 0.95, coverage: 1 / 3, accuracy: 1 });
    const html = renderReport(result);
    expect(html).toContain(
      '33.3 % of the images get an answer that is not, and 100.0 % of these are right; of all answers it is 66.7 %',
    );
    expect(html).toContain('<th scope="row">divided</th><td>2</td><td>1</td><td>50.0</td>');
    expect((await evaluateModel(pixelModel(), data)).uncertain).toBeNull();
  });

  test('stands beside the figures under other rules of labels, and shows the network each image once', async () => {
    let shown = 0;
    const model = pixelModel();
    const counting: LogitsModel = { ...model, logits: (x) => ((shown += x.dims[0]!), model.logits(x)) };
    const others = labelled(
      [
        [1, [0, 8, 1]],
        [0, [0, 8, 0]],
      ],
      ['neutral', 'happiness'],
    );
    const data: Dataset = {
      ...datasetOf({ test: TEST }),
      labelSets: [{ ...datasetOf({ test: others.with({ ids: ['#2', 'new'] }) }, 'of-two') }],
    };
    const { labelSets } = await evaluateModel(counting, data);
    expect(labelSets).toMatchObject([
      { dataset: 'of-two', classes: ['neutral', 'happiness'], n: 2, accuracy: 0.5, meanAccuracy: 0.5 },
    ]);
    expect(shown).toBe(5);
    expect(renderReport(await evaluateModel(counting, data))).toContain('Under other rules of labels');
  });

  test('takes the head that was trained on the dataset, whatever its class order', async () => {
    const result = await evaluateModel(pixelModel(), datasetOf({ test: TEST }, 'two'));
    expect([result.head, result.accuracy]).toEqual(['reversed', 2 / 3]);
  });

  test('takes the head of the dataset that this is a variant of', async () => {
    expect(
      (await evaluateModel(pixelModel(), { ...datasetOf({ test: TEST }, 'two-plurality'), labelsOf: 'two' })).head,
    ).toBe('reversed');
  });

  test('restricts the first head to the classes of a dataset that no head knows', async () => {
    // happiness and surprise alone: neutral, the largest logit, is left out
    const images = labelled(
      [
        [0, [9, 5, 2]],
        [1, [9, 5, 2]],
      ],
      ['happiness', 'surprise'],
    );
    const result = await evaluateModel(pixelModel(), datasetOf({ test: images }, 'other'));
    expect([result.head, result.confusion]).toEqual([
      'plain',
      [
        [1, 0],
        [1, 0],
      ],
    ]);
  });

  test('names the splits that are present', async () => {
    await expect(evaluateModel(pixelModel(), datasetOf({ train: TRAIN }), { split: 'test' })).rejects.toThrow(
      'one: has no split "test": expected one of train',
    );
  });

  test('reports its progress and works in batches', async () => {
    const many = labelled(
      Array.from({ length: 600 }, (_, i) => [i % 3, [i % 3 === 0 ? 9 : 0, i % 3 === 1 ? 9 : 0, i % 3 === 2 ? 9 : 0]]),
    );
    const seen: [number, number][] = [];
    const { accuracy } = await evaluateModel(pixelModel(), datasetOf({ test: many }), {
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(accuracy).toBe(1);
    expect(seen).toEqual([
      [256, 600],
      [512, 600],
      [600, 600],
    ]);
  });
});

describe('datasetProbabilities', () => {
  const head: ModelHead = { kind: 'classes', output: 'x', classes: [...THREE], trainedOn: 'one', temperature: 2 };

  test('divides by the temperature, renormalises, and gives 0 to classes that the head lacks', () => {
    const p = datasetProbabilities(Float32Array.of(0, 2 * Math.log(3), 50), head, ['happiness', 'neutral', 'contempt']);
    expect(p[0]).toBeCloseTo(0.75, 6);
    expect(p[1]).toBeCloseTo(0.25, 6);
    expect(p[2]).toBe(0);
  });

  test('needs a class in common', () => {
    expect(() => datasetProbabilities(Float32Array.of(0, 0, 0), head, ['anger', 'fear'])).toThrow(
      'head x: expected some of the classes anger, fear',
    );
  });
});

test('calibrateHead softens a head that is too sure, and leaves one without labels as it is', async () => {
  // logits 4 apart claim 98 %; three in four are right, which ln 3 apart says: T = 4 / ln 3 for two classes
  const heads: ModelSpec['heads'] = [
    { kind: 'classes', output: 'plain', classes: [...THREE], trainedOn: 'one', temperature: 1 },
    { kind: 'classes', output: 'other', classes: [...THREE], trainedOn: 'two', temperature: 1 },
  ];
  const images = labelled([
    [0, [104, 100, 0]],
    [0, [104, 100, 0]],
    [0, [104, 100, 0]],
    [1, [104, 100, 0]],
  ]);
  const fitted = await calibrateHead(pixelModel(heads), 0, { images, labelling: images });
  expect(fitted.temperature).toBeCloseTo(4 / Math.log(3), 3);
  // all are as sure, so that no threshold parts right from wrong
  expect(fitted.uncertainBelow).toBe(1);
  expect(await calibrateHead(pixelModel(heads), 1, undefined)).toEqual({ temperature: 1 });
});

test('reliabilityBins put an edge into the lower bin and mark empty bins', () => {
  const bins = reliabilityBins([0.5, 0.6, 1], [true, false, true], 2);
  expect(bins.map((bin) => bin.count)).toEqual([1, 2]);
  expect(bins[1]).toMatchObject({ low: 0.5, high: 1, confidence: 0.8, accuracy: 0.5 });
  expect(reliabilityBins([], [], 1)[0]!.accuracy).toBeNaN();
});

describe('renderReport', () => {
  test('is one page without script or reference to a file, and shows undefined figures as a dash', async () => {
    const html = renderReport(await evaluateModel(pixelModel(), datasetOf({ train: TRAIN, test: TEST })));
    expect(html).toContain('<h1>pixels on one test</h1>');
    expect(html).toContain('66.7 %');
    expect(html).not.toMatch(/NaN|<script|<link|src=|href=/);
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(html).toContain('–<small>0</small>');
    expect(html).toContain('The most confident mistakes');
  });

  test('escapes names', async () => {
    const model = pixelModel();
    const html = renderReport(
      await evaluateModel({ ...model, model: { ...model.model, name: '<b>"&' } }, datasetOf({ test: TEST })),
    );
    expect(html).toContain('&#60;b&#62;&#34;&#38;');
    expect(html).not.toContain('<b>');
  });
});
