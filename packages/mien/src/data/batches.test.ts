import { describe, expect, it, vi } from 'vitest';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { balancedClassWeights, type Batch, type BatchOptions, batchCount, epochBatches, prefetch } from './batches.ts';
import type { LabelledImages } from './dataset.ts';

/** Ten 2×2 images, all pixels of image i equal to i; labels 0 but for the last two, 1 and unlabelled. */
const images: LabelledImages = {
  images: {
    count: 10,
    height: 2,
    width: 2,
    channels: 1,
    pixels: Uint8Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)),
  },
  classes: EXPRESSIONS_7,
  labels: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, -1),
  ids: Array.from({ length: 10 }, (_, i) => String(i)),
  alternatives: { ferplus: { classes: EXPRESSIONS_8, labels: new Int32Array(10).fill(7) } },
};
const preprocess = { width: 2, height: 2, channels: 'grey' as const, mean: [0], std: [1 / 255] };

function batches(change: Partial<BatchOptions> = {}): Batch[] {
  return [...epochBatches({ images, batchSize: 4, seed: 3, epoch: 0, preprocess, ...change })];
}

const rows = (all: readonly Batch[]): number[] => all.flatMap(({ indices }) => [...indices]);

describe('epochBatches', () => {
  it('gives images, labels and targets of the same rows', () => {
    const all = batches({ shuffle: true });
    expect(all.map(({ x }) => x.dims)).toEqual([
      [4, 1, 2, 2],
      [4, 1, 2, 2],
      [2, 1, 2, 2],
    ]);
    for (const { x, labels, target, alternatives, indices } of all) {
      indices.forEach((row, i) => {
        expect([...x.data.subarray(i * 4, i * 4 + 4)].map(Math.round)).toEqual([row, row, row, row]);
        expect(labels[i]).toBe(images.labels[row]);
        expect(target.data.subarray(i * 7, i * 7 + 7).indexOf(1)).toBe(images.labels[row]);
        expect(alternatives['ferplus']!.data.subarray(i * 8, i * 8 + 8).indexOf(1)).toBe(7);
      });
    }
  });

  it('shows each image once an epoch, in an order of that epoch', () => {
    const first = rows(batches({ shuffle: true }));
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rows(batches({ shuffle: true }))).toEqual(first);
    expect(rows(batches({ shuffle: true, epoch: 1 }))).not.toEqual(first);
    expect(rows(batches({ shuffle: true, seed: 4 }))).not.toEqual(first);
    expect(rows(batches())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('cuts larger images: at the centre, or with augmentation at any place', () => {
    // One 4×3 image whose pixel at row y, column x is 10·y + x
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => 10 * Math.floor(i / 3) + (i % 3));
    const larger = {
      ...images,
      images: { count: 1, height: 4, width: 3, channels: 1 as const, pixels },
      labels: Int32Array.of(0),
      ids: ['0'],
    };
    const cropped = { ...preprocess, cropFrom: { width: 3, height: 4 } };
    const cut = (change: Partial<BatchOptions>): number[] =>
      [...batches({ images: larger, preprocess: cropped, ...change })[0]!.x.data].map(Math.round);
    expect(cut({})).toEqual([10, 11, 20, 21]);
    const corners = new Set(Array.from({ length: 40 }, (_, epoch) => cut({ augment: {}, epoch })[0]));
    expect([...corners].sort((a, b) => a! - b!)).toEqual([0, 1, 10, 11, 20, 21]);
    for (let epoch = 0; epoch < 5; epoch++) {
      const [corner] = cut({ augment: {}, epoch });
      expect(cut({ augment: {}, epoch })).toEqual([corner, corner! + 1, corner! + 10, corner! + 11]);
    }
    expect(() => batches({ images: larger })).toThrow('images: expected 2×2×1, got 4×3×1');
  });

  it('continues at any batch with the same numbers', () => {
    const augment = { flip: 0.5, brightness: 0.2, noise: 0.1 };
    const whole = batches({ shuffle: true, augment });
    const rest = batches({ shuffle: true, augment, startBatch: 1 });
    expect(rest).toEqual(whole.slice(1));
    expect(whole[0]!.x.data).not.toEqual(batches({ shuffle: true, augment, epoch: 1 })[0]!.x.data);
  });

  it('augments an image alike in batches of another size', () => {
    const augment = { noise: 0.1 };
    const pixels = (batchSize: number): number[] => batches({ augment, batchSize }).flatMap(({ x }) => [...x.data]);
    expect(pixels(3)).toEqual(pixels(5));
  });

  it('leaves out a last batch that is not full when asked', () => {
    expect(batches({ dropLast: true })).toHaveLength(2);
    expect(batchCount(10, 4, true)).toBe(2);
    expect(batchCount(10, 4)).toBe(3);
  });

  it('takes distributions as targets where the data have them', () => {
    const labelDistribution = new Float32Array(70).fill(1 / 7);
    expect(batches({ images: { ...images, labelDistribution } })[0]!.target.data[3]).toBeCloseTo(1 / 7);
  });

  it('draws by class weight, and never what has no label', () => {
    expect(balancedClassWeights(images)).toEqual([0.5, 0.5, 0, 0, 0, 0, 0]);
    const drawn = Array.from({ length: 200 }, (_, epoch) =>
      batches({ classWeights: balancedClassWeights(images), epoch }),
    ).flat();
    const labels = drawn.flatMap((batch) => [...batch.labels]);
    expect(labels).toHaveLength(2000);
    expect(labels).not.toContain(-1);
    expect(labels.filter((label) => label === 1).length / labels.length).toBeCloseTo(0.5, 1);
    expect(new Set(rows(drawn)).size).toBe(9);
  });

  it('rejects images and options that do not fit', () => {
    expect(() => batches({ preprocess: { ...preprocess, width: 3 } })).toThrow('images: expected 2×3×1, got 2×2×1');
    expect(() => batches({ batchSize: 0 })).toThrow(/batchSize: expected a positive integer, got 0/);
    expect(() => batches({ startBatch: -1 })).toThrow(/startBatch/);
    expect(() => batches({ classWeights: [1] })).toThrow(/classWeights: expected 7 values, got 1/);
    expect(() => batches({ classWeights: [0, 0, 1, 0, 0, 0, 0] })).toThrow(/for a class that occurs/);
    expect(() => batches({ augment: { flip: -1 } })).toThrow(/flip/);
  });
});

describe('prefetch', () => {
  async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  }
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

  it('keeps order and number, whatever the depth', async () => {
    for (const depth of [0, 1, 3, 100])
      expect(await collect(prefetch([1, 2, 3, 4, 5], depth))).toEqual([1, 2, 3, 4, 5]);
    expect(await collect(prefetch([], 2))).toEqual([]);
  });

  it('prepares up to depth items while the consumer waits', async () => {
    let made = 0;
    function* source(): Generator<number> {
      while (made < 10) yield made++;
    }
    const items = prefetch(source(), 2);
    await items.next();
    expect(made).toBe(1);
    // Each item takes a turn of the event loop, and a timer may come before the second one's
    await vi.waitFor(() => expect(made).toBe(3));
    await pause();
    expect(made).toBe(3);
    await items.return();
  });

  it('hands over what was made before an error, then the error', async () => {
    function* source(): Generator<number> {
      yield 1;
      yield 2;
      throw new Error('broken');
    }
    const seen: number[] = [];
    const all = (async () => {
      for await (const item of prefetch(source(), 3)) {
        seen.push(item);
        await pause();
      }
    })();
    await expect(all).rejects.toThrow('broken');
    expect(seen).toEqual([1, 2]);
  });

  it('ends its source when the consumer stops early', async () => {
    let ended = false;
    function* source(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    for await (const item of prefetch(source(), 2)) if (item === 1) break;
    expect(ended).toBe(true);
  });
});
