import { describe, expect, it } from 'vitest';
import { coverageCurve, halfErrorThreshold } from './coverage.ts';

describe('coverage', () => {
  const confidences = [0.2, 0.4, 0.6, 0.8];
  const correct = [false, false, true, true];

  it('counts what is answered, and how often that is right', () => {
    expect(coverageCurve(confidences, correct, [0, 0.4, 0.7])).toEqual([
      { threshold: 0, coverage: 1, accuracy: 0.5 },
      { threshold: 0.4, coverage: 0.75, accuracy: 2 / 3 },
      { threshold: 0.7, coverage: 0.25, accuracy: 1 },
    ]);
    expect(coverageCurve(confidences, correct, [0.9])[0]!.accuracy).toBeNaN();
  });

  it('finds where the error is halved', () => {
    expect(halfErrorThreshold(confidences, correct)).toBe(0.41);
    expect(halfErrorThreshold([0.3, 0.9], [true, true])).toBe(0);
    expect(halfErrorThreshold([0.5, 0.5], [true, false])).toBe(1);
  });
});
