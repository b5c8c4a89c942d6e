/** Maps worked out by hand, with classifiers that look at one pixel. */
import { describe, expect, test } from 'vitest';
import { float32 } from '../tensor/index.ts';
import { type Classify, coverWindows, evenCorners, occlude, occlusionFill, sparsity } from './occlusion.ts';

/** p_0 = the pixel at (row, column) of channel 0, p_1 = 1 − p_0. */
function looksAt(row: number, column: number, batches: number[] = []): Classify {
  return (x) => {
    const [count, channels, height, width] = x.dims as [number, number, number, number];
    batches.push(count);
    const pixels = Array.from(
      { length: count },
      (_, i) => x.data[i * channels * height * width + row * width + column]!,
    );
    return Promise.resolve(pixels.flatMap((p) => [p, 1 - p]));
  };
}

describe('occlude', () => {
  // 4×4, window 2, stride 2: four windows that do not overlap
  const image = float32([1, 1, 4, 4], new Array<number>(16).fill(0.75));

  test('marks the one window that holds the pixel', async () => {
    const { maps, classIndex, probabilities, windowCount } = await occlude(image, looksAt(0, 3), {
      fill: [0],
      window: 2,
      stride: 2,
    });
    expect([classIndex, probabilities, windowCount]).toEqual([0, [0.75, 0.25], 4]);
    expect([...maps.flip]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...maps.drop]).toEqual([0, 0, 0.75, 0.75, 0, 0, 0.75, 0.75, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('averages over the windows that cover a pixel', async () => {
    // 1-D in effect: 2×3, window 2, stride 1 → windows at columns 0 and 1; the classifier looks at column 0
    const { maps } = await occlude(float32([1, 1, 2, 3], [1, 1, 1, 1, 1, 1]), looksAt(0, 0), {
      fill: [0],
      window: 2,
      stride: 1,
    });
    expect([...maps.flip]).toEqual([1, 0.5, 0, 1, 0.5, 0]);
  });

  test('covers the right and lower edge where the stride does not divide the side', async () => {
    // 5×5, window 2, stride 2: windows at 0, 2 and, flush with the edge, 3
    const x = float32([1, 1, 5, 5], new Array<number>(25).fill(1));
    const { maps, windowCount } = await occlude(x, looksAt(4, 4), { fill: [0], window: 2, stride: 2 });
    expect(windowCount).toBe(9);
    expect([maps.flip[24], maps.flip[18], maps.flip[12]]).toEqual([1, 0.25, 0]);
  });

  test('a stride above the window leaves gaps without a value', async () => {
    const x = float32([1, 1, 1, 5], [1, 1, 1, 1, 1]);
    const { maps } = await occlude(x, looksAt(0, 0), { fill: [0], window: 1, stride: 4 });
    expect([...maps.drop]).toEqual([1, NaN, NaN, NaN, 0]);
  });

  test('explains the class that is asked for', async () => {
    const { maps, classIndex } = await occlude(image, looksAt(0, 3), {
      fill: [0],
      window: 2,
      stride: 2,
      classIndex: 1,
    });
    expect(classIndex).toBe(1);
    // the decision is class 0, so each window but the one that covers the pixel gives a wrong decision
    expect([maps.flip[0], maps.flip[3]]).toEqual([1, 0]);
    expect([maps.drop[0], maps.drop[3]]).toEqual([0, -0.75]);
  });

  test('fills each channel with its own value', async () => {
    const seen: number[][] = [];
    await occlude(
      float32([1, 2, 1, 1], [5, 6]),
      (x) => {
        seen.push([...x.data]);
        return Promise.resolve([1]);
      },
      { fill: [-1, -2], window: 1 },
    );
    expect(seen).toEqual([
      [5, 6],
      [-1, -2],
    ]);
  });

  test('classifies in batches, with the default window and stride', async () => {
    const batches: number[] = [];
    const x = float32([1, 1, 16, 16], new Array<number>(256).fill(1));
    const { window, stride, windowCount } = await occlude(x, looksAt(0, 0, batches), { fill: [0], batchSize: 100 });
    expect([window, stride, windowCount]).toEqual([4, 1, 169]);
    expect(batches).toEqual([1, 100, 69]);
  });

  test.each([
    [{ window: 5 }, 'occlude: window: expected a whole number from 1 to 4 (the image is 4×4), got 5'],
    [{ window: 1.5 }, 'window'],
    [{ stride: 0 }, 'occlude: stride: expected a whole number from 1, got 0'],
    [{ classIndex: 2 }, 'occlude: classIndex: expected 0 … 1, got 2'],
    [{ fill: [0, 0] }, 'occlude: fill: expected 1 values, one a channel, got 2'],
  ])('rejects %o', async (options, message) => {
    await expect(occlude(image, looksAt(0, 0), { fill: [0], ...options })).rejects.toThrow(message);
  });

  test('rejects a batch', async () => {
    await expect(occlude(float32([2, 1, 1, 1], [0, 0]), looksAt(0, 0), { fill: [0] })).rejects.toThrow(
      'expected [1,C,H,W], got [2,1,1,1]',
    );
  });
});

test('occlusionFill gives black and mean grey in normalised units', () => {
  const spec = { mean: [0.5, 0.25], std: [0.25, 0.5] };
  expect(occlusionFill('zero', spec)).toEqual([-2, -0.5]);
  expect(occlusionFill('mean', spec)).toEqual([0, 0]);
});

describe('covered copies', () => {
  test('covers one window in each copy, and leaves the rest', () => {
    const x = float32([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const copies = coverWindows(
      x,
      [
        { top: 0, left: 1 },
        { top: 1, left: 0 },
      ],
      1,
      [0, -1],
    );
    expect([copies.dims, [...copies.data]]).toEqual([
      [2, 2, 2, 2],
      [1, 0, 3, 4, 5, -1, 7, 8, 1, 2, 0, 4, 5, 6, -1, 8],
    ]);
  });

  test('lies evenly from edge to edge, one in the middle', () => {
    expect(evenCorners({ width: 9, height: 5 }, 3, 2)).toEqual([
      { top: 0, left: 0 },
      { top: 0, left: 6 },
      { top: 2, left: 0 },
      { top: 2, left: 6 },
    ]);
    expect(evenCorners({ width: 9, height: 5 }, 3, 1)).toEqual([{ top: 1, left: 3 }]);
  });
});

describe('sparsity', () => {
  test('is 0 where all pixels matter alike, 1 where one does, between where some do', () => {
    expect(sparsity([2, 2, 2, 2])).toBeCloseTo(0, 12);
    expect(sparsity([0, 0, 5, 0])).toBeCloseTo(1, 12);
    // (2 − 2/√2)/(2 − 1)
    expect(sparsity([1, 1, -7, 0])).toBeCloseTo(2 - Math.SQRT2, 12);
    expect(sparsity([1, 1, -7, 0, NaN])).toBeCloseTo(2 - Math.SQRT2, 12);
    expect(sparsity([0, -1])).toBeNaN();
  });
});
