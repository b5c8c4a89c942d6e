/** Records as datasets of images: framing, labels, splits, and the registry's view of a database. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syntheticDatabase, syntheticDefinition, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { rawImage, type RawImage } from '../image/index.ts';
import { writeImage } from '../image/node.ts';
import type { FaceRecord } from './databases/index.ts';
import { imageChunks, loadSamples, readImageAt } from './load-samples.ts';
import { normalizeImages } from './normalize-images.ts';
import type { ImageFormat } from './image-input.ts';
import { databaseAsDataset, databaseDataset, recordDataset, splitsOf } from './record-dataset.ts';
import type { Framing, RecordImagesOptions } from './framing.ts';
import { RecordImages } from './record-images.ts';
import { isStreamed, selectSamples } from './samples.ts';

const SIZE = { width: 10, height: 10, channels: 'grey' } as const;
const TEMPLATE: NonNullable<ImageFormat['template']> = {
  rightEye: [0.3, 0.4],
  leftEye: [0.7, 0.4],
  noseTip: [0.5, 0.6],
  mouthRight: [0.35, 0.8],
  mouthLeft: [0.65, 0.8],
};
/** A photo of 60×40 px with a bright square of 20×20 at (30, 10): the face. */
const PHOTO = rawImage(
  60,
  40,
  1,
  Uint8Array.from({ length: 2400 }, (_, i) => (i % 60 >= 30 && i % 60 < 50 && i / 60 >= 10 && i / 60 < 30 ? 200 : 50)),
);
const BOX = { x: 30, y: 10, width: 20, height: 20 };
/** Where the template puts the five points into that square. */
const FIVE = (['rightEye', 'leftEye', 'noseTip', 'mouthRight', 'mouthLeft'] as const).map(
  (name) => [30 + 20 * TEMPLATE[name][0], 10 + 20 * TEMPLATE[name][1]] as const,
);

const record = (id: string, more: Partial<FaceRecord> = {}): FaceRecord => ({
  id,
  image: { read: () => Promise.resolve(PHOTO) },
  ...more,
});

async function frame(
  face: FaceRecord,
  format: ImageFormat,
  options: RecordImagesOptions = {},
): Promise<{ pixels: Uint8Array; framing: Framing }> {
  let framing: Framing | undefined;
  const { pixels } = await new RecordImages(format, {
    ...options,
    onImage: (_, how) => {
      framing = how;
    },
  }).table([face]);
  return { pixels, framing: framing! };
}

const mean = (pixels: Uint8Array): number => pixels.reduce((sum, v) => sum + v, 0) / pixels.length;

