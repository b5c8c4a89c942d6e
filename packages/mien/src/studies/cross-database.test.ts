import { describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type ImageFormat, type ModelSpec } from '../data/index.ts';
import { renderTable } from '../report/index.ts';
import { float32 } from '../tensor/index.ts';
import { crossDatabase, crossDatabaseTable, type CrossPredictor, type CrossTest } from './cross-database.ts';
import { crossImages, crossNetwork } from './cross-networks.ts';
import type { LogitsModel } from '../evaluate/model.ts';

interface Words extends CrossTest {
  /** Sample and label. */
  readonly samples: readonly (readonly [said: string, label: string])[];
}

/** Predicts the class that a sample says, if it knows it. */
const listener = (name: string, trainedOn: string, classes: readonly string[]): CrossPredictor<Words> => ({
  name,
  trainedOn: [trainedOn],
  classesOn: () => classes,
  predict: ({ samples }, among) =>
    Promise.resolve({
      labels: samples.map(([, label]) => among.indexOf(label)),
      predicted: samples.map(([said]) => among.indexOf(said)),
    }),
});

const lab: Words = {
  name: 'lab',
  classes: ['anger', 'contempt', 'fear', 'sadness'],
  samples: [
    ['fear', 'fear'],
    ['fear', 'anger'],
    ['anger', 'anger'],
    ['contempt', 'anger'],
    ['fear', 'contempt'],
  ],
};
const wild: Words = {
  name: 'wild',
  classes: ['neutral', 'fear', 'anger'],
  samples: [
    ['anger', 'anger'],
    ['neutral', 'fear'],
    ['fear', 'fear'],
  ],
};

describe('crossDatabase', () => {
  it('counts over the classes that all share; another prediction is an error, another label is left out', async () => {
    const result = await crossDatabase(
      [listener('A', 'lab', lab.classes), listener('B', 'wild', wild.classes)],
      [lab, wild],
    );
    expect(result.classes).toEqual(['anger', 'fear']);
    expect(result.rows[0]!.cells[0]).toEqual({
      within: true,
      n: 4,
      leftOut: 1,
      accuracy: 0.5,
      meanAccuracy: (1 / 3 + 1) / 2,
      confusion: [
        [1, 1, 1],
        [0, 1, 0],
      ],
    });
    expect(result.rows[0]!.cells[1]).toMatchObject({
      within: false,
      n: 3,
      leftOut: 0,
      accuracy: 2 / 3,
      meanAccuracy: 0.75,
      confusion: [
        [1, 0, 0],
        [0, 1, 1],
      ],
    });
    expect(renderTable(crossDatabaseTable(result), 'markdown'))
      .toBe(`Tested across databases, %; mean = mean of the recall of each of 2 classes

| model | trained on | lab: accuracy | mean | wild: accuracy | mean |
| --- | --- | ---: | ---: | ---: | ---: |
| A | lab | 50.00† | 66.67† | 66.67 | 75.00 |
| B | wild | 50.00 | 66.67 | 66.67† | 75.00† |

Classes: anger, fear.

Samples: lab 4 (1 with other labels, or none, left out); wild 3.

† Trained on this database.
`);
  });

  it('leaves out what is to be skipped, and tells its progress', async () => {
    const seen: string[] = [];
    const predictors = [listener('A', 'lab', lab.classes), listener('B', 'wild', wild.classes)];
    const result = await crossDatabase(predictors, [lab, wild], {
      skip: (p, test) => p.trainedOn.includes(test.name),
      onProgress: (done, total, what) => seen.push(`${done}/${total} ${what}`),
    });
    expect(result.rows.map(({ cells }) => cells.map((cell) => cell?.n ?? null))).toEqual([
      [null, 3],
      [4, null],
    ]);
    expect(seen).toEqual(['0/2 B on lab', '1/2 A on wild']);
    expect(crossDatabaseTable(result).rows[0]).toEqual(['A', 'lab', '–', '–', '66.67', '75.00']);
  });

  it('needs two classes in common', async () => {
    await expect(crossDatabase([listener('A', 'lab', ['fear', 'awe'])], [lab, wild])).rejects.toThrow(
      'expected two or more classes in common, got fear of lab (anger, contempt, fear, sadness) and wild (neutral, fear, anger)',
    );
    await expect(crossDatabase([], [lab])).rejects.toThrow('expected at least one predictor');
  });
});

describe('crossNetwork', () => {
  /** Pixels of the image are the logits of its three classes. */
  const network = (heads: ModelSpec['heads'], width = 3): LogitsModel => ({
    model: { name: 'pixels', recipe: 'none', heads },
    preprocess: {
      width,
      height: 1,
      channels: 'grey',
      mean: [0],
      std: [1 / 255],
      framing: 'none',
      classes: heads[0]!.classes,
    },
    logits: (x) =>
      Promise.resolve(
        heads.map(() =>
          float32(
            [x.dims[0]!, 3],
            [...(x.data as Float32Array)].filter((_, i) => i % width < 3),
          ),
        ),
      ),
  });
  const head = (trainedOn: string, classes: string[]): ModelSpec['heads'][number] => ({
    kind: 'classes',
    output: trainedOn,
    classes,
    trainedOn,
    temperature: 1,
  });
  const asked: string[] = [];
  const load = (format?: ImageFormat): Promise<Dataset> => {
    asked.push(`${format!.width}`);
    const W = format!.width;
    const rows = [
      [9, 5, 2],
      [1, 2, 8],
      [3, 4, 1],
    ];
    const images = labelledImages({
      images: {
        count: 3,
        height: 1,
        width: W,
        channels: 1,
        pixels: Uint8Array.from(rows.flatMap((row) => Array.from({ length: W }, (_, i) => row[i] ?? 0))),
      },
      classes: ['fear', 'anger', 'contempt'],
      labels: Int32Array.of(1, 0, -1),
      ids: ['a', 'b', 'c'],
    });
    return Promise.resolve({
      name: 'faces',
      classes: images.classes,
      splits: ['train', 'test'],
      loadSplit: (split) => (split === 'test' ? Promise.resolve(images) : Promise.reject(new Error(split))),
    });
  };

  it('takes the head of the dataset, chooses among the shared classes, and loads each format once in a row', async () => {
    const first = network([head('other', ['anger', 'fear', 'awe'])]);
    const second = network([head('other', ['awe', 'fear', 'anger']), head('faces', ['fear', 'awe', 'anger'])], 4);
    const test = await crossImages(load, { width: 3, height: 1, channels: 'grey' });
    const { classes, rows } = await crossDatabase([crossNetwork(first), crossNetwork(second)], [test]);
    expect(classes).toEqual(['fear', 'anger']);
    // first: [9,5,2] is anger, [1,2,8] fear as awe is not shared; second: fear and anger
    expect(rows.map(({ cells }) => cells[0]!.confusion)).toEqual([
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
    ]);
    expect(rows.map(({ cells }) => [cells[0]!.within, cells[0]!.n, cells[0]!.leftOut])).toEqual([
      [false, 2, 1],
      [true, 2, 1],
    ]);
    expect(asked).toEqual(['3', '4']);
  });
});
