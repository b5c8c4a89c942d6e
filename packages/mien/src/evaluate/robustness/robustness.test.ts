import { describe, expect, it } from 'vitest';
import {
  labelledImages,
  type Dataset,
  type ImageFormat,
  type ModelSpec,
  type PreprocessSpec,
} from '../../data/index.ts';
import { missingSplit } from '../../data/dataset.ts';
import { FER2013_TEMPLATE } from '../../face/index.ts';
import { rawImage, type RawImage } from '../../image/index.ts';
import { float32, Random, type Tensor } from '../../tensor/index.ts';
import type { LogitsModel } from '../model.ts';
import { conditionsFor } from './conditions.ts';
import { describeRobustness } from './describe.ts';
import { measureRobustness } from './measure.ts';
import { binByYaw } from './yaw.ts';

const SIDE = 32;
const FORMAT: ImageFormat = { width: SIDE, height: SIDE, channels: 'grey', template: FER2013_TEMPLATE };
const image = (value: (x: number, y: number) => number): RawImage =>
  rawImage(
    SIDE,
    SIDE,
    1,
    Uint8Array.from({ length: SIDE * SIDE }, (_, i) => value(i % SIDE, Math.floor(i / SIDE))),
  );
/** Bright at one point of the upper half, as the eyes are. */
const face = image((x, y) => Math.min(255, 60 + 195 * Math.exp(-((x - 10.5) ** 2 + (y - 10.5) ** 2) / 20)));
const distance = (a: RawImage, b: RawImage): number =>
  a.data.reduce((sum, v, i) => sum + Math.abs(v - b.data[i]!), 0) / a.data.length;
const of = (kind: string, format = FORMAT) => conditionsFor(format).filter((c) => c.kind === kind);
const apply = (condition: ReturnType<typeof of>[number], place = 0): RawImage =>
  condition.apply(face, place, new Random(1, 'test'));

describe('conditionsFor', () => {
  it.each(['blur', 'noise', 'darkness', 'contrast', 'rotation', 'shift'])(
    '%s changes the image more at each further strength',
    (kind) => {
      const changed = of(kind).map((c) => distance(apply(c), face));
      expect(changed[0]).toBeGreaterThan(0);
      expect([...changed].sort((a, b) => a - b)).toEqual(changed);
    },
  );

  it("compresses more at each lower quality, and shrinks to sizes below the image's only", () => {
    const jpeg = of('jpeg').map((c) => distance(apply(c), face));
    expect(jpeg.at(-1)).toBeGreaterThan(jpeg[0]!);
    expect(of('size').map((c) => c.strength)).toEqual([24, 16]);
    expect(of('size', { ...FORMAT, width: 100, height: 100 }).map((c) => c.strength)).toEqual([
      96, 64, 48, 40, 32, 24, 16,
    ]);
  });

  it('turns and shifts in directions that alternate', () => {
    const brightest = ({ data }: RawImage): [number, number] => {
      const i = data.indexOf(Math.max(...data));
      return [i % SIDE, Math.floor(i / SIDE)];
    };
    const shift = of('shift').at(-1)!; // 15 % of 32 px
    expect([0, 1, 2, 3].map((place) => brightest(apply(shift, place)))).toEqual(
      [
        [6, 10],
        [10, 6],
        [15, 10],
        [10, 15],
      ].map((p) => p.map((v) => expect.closeTo(v, -0.5) as number)),
    );
    const turn = of('rotation').at(-1)!;
    expect(distance(apply(turn, 0), apply(turn, 1))).toBeGreaterThan(1);
    const [tight] = of('scale').slice(-1);
    expect(brightest(apply(tight!))[0]).toBeLessThan(10); // away from the centre: larger
  });

  it('covers eyes and mouth where a template tells where they are, with the mean', () => {
    expect(of('occlusion').map((c) => c.strength)).toEqual(['eyes', 'mouth', 'left half', 'right half', 'lower half']);
    const { template: _, ...unknown } = FORMAT;
    expect(of('occlusion', unknown).map((c) => c.strength)).toEqual(['left half', 'right half', 'lower half']);
    const [eyes, mouth] = of('occlusion').map((c) => apply(c));
    const mean = face.data.reduce((a, b) => a + b, 0) / face.data.length;
    const at = (chip: RawImage, x: number, y: number): number => chip.data[y * SIDE + x]!;
    expect(at(eyes!, 10, 12)).toBeCloseTo(mean, -0.5);
    expect(at(eyes!, 16, 26)).toBe(at(face, 16, 26));
    expect(at(mouth!, 16, 26)).toBeCloseTo(mean, -0.5);
    expect(at(mouth!, 10, 10)).toBe(at(face, 10, 10));
  });

  it('depends on the seed alone', () => {
    const noise = of('noise')[0]!;
    expect(apply(noise)).toEqual(apply(noise));
    expect(distance(noise.apply(face, 0, new Random(2, 'test')), apply(noise))).toBeGreaterThan(0);
  });
});

