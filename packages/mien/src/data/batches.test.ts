import { describe, expect, it, vi } from 'vitest';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { type Batch, type BatchOptions, batchCount, epochBatches, prefetch, sampleBatches } from './batches.ts';
import { type Images, type ImageTable, labelledImages, Samples } from './samples.ts';

/** Ten 2×2 images, all pixels of image i equal to i; labels 0 but for the last two, 1 and unlabelled. */
const images = labelledImages({
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
  targets: { ferplus: { classes: EXPRESSIONS_8, labels: new Int32Array(10).fill(7) } },
});
const preprocess = { width: 2, height: 2, channels: 'grey' as const, mean: [0], std: [1 / 255] };

function batches(change: Partial<BatchOptions> = {}): Batch[] {
  return [...epochBatches({ samples: images, batchSize: 4, seed: 3, epoch: 0, preprocess, ...change })];
}

const rows = (all: readonly Batch[]): number[] => all.flatMap(({ indices }) => [...indices]);

describe('epochBatches', () => {
  it('gives images, and which rows they are', () => {
    const all = batches({ shuffle: true });
    expect(all.map(({ inputs }) => inputs['x']!.dims)).toEqual([
      [4, 1, 2, 2],
      [4, 1, 2, 2],
      [2, 1, 2, 2],
    ]);
    for (const { inputs, indices } of all) {
      indices.forEach((row, i) => {
        const x = inputs['x']!.data.subarray(i * 4, i * 4 + 4);
        expect([...x].map(Math.round)).toEqual([row, row, row, row]);
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
    const larger = labelledImages({
      images: { count: 1, height: 4, width: 3, channels: 1 as const, pixels },
      classes: EXPRESSIONS_7,
      labels: Int32Array.of(0),
      ids: ['0'],
    });
    const cropped = { ...preprocess, cropFrom: { width: 3, height: 4 } };
    const cut = (change: Partial<BatchOptions>): number[] =>
      [...batches({ samples: larger, preprocess: cropped, ...change })[0]!.inputs['x']!.data].map(Math.round);
    expect(cut({})).toEqual([10, 11, 20, 21]);
    const corners = new Set(Array.from({ length: 40 }, (_, epoch) => cut({ augment: {}, epoch })[0]));
    expect([...corners].sort((a, b) => a! - b!)).toEqual([0, 1, 10, 11, 20, 21]);
    for (let epoch = 0; epoch < 5; epoch++) {
      const [corner] = cut({ augment: {}, epoch });
      expect(cut({ augment: {}, epoch })).toEqual([corner, corner! + 1, corner! + 10, corner! + 11]);
    }
    expect(() => batches({ samples: larger })).toThrow('images: expected 2×2×1, got 4×3×1');
  });

  it('continues at any batch with the same numbers', () => {
    const augment = { flip: 0.5, brightness: 0.2, noise: 0.1 };
    const whole = batches({ shuffle: true, augment });
    const rest = batches({ shuffle: true, augment, startBatch: 1 });
    expect(rest).toEqual(whole.slice(1));
    expect(whole[0]!.inputs['x']!.data).not.toEqual(
      batches({ shuffle: true, augment, epoch: 1 })[0]!.inputs['x']!.data,
    );
  });

  it('augments an image alike in batches of another size', () => {
    const augment = { noise: 0.1 };
    const pixels = (batchSize: number): number[] =>
      batches({ augment, batchSize }).flatMap(({ inputs }) => [...inputs['x']!.data]);
    expect(pixels(3)).toEqual(pixels(5));
  });

  it('leaves out a last batch that is not full when asked', () => {
    expect(batches({ dropLast: true })).toHaveLength(2);
    expect(batchCount(10, 4, true)).toBe(2);
    expect(batchCount(10, 4)).toBe(3);
  });

  it('shows rows in a given order, one drawn twice augmented twice', () => {
    const [batch] = batches({ order: Int32Array.of(3, 3, 5), augment: { noise: 0.5 } });
    expect([...batch!.indices]).toEqual([3, 3, 5]);
    const x = batch!.inputs['x']!.data;
    expect(x.subarray(0, 4)).not.toEqual(x.subarray(4, 8));
  });

  it('rejects images and options that do not fit', () => {
    expect(() => batches({ preprocess: { ...preprocess, width: 3 } })).toThrow('images: expected 2×3×1, got 2×2×1');
    expect(() => batches({ batchSize: 0 })).toThrow(/batchSize: expected a positive integer, got 0/);
    expect(() => batches({ startBatch: -1 })).toThrow(/startBatch/);
    expect(() => batches({ augment: { flip: -1 } })).toThrow(/flip/);
  });
});

describe('several inputs', () => {
  const SIDE = 8;
  const [left, right] = [2, 5]; // columns of two bright pixels that mirror each other
  /** Two frames of an image with two bright pixels, and five landmarks of which the first two are there. */
  const frames = Uint8Array.from({ length: 2 * SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor((i % (SIDE * SIDE)) / SIDE)];
    return y === 3 && x === left ? 255 : y === 3 && x === right ? 128 : 0;
  });
  const table = { count: 2, height: SIDE, width: SIDE, channels: 1 as const, pixels: frames };
  const points = [left + 0.5, 3.5, right + 0.5, 3.5, 4, 5, 3, 7, 5, 7];
  const values = Float32Array.from([...points, ...points]);
  const pointTable = { size: 10, values, width: SIDE, height: SIDE };
  const faces = labelledImages({
    images: table,
    classes: EXPRESSIONS_7,
    labels: Int32Array.of(0, 1),
    ids: ['a', 'b'],
    inputs: {
      landmarks: { kind: 'landmarks', table: pointTable },
      age: { kind: 'vector', table: { size: 1, values: Float32Array.of(7, NaN) } },
    },
  });
  const spec = { width: SIDE, height: SIDE, channels: 'grey' as const, mean: [0], std: [1] };
  const inputs = { landmarks: { kind: 'landmarks', points: 5 }, x: { kind: 'image' } } as const;
  const first = (samples: Samples, change: Partial<BatchOptions>): Batch =>
    epochBatches({ samples, batchSize: 1, seed: 3, epoch: 0, preprocess: spec, ...change }).next().value as Batch;

  it('moves landmarks with their image: the first point stays on the bright pixel', () => {
    let turned = 0;
    for (let epoch = 0; epoch < 30; epoch++) {
      const { inputs: made } = first(faces, { inputs, epoch, augment: { flip: 0.5, shift: 0.2 } });
      const x = made['x']!.data;
      const [u, v] = [...made['landmarks']!.data].map((value) => (value + 0.5) * SIDE - 0.5) as [number, number];
      // The brighter pixel is the subject's right eye in the photo, and its left eye in the mirror
      const brightest = x.indexOf(Math.max(...x));
      const [bx, by] = [brightest % SIDE, Math.floor(brightest / SIDE)];
      const isTurned = Math.abs(u - bx) > 1;
      turned += Number(isTurned);
      const [pu, pv] = isTurned
        ? ([...made['landmarks']!.data].slice(2, 4).map((value) => (value + 0.5) * SIDE - 0.5) as [number, number])
        : [u, v];
      expect(Math.hypot(pu - bx, pv - by)).toBeLessThan(0.75);
    }
    expect(turned).toBeGreaterThan(5);
    expect(turned).toBeLessThan(25);
  });

  it('are not changed by the order in which they are named, nor by another crop of the image', () => {
    const cropped = { ...spec, width: 6, height: 6, cropFrom: { width: SIDE, height: SIDE } };
    const of = (order: typeof inputs | object): Batch =>
      first(faces, { inputs: order as typeof inputs, preprocess: cropped, augment: {} });
    const a = of(inputs);
    const b = of({ x: inputs.x, landmarks: inputs.landmarks });
    expect(a.inputs['landmarks']).toEqual(b.inputs['landmarks']);
    expect(a.inputs['x']).toEqual(b.inputs['x']);
    const brightest = a.inputs['x']!.data.indexOf(Math.max(...a.inputs['x']!.data));
    expect((a.inputs['landmarks']!.data[0]! + 0.5) * 6 - 0.5).toBeCloseTo(brightest % 6, 5);
  });

  it('name the sample that lacks one', () => {
    const age = { kind: 'vector', source: 'age', size: 1 } as const;
    expect(first(faces, { inputs: { x: age } }).inputs['x']!.data).toEqual(Float32Array.of(7));
    const both = (): Batch[] => [
      ...epochBatches({ samples: faces, inputs: { x: age }, batchSize: 2, seed: 0, epoch: 0, preprocess: spec }),
    ];
    expect(both).toThrow('b: has no "age"');
    expect(() => first(faces, { inputs: { x: { kind: 'clip', rule: { kind: 'last', frames: 2 } } } })).toThrow(
      'a: has no clip, which the input "x" is made of: the samples have image, landmarks, age',
    );
    expect(() => first(faces, { inputs: { x: { kind: 'landmarks', points: 68 } } })).toThrow(
      'expected 68 points, got 5',
    );
    values[10] = NaN;
    expect(() => first(faces, { inputs, order: Int32Array.of(1) })).toThrow('b: has no 5 landmarks');
    values[10] = left + 0.5;
  });

  it('make clips of different lengths, augmented alike in each frame, with what is missing 0', () => {
    const rule = { kind: 'even', frames: 3 } as const;
    const rows = [Int32Array.of(0, 1), Int32Array.of(1, 0, 1)];
    const clips = new Samples({
      ids: ['a', 'b'],
      inputs: { clip: { kind: 'clip', frames: table, rows }, track: { kind: 'track', steps: pointTable, rows } },
      targets: {},
    });
    const declared = {
      x: { kind: 'clip', rule },
      frames: { kind: 'length', of: 'x' },
      points: { kind: 'track', points: 5, rule },
    } as const;
    const augment = { flip: 0.5, shift: 0.3, noise: 0.2, brightness: 0.2 };
    const [batch] = [
      ...epochBatches({ samples: clips, inputs: declared, batchSize: 2, seed: 3, epoch: 1, preprocess: spec, augment }),
    ];
    const { x, frames: lengths, points: track } = batch!.inputs;
    expect([x!.dims, lengths!.dims, track!.dims]).toEqual([[2, 1, 3, SIDE, SIDE], [2], [2, 3, 10]]);
    expect([...lengths!.data]).toEqual([2, 3]);
    const frame = (i: number, t: number): number[] => [...x!.data.subarray((3 * i + t) * 64, (3 * i + t + 1) * 64)];
    // Both frames of the table are the same picture
    expect(frame(0, 0)).toEqual(frame(0, 1));
    expect(frame(1, 0)).toEqual(frame(1, 2));
    expect(frame(0, 0)).not.toEqual(frame(1, 0));
    expect(frame(0, 2).every((value) => value === 0)).toBe(true);
    expect(track!.data.subarray(0, 10)).toEqual(track!.data.subarray(10, 20));
    const short = { ...declared, x: { kind: 'clip', rule: { kind: 'last', frames: 2 } } } as const;
    expect(() => first(clips, { inputs: short, order: Int32Array.of(1) })).toThrow('expected at most 2 frames, got 3');
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

describe('sampleBatches', () => {
  /** The same images, read when they are asked for. */
  const streamOf = (
    { pixels, ...format }: ImageTable,
    onRead: (rows: Int32Array) => void = () => undefined,
  ): Images => ({
    ...format,
    read: async (rows) => {
      onRead(rows);
      await new Promise(setImmediate);
      const size = format.height * format.width * format.channels;
      return Uint8Array.from(
        rows.length === 0 ? [] : [...rows].flatMap((r) => [...pixels.subarray(r * size, (r + 1) * size)]),
      );
    },
  });
  const table: ImageTable = {
    count: 11,
    height: 6,
    width: 6,
    channels: 1,
    pixels: Uint8Array.from({ length: 11 * 36 }, (_, i) => (i * 37) % 251),
  };
  const stills = (images: Images): Samples =>
    labelledImages({
      images,
      classes: EXPRESSIONS_7,
      labels: new Int32Array(11),
      ids: Array.from({ length: 11 }, (_, i) => `${i}`),
    });
  const clips = (frames: Images): Samples =>
    new Samples({
      ids: ['a', 'b', 'c'],
      inputs: { clip: { kind: 'clip', frames, rows: [Int32Array.of(2, 3), Int32Array.of(9), Int32Array.of(3, 10)] } },
      targets: {},
    });
  const spec = {
    width: 4,
    height: 4,
    cropFrom: { width: 6, height: 6 },
    channels: 'grey' as const,
    mean: [0.5],
    std: [0.5],
  };
  const CASES: [string, (images: Images) => Samples, Partial<BatchOptions>][] = [
    ['images', stills, { batchSize: 4, shuffle: true }],
    ['images of another order', stills, { batchSize: 3, order: Int32Array.of(4, 4, 0, 10, 2), dropLast: true }],
    [
      'augmented images',
      stills,
      { batchSize: 4, shuffle: true, augment: { flip: 0.5, shift: 0.2, brightness: 0.3 }, startBatch: 1 },
    ],
    [
      'clips',
      clips,
      { batchSize: 2, inputs: { x: { kind: 'clip', rule: { kind: 'last', frames: 2 } } }, augment: { flip: 0.5 } },
    ],
  ];

  it.each(CASES)('%s from disk are what they are in memory', async (_, samplesOf, more) => {
    const options = { batchSize: 2, seed: 5, epoch: 2, preprocess: spec, ...more };
    const expected = [...epochBatches({ ...options, samples: samplesOf(table) })];
    for (const ahead of [1, 3]) {
      const found: Batch[] = [];
      for await (const batch of sampleBatches({ ...options, samples: samplesOf(streamOf(table)) }, ahead))
        found.push(batch);
      expect(found).toEqual(expected);
    }
    const found: Batch[] = [];
    for await (const batch of sampleBatches({ ...options, samples: samplesOf(table) })) found.push(batch);
    expect(found).toEqual(expected);
  });

  it('reads as far ahead as it is told, one batch after another', async () => {
    const read: number[][] = [];
    const samples = stills(streamOf(table, (rows) => read.push([...rows])));
    const options = { samples, batchSize: 2, seed: 1, epoch: 0, preprocess: spec };
    const batches = sampleBatches(options, 2);
    await batches.next();
    await vi.waitFor(() =>
      expect(read).toEqual([
        [0, 1],
        [2, 3],
        [4, 5],
      ]),
    );
    await batches.return();
  });

  it('names the image that cannot be read, and nothing else is told when the consumer stops early', async () => {
    const broken: Images = {
      count: 11,
      height: 6,
      width: 6,
      channels: 1,
      read: (rows) =>
        rows[0]! > 3 ? Promise.reject(new Error(`row ${rows[0]}`)) : Promise.resolve(new Uint8Array(rows.length * 36)),
    };
    const options = { samples: stills(broken), batchSize: 2, seed: 1, epoch: 0, preprocess: spec };
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { indices } of sampleBatches(options, 3)) seen.push(...indices);
      })(),
    ).rejects.toThrow('row 4');
    expect(seen).toEqual([0, 1, 2, 3]);
    for await (const { indices } of sampleBatches(options, 3)) if (indices[0] === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 5)); // an unhandled rejection would end the test
  });

  it('refuses what streams where batches are made at once', () => {
    expect(() => [
      ...epochBatches({ samples: stills(streamOf(table)), batchSize: 2, seed: 1, epoch: 0, preprocess: spec }),
    ]).toThrow('stream from disk, take sampleBatches');
  });
});
