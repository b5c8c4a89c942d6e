import { describe, expect, it } from 'vitest';
import { accuracy, confusionMatrix, meanAccuracy, perClass } from './classification.ts';

describe('hard-label metrics', () => {
  // truth 0 0 0 1 1 2, predicted 0 0 1 1 0 2
  const matrix = confusionMatrix([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 2], 3);

  it('counts truth in rows and predictions in columns', () => {
    expect(matrix).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('gives the values worked by hand', () => {
    expect(accuracy(matrix)).toBeCloseTo(4 / 6, 12);
    expect(meanAccuracy(matrix)).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3, 12);
    expect(perClass(matrix)[0]).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
    expect(perClass(matrix)[1]).toEqual({ precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 });
  });

  it('leaves absent classes out of the mean and reports NaN for them', () => {
    const absent = confusionMatrix([0, 0, 1], [0, 1, 1], 3);
    expect(meanAccuracy(absent)).toBeCloseTo(0.75, 12);
    expect(perClass(absent)[2]).toEqual({ precision: NaN, recall: NaN, f1: NaN, support: 0 });
  });

  it('distinguishes never predicted from never right', () => {
    const [, second] = perClass(confusionMatrix([1, 0], [0, 0], 2));
    expect(second).toEqual({ precision: NaN, recall: 0, f1: 0, support: 1 });
  });

  it('is NaN without samples', () => {
    const empty = confusionMatrix([], [], 2);
    expect(accuracy(empty)).toBeNaN();
    expect(meanAccuracy(empty)).toBeNaN();
  });

  it('rejects lengths that differ and values that are not classes', () => {
    expect(() => confusionMatrix([0, 1], [0], 2)).toThrow(/as many predictions as labels \(2\), got 1/);
    expect(() => confusionMatrix([0, 1], [0, 2], 2)).toThrow(/sample 1: expected classes 0 … 1, got 1 and 2/);
    expect(() => confusionMatrix([-1], [0], 2)).toThrow(/sample 0/);
  });
});