const CLASSES = ['neutral', 'happiness'];
const PREPROCESS: PreprocessSpec = {
  width: SIDE,
  height: SIDE,
  channels: 'grey',
  mean: [0],
  std: [1 / 255],
  framing: 'test',
  classes: CLASSES,
};
const HEADS: ModelSpec['heads'] = [
  { kind: 'classes', output: 'brightness', classes: CLASSES, trainedOn: 'one', temperature: 1 },
];
/** Says happiness of images that are brighter than 100 on average. */
const model: LogitsModel = {
  model: { name: 'bright', recipe: 'none', heads: HEADS },
  preprocess: PREPROCESS,
  logits(x: Tensor) {
    const size = SIDE * SIDE;
    const means = Array.from(
      { length: x.dims[0]! },
      (_, i) => (x.data as Float32Array).subarray(i * size, (i + 1) * size).reduce((a, b) => a + b, 0) / size,
    );
    return Promise.resolve([
      float32(
        [means.length, 2],
        means.flatMap((m) => [100, m]),
      ),
    ]);
  },
};
const images = labelledImages({
  images: {
    count: 40,
    height: SIDE,
    width: SIDE,
    channels: 1,
    pixels: Uint8Array.from({ length: 40 * SIDE * SIDE }, (_, i) =>
      Math.floor(i / (SIDE * SIDE)) % 2 === 0 ? 20 : 180,
    ),
  },
  classes: CLASSES,
  labels: Int32Array.from({ length: 40 }, (_, i) => (i >= 38 ? -1 : i % 2)),
  ids: Array.from({ length: 40 }, (_, i) => `#${i}`),
});
const dataset: Dataset = {
  name: 'one',
  classes: CLASSES,
  splits: ['test'],
  loadSplit: (split) =>
    split === 'test' ? Promise.resolve(images) : Promise.reject(missingSplit('one', split, ['test'])),
};

describe('measureRobustness', () => {
  it('finds what a model depends on: light, and nothing else of plain images', async () => {
    const seen: number[] = [];
    const result = await measureRobustness(model, dataset, { onProgress: (done, total) => seen.push(done / total) });
    expect(result).toMatchObject({ model: 'bright', split: 'test', n: 38, of: 38, accuracy: 1, yaw: null });
    const accuracyOf = (kind: string): number[] =>
      result.changes.find((c) => c.kind === kind)!.figures.map((f) => f.accuracy);
    expect(accuracyOf('darkness')).toEqual([1, 0.5, 0.5, 0.5]); // 70 % of 180 is above 100
    for (const kind of ['blur', 'size', 'contrast', 'rotation', 'scale', 'shift', 'occlusion'])
      expect(accuracyOf(kind).every((a) => a === 1)).toBe(true);
    expect(result.changes.find((c) => c.kind === 'darkness')!.figures[1]).toMatchObject({ strength: 50, lost: 0.5 });
    expect(seen.at(-1)).toBe(1);
    expect(describeRobustness(result)).toMatch(
      /^accuracy under changes, all 38 images; without any 100\.00 %\nblur +1\.5: 100\.00 /,
    );
  });

  it('measures on so many images, drawn by the seed, and bins them by yaw', async () => {
    const yaws: (number | undefined)[] = [-5, 25, undefined, 80];
    let i = 0;
    const options = { images: 4, measureYaw: () => Promise.resolve(yaws[i++]) };
    const result = await measureRobustness(model, dataset, options);
    expect(result).toMatchObject({ n: 4, of: 38 });
    expect(result.yaw!.map((bin) => [bin.low, bin.n])).toEqual([
      [0, 1],
      [10, 0],
      [20, 1],
      [30, 0],
      [45, 1],
      [null, 1],
    ]);
    expect(describeRobustness(result)).toContain('yaw         0°–10°: 100.00 of 1  10°–20°: – of 0  ');
  });

  it('refuses a split that is absent or without labels', async () => {
    await expect(measureRobustness(model, dataset, { split: 'train' })).rejects.toThrow('has no split "train"');
    const unlabelled = images.with({
      targets: { label: { classes: CLASSES, labels: new Int32Array(40).fill(-1) } },
    });
    const none = { ...dataset, loadSplit: () => Promise.resolve(unlabelled) };
    await expect(measureRobustness(model, none)).rejects.toThrow('one: its split "test" has no labels');
  });
});

it('binByYaw takes both sides together, an edge to the further bin', () => {
  const bins = binByYaw([0, 10, -10, 90, undefined], [true, true, false, true, false]);
  expect(bins.map((b) => b.n)).toEqual([1, 2, 0, 0, 1, 1]);
  expect(bins[1]!.accuracy).toBe(0.5);
  expect(bins[2]!.accuracy).toBeNaN();
});