describe('framing', () => {
  const landmarks = (): Promise<Record<number, typeof FIVE>> => Promise.resolve({ 5: FIVE });
  const aligned = { ...SIZE, template: TEMPLATE };

  test.each<[Framing, FaceRecord, ImageFormat, RecordImagesOptions]>([
    ['landmarks', record('a', { landmarks, box: { x: 0, y: 0, width: 5, height: 5 } }), aligned, {}],
    [
      'detected',
      record('a'),
      aligned,
      {
        findFace: () =>
          Promise.resolve({
            rightEye: FIVE[0]!,
            leftEye: FIVE[1]!,
            noseTip: FIVE[2]!,
            mouthRight: FIVE[3]!,
            mouthLeft: FIVE[4]!,
          }),
      },
    ],
    ['landmarks', record('a', { landmarks, box: BOX }), aligned, { align: 'eyes-mouth' }],
    ['box', record('a', { landmarks, box: BOX }), aligned, { align: 'none' }],
    ['box', record('a', { box: BOX }), aligned, { findFace: () => Promise.resolve(undefined) }],
    ['box', record('a', { landmarks, box: BOX }), SIZE, {}],
  ])('by %s: the face fills the frame', async (framing, face, format, options) => {
    const found = await frame(face, format, options);
    expect(found.framing).toBe(framing);
    expect([...new Set(found.pixels)]).toEqual([200]);
  });

  test('a flat box keeps its proportions and its centre', async () => {
    const { pixels } = await frame(record('a', { box: { x: 30, y: 15, width: 20, height: 10 } }), SIZE);
    expect([...new Set(pixels)]).toEqual([200]);
    // twice as wide as high: above and below the bright square it shows 10 px of the photo each
    const wide = await frame(record('a', { box: { x: 20, y: 10, width: 40, height: 20 } }), SIZE);
    expect(mean(wide.pixels)).toBeCloseTo(50 + 150 / 4, 0);
  });

  test('without box or landmarks, the whole image', async () => {
    const { pixels, framing } = await frame(record('a'), { ...aligned });
    expect(framing).toBe('whole');
    expect(mean(pixels)).toBeCloseTo(50 + (150 * 400) / 2400, 0);
  });

  test('grey becomes RGB where that is wanted, and RGB grey', async () => {
    const rgb = await frame(record('a', { box: BOX }), { ...SIZE, channels: 'rgb' });
    expect([rgb.pixels.length, new Set(rgb.pixels)]).toEqual([300, new Set([200])]);
    const red: RawImage = rawImage(
      10,
      10,
      3,
      Uint8Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 255 : 0)),
    );
    const gray = await frame(record('a', { image: { read: () => Promise.resolve(red) } }), SIZE);
    expect([...new Set(gray.pixels)]).toEqual([76]);
  });

  test('keeps pixels where folds share images', async () => {
    let reads = 0;
    const face = record('a', {
      image: {
        read: () => {
          reads++;
          return Promise.resolve(PHOTO);
        },
      },
    });
    for (const [keep, expected] of [
      [true, 1],
      [false, 2],
    ] as const) {
      reads = 0;
      const images = new RecordImages(SIZE, { keep });
      expect((await images.table([face])).pixels).toEqual((await images.table([face])).pixels);
      expect(reads).toBe(expected);
    }
  });

  describe('images of more bytes than the memory given', () => {
    /** Twenty images, each even, of its own brightness. */
    const makeRecords = (): { records: FaceRecord[]; reads: number[] } => {
      const reads: number[] = [];
      const records = Array.from({ length: 20 }, (_, i) =>
        record(`r${i}`, {
          image: {
            read: () => {
              reads.push(i);
              return Promise.resolve(rawImage(10, 10, 1, new Uint8Array(100).fill(i)));
            },
          },
        }),
      );
      return { records, reads };
    };
    const format = { width: 10, height: 10, channels: 'grey' } as const;

    test('are read when they are asked for, and as many kept as fit', async () => {
      const { records, reads } = makeRecords();
      const told: string[] = [];
      const images = new RecordImages(format, { memory: 550, onImage: ({ id }) => told.push(id) });
      const { images: stream } = await images.tables(records);
      if (!isStreamed(stream)) throw new Error('expected images that stream');
      expect([stream.count, reads]).toEqual([20, []]);
      const order = Int32Array.of(7, 3, 7, 19, 0, 1, 2);
      for (let epoch = 0; epoch < 2; epoch++) {
        const pixels = await stream.read(order);
        expect(Array.from(order, (_, i) => pixels[100 * i])).toEqual([...order]);
      }
      // 7, 3, 19, 0 and 1 were the first five; 7 was read by two at once
      expect(reads.slice(7)).toEqual([2]);
      expect([...told].sort()).toEqual(['r0', 'r1', 'r19', 'r2', 'r3', 'r7']);
      expect([...(await images.table(records)).pixels.filter((_, p) => p % 100 === 0)]).toEqual([...records.keys()]);
    });

    test('are a split like any other, but for its images as a whole', async () => {
      const make = (memory: number): ReturnType<typeof recordDataset> =>
        recordDataset(
          'here',
          { name: 'faces', classes: ['neutral'] },
          { test: makeRecords().records.map((own) => ({ ...own, label: 'neutral' })) },
          new RecordImages(format, { memory }),
        );
      const [whole, streamed] = await Promise.all(
        [2000, 1999].map((memory) => make(memory).loadSplit('test', 'evaluate')),
      );
      expect([isStreamed(whole!.imageSource), isStreamed(streamed!.imageSource)]).toEqual([false, true]);
      expect(() => streamed!.images).toThrow('r0: is one of images that stream from disk');
      const rows = Int32Array.of(5, 1, 12);
      const [a, b] = await Promise.all([whole!, streamed!].map((split) => loadSamples(split, rows)));
      expect(a!.images).toEqual(b!.images);
      const selected = selectSamples(streamed!, Int32Array.of(4, 9));
      expect((await loadSamples(selected, Int32Array.of(1))).images.pixels[0]).toBe(9);
      expect((await readImageAt(normalizeImages(streamed!, []).imageSource, 3)).data[0]).toBe(3);
      const seen: number[] = [];
      for await (const { first, table } of imageChunks(streamed!.imageSource, 8)) seen.push(first, table.count);
      expect(seen).toEqual([0, 8, 8, 8, 16, 4]);
    });

    test('give their landmarks beforehand', async () => {
      const face = record('a', { landmarks });
      const wanted = { ...aligned, landmarks: 5 };
      const whole = await new RecordImages(wanted).tables([face, face]);
      const streamed = await new RecordImages(wanted, { memory: 1 }).tables([face, face]);
      expect(isStreamed(streamed.images)).toBe(true);
      expect(streamed.points).toEqual(whole.points);
      expect(whole.points!.values.every(Number.isFinite)).toBe(true);
    });
  });

  test('names the image that cannot be read', async () => {
    await withFiles({ 'bad.png': 'no image' }, async (folder) => {
      const path = join(folder, 'bad.png');
      await expect(frame(record('a', { image: { file: path } }), SIZE)).rejects.toThrow(
        `${path}: is not an image that can be read`,
      );
    });
    await expect(
      frame(record('a#7', { image: { read: () => Promise.reject(new Error('short row')) } }), SIZE),
    ).rejects.toThrow('a#7: cannot be read (short row)');
  });
});

