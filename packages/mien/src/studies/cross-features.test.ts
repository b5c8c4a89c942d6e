import { describe, expect, it } from 'vitest';
import { crossDatabase } from './cross-database.ts';
import { crossFeatures, ownFeatures, type CrossFeatures, type FitFeatures } from './cross-features.ts';

/** One dimension, one value a sample. */
const database = (
  name: string,
  classes: readonly string[],
  samples: readonly (readonly [label: number, value: number])[],
): CrossFeatures => ({
  name,
  classes,
  dimensions: 1,
  labels: Int32Array.from(samples, ([label]) => label),
  features: Float32Array.from(samples, ([, value]) => value),
});

const sizes: number[] = [];
/** The class whose mean is nearest. */
const nearestMean: FitFeatures = (x, _, y, classCount) => {
  sizes.push(y.length);
  const means = Array.from(
    { length: classCount },
    (_, k) => x.filter((_, i) => y[i] === k).reduce((sum, v) => sum + v, 0) / y.filter((label) => label === k).length,
  );
  return (tests) =>
    Array.from(tests, (v) =>
      means.reduce((best, mean, k) => (Math.abs(mean - v) < Math.abs(means[best]! - v) ? k : best), 0),
    );
};

const lab = database(
  'lab',
  ['fear', 'anger', 'contempt'],
  [
    [0, 0],
    [0, 2],
    [1, 10],
    [1, 12],
    [2, 5],
    [-1, 9],
  ],
);
const wild = database(
  'wild',
  ['neutral', 'anger', 'fear'],
  [
    [1, 7],
    [1, 9],
    [1, 5.5],
    [2, 3],
    [2, 6.5],
    [0, 4],
    [2, 1],
    [2, 2],
  ],
);

describe('crossFeatures', () => {
  it('trains on the shared classes of each database, and tests on the others', async () => {
    sizes.length = 0;
    const result = await crossDatabase(crossFeatures([lab, wild], nearestMean), [lab, wild], { skip: ownFeatures });
    expect(result.classes).toEqual(['fear', 'anger']);
    expect(sizes).toEqual([7, 4]); // of wild and of lab
    // means in lab 1 and 11, so that 6 divides; in wild 3.125 and 7.17, so that 5.15 divides
    expect(result.rows.map(({ cells }) => cells.map((cell) => cell?.confusion ?? null))).toEqual([
      [
        null,
        [
          [3, 1, 0],
          [1, 2, 0],
        ],
      ],
      [
        [
          [2, 0, 0],
          [0, 2, 0],
        ],
        null,
      ],
    ]);
    expect(result.rows[0]!.cells[1]).toMatchObject({ n: 7, leftOut: 1, within: false });
  });

  it('trains on as many samples of each as the smallest has', async () => {
    const run = async (seed: number): Promise<unknown> => {
      sizes.length = 0;
      return crossDatabase(crossFeatures([lab, wild], nearestMean, { balance: true, seed }), [lab, wild], {
        skip: ownFeatures,
      });
    };
    expect(await run(1)).toEqual(await run(1));
    expect(sizes).toEqual([4, 4]);
  });

  it('says what it refuses', async () => {
    expect(() => crossFeatures([lab, { ...wild, dimensions: 2 }], nearestMean)).toThrow(
      'expected 1 dimensions in wild as in lab, got 2',
    );
    const narrow = database(
      'narrow',
      ['fear', 'anger'],
      [
        [0, 1],
        [0, 2],
      ],
    );
    await expect(
      crossDatabase(crossFeatures([narrow, wild], nearestMean), [narrow, wild], { skip: ownFeatures }),
    ).rejects.toThrow('narrow: has no sample of anger to train on');
  });
});
