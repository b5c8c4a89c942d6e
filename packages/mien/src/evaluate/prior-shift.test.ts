import { describe, expect, it } from 'vitest';
import { Random } from '../tensor/index.ts';
import { fitPriorShift } from './prior-shift.ts';

describe('fitPriorShift', () => {
  /** A rare class whose logit lies `lift` below what would find it half of the time. */
  function imbalanced(lift: number): { logits: number[]; labels: number[]; prior: number[] } {
    const random = new Random(1, 'imbalanced');
    const prior = [0.7, 0.28, 0.02];
    const labels = Array.from({ length: 4000 }, () => {
      const u = random.uniform();
      return u < 0.7 ? 0 : u < 0.98 ? 1 : 2;
    });
    // log-posteriors of classes that differ by 2.5 deviations
    const logits = labels.flatMap((label) =>
      prior.map((p, k) => lift * Math.log(p) + 2.5 * ((k === label ? 2.5 : 0) + random.normal())),
    );
    return { logits, labels, prior };
  }

  it('raises the mean accuracy at little cost, and says what it promises', () => {
    const { logits, labels, prior } = imbalanced(1.5);
    const { tau, shift, crossValidated } = fitPriorShift(logits, labels, prior);
    expect(tau).toBeGreaterThan(0);
    shift.forEach((s, k) => expect(s).toBeCloseTo(-tau * Math.log(prior[k]!), 9));
    const unshifted = fitPriorShift(logits, labels, [1, 1, 1]);
    expect(unshifted.shift.map(Math.abs)).toEqual([0, 0, 0]);
    expect(crossValidated.meanAccuracy).toBeGreaterThan(unshifted.crossValidated.meanAccuracy + 0.02);
    expect(crossValidated.accuracy).toBeGreaterThan(unshifted.crossValidated.accuracy - 0.01);
  });

  it('leaves a class that never occurs in training where it is', () => {
    expect(fitPriorShift([1, 0, 0, 1], [0, 1], [1, 0]).shift[1]).toBe(0);
  });
});