describe('labels', () => {
  const classes = ['happiness', 'sadness'];
  const dataset = (...records: FaceRecord[]) =>
    recordDataset('here', { name: 'faces', classes }, { test: records }, new RecordImages(SIZE)).loadSplit(
      'test',
      'evaluate',
    );

  test('labels outside the classes, and none, are −1; ids stand beside', async () => {
    const images = await dataset(record('a', { label: 'sadness' }), record('b', { label: 'fear' }), record('c'));
    expect([[...images.labels], images.ids, images.labelDistribution, Object.keys(images.targets)]).toEqual([
      [1, -1, -1],
      ['a', 'b', 'c'],
      undefined,
      ['label'],
    ]);
  });

  test('distributions, over the classes; of the label where an image has none', async () => {
    const images = await dataset(
      record('a', { label: 'sadness', labelDistribution: { sadness: 3, happiness: 1, fear: 4 } }),
      record('b', { labelDistribution: { happiness: 2 } }),
      record('c', { label: 'happiness' }),
      record('d', { labelDistribution: { fear: 1 } }),
    );
    expect([...images.labels]).toEqual([1, -1, 0, -1]);
    expect([...images.labelDistribution!]).toEqual([0.25, 0.75, 1, 0, 1, 0, 0, 0]);
  });

  test('a split that is missing is named, with those that are there', async () => {
    await expect(
      recordDataset('here', { name: 'faces', classes }, { test: [] }, new RecordImages(SIZE)).loadSplit(
        'train',
        'train',
      ),
    ).rejects.toThrow('here: has no split "train": expected one of test');
  });
});

describe('a database as a dataset', () => {
  test("has the owners' splits, or all", async () => {
    const database = syntheticDatabase({ people: 5, sequences: 2, frames: 2 });
    const dataset = databaseDataset(database);
    expect([dataset.name, dataset.splits]).toEqual(['synthetic', ['train', 'test']]);
    const { images, ids } = await dataset.loadSplit('test', 'evaluate');
    expect([images.width, images.height, images.channels, images.count, ids[0]]).toEqual([
      48,
      48,
      1,
      8,
      'S000/000/0.png',
    ]);
    expect(await dataset.loadSplit('test', 'train')).toBe(await dataset.loadSplit('test', 'evaluate'));
    const unsplit = { ...database, records: database.records.map(({ split: _split, ...rest }) => rest) };
    expect(Object.keys(splitsOf(unsplit))).toEqual(['all']);
  });

  test('is found by name: loads in a format, and is checked', async () => {
    const definition = databaseAsDataset(syntheticDefinition({ people: 4, sequences: 2, frames: 2 }));
    expect([definition.name, definition.licence]).toEqual(['synthetic', 'none is needed; cite nothing']);
    const { images } = await (
      await definition.load('/x', { width: 12, height: 8, channels: 'rgb' }, { frames: 'all' })
    ).loadSplit('train', 'train');
    expect([images.width, images.height, images.channels]).toEqual([12, 8, 3]);
    expect(await definition.check('/x')).toMatchObject({
      ok: true,
      summary: { counts: { test: { happiness: 2, unlabelled: 2 } } },
    });
    const broken = databaseAsDataset({
      ...syntheticDefinition(),
      index: (root, problem) => {
        problem?.(`${root}/labels.txt:3`, 'is cut off');
        return Promise.resolve({ ...syntheticDatabase(), records: [] });
      },
    });
    expect((await broken.check('/x')).findings).toEqual([
      { severity: 'error', where: '/x/labels.txt:3', message: 'is cut off' },
    ]);
  });

  test('image files are read from the disk', async () => {
    await withFiles({}, async (folder) => {
      await mkdir(join(folder, 'faces'));
      const file = join(folder, 'faces', 'a.png');
      await writeImage(file, PHOTO);
      const { pixels } = await frame(record('faces/a.png', { image: { file }, box: BOX }), SIZE);
      expect([...new Set(pixels)]).toEqual([200]);
    });
  });
});
