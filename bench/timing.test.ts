import { expect, test } from 'vitest';
import { interleave, median, millisecondsPerRun, MIN_SAMPLE_MS } from './timing.ts';

test('the median is the middle value, or the mean of the two middle ones', () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 10])).toBe(3);
  expect(median([])).toBeNaN();
});

test('sides take turns, forwards and backwards, and warm-up samples are dropped', async () => {
  let calls = 0;
  const side = (): Promise<number> => Promise.resolve(calls++);
  const [a, b] = await interleave([side, side], 3);
  expect(b!.map((at, i) => at - a![i]!)).toEqual([1, -1, 1]);
  expect(a!.map((at) => at - a![0]!)).toEqual([0, 3, 4]);
  expect(a![0]).toBeGreaterThan(0);
});

test('short work is repeated until a sample is long enough', async () => {
  let runs = 0;
  const eachMs = await millisecondsPerRun(() => {
    runs++;
    return new Promise((resolve) => setTimeout(resolve, 5));
  });
  expect(runs).toBeGreaterThan(1);
  expect(eachMs * runs).toBeGreaterThanOrEqual(MIN_SAMPLE_MS);
});
