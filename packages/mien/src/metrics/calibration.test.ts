import { describe, expect, it } from 'vitest';
import { Random } from '../tensor/index.ts';
import { brier, expectedCalibrationError, fitTemperature, negativeLogLikelihood, softmaxRows } from './calibration.ts';

describe('expectedCalibrationError', () => {
  it('is the mean gap between confidence and accuracy', () => {
    // confidences 0.9 (right), 0.9 (wrong), 0.6 (right): bin of 0.9: |1/2 − 0.9|·2/3, bin of 0.6: |1 − 0.6|·1/3
    const probabilities = [0.9, 0.1, 0.9, 0.1, 0.4, 0.6];
    expect(expectedCalibrationError(probabilities, [0, 1, 1], 10)).toBeCloseTo((0.4 * 2) / 3 + 0.4 / 3, 12);
  });

  it('lets gaps of one bin cancel, and those of different bins not', () => {
    const probabilities = [0.52, 0.48, 0.98, 0.02];
    expect(expectedCalibrationError(probabilities, [0, 1], 1)).toBeCloseTo(0.25, 12); // |0.48 − 0.98|/2
    expect(expectedCalibrationError(probabilities, [0, 1], 15)).toBeCloseTo((0.48 + 0.98) / 2, 12);
  });

  it('puts an edge into the lower bin and 1 into the last', () => {
    // edges of 2 bins: 0.5 belongs to the lower, so that the gaps +0.5 and −1 do not cancel
    expect(expectedCalibrationError([0.5, 0.5, 1, 0], [0, 1], 2)).toBeCloseTo(0.75, 12);
  });

  it('is 0 for sure and right predictions, NaN without samples', () => {
    expect(expectedCalibrationError([1, 0, 0, 1], [0, 1])).toBe(0);
    expect(expectedCalibrationError([], [])).toBeNaN();
  });
});

describe('scores of probabilities', () => {
  it('gives the values worked by hand', () => {
    expect(negativeLogLikelihood([0.5, 0.5, 0.25, 0.75], [0, 1])).toBeCloseTo((Math.log(2) + Math.log(4 / 3)) / 2, 12);
    expect(brier([0.5, 0.5, 0.25, 0.75], [0, 1])).toBeCloseTo((0.5 + 0.125) / 2, 12);
    expect(brier([1, 0], [1])).toBe(2);
  });

  it('is infinite for a label ruled out, NaN without samples', () => {
    expect(negativeLogLikelihood([1, 0], [1])).toBe(Infinity);
    expect(negativeLogLikelihood([], [])).toBeNaN();
    expect(brier([], [])).toBeNaN();
  });

  it('rejects labels that are not classes and rows that are not whole', () => {
    expect(() => brier([0.5, 0.5], [2])).toThrow(/labels: expected classes 0 … 1, got 2 at 0/);
    expect(() => negativeLogLikelihood([0.5, 0.5, 1], [0, 1])).toThrow(/2 rows of equal length, got 3 values/);
  });
});

describe('softmaxRows', () => {
  it('survives large logits and divides by the temperature', () => {
    expect(Array.from(softmaxRows([1000, 1000, -1000, 1000], 2))).toEqual([0.5, 0.5, 0, 1]);
    expect(softmaxRows([Math.log(9), 0], 2, 2)[0]).toBeCloseTo(0.75, 12); // √9 : 1
  });
});

describe('fitTemperature', () => {
  it('finds the closed form for two classes of one confidence', () => {
    // three of four right at logits ±z: softmax must give 0.75, so z/T = ln 3
    const logits = [2, 0, 2, 0, 2, 0, 2, 0];
    expect(fitTemperature(logits, [0, 0, 0, 1])).toBeCloseTo(2 / Math.log(3), 5);
  });

  it('recovers the temperature that labels were drawn with', () => {
    const random = new Random(7, 'calibration');
    const K = 3;
    const logits = Float64Array.from({ length: 4000 * K }, () => 3 * random.normal());
    const probabilities = softmaxRows(logits, K, 2.5);
    const labels = Array.from({ length: 4000 }, (_, i) => {
      let rest = random.uniform();
      for (let k = 0; k < K - 1; k++) if ((rest -= probabilities[i * K + k]!) < 0) return k;
      return K - 1;
    });
    expect(Math.abs(fitTemperature(logits, labels) - 2.5)).toBeLessThan(0.15);
  });

  it('stays finite when every sample is right, and is NaN without samples', () => {
    expect(fitTemperature([1, 0], [0])).toBeCloseTo(0.05, 4);
    expect(fitTemperature([], [])).toBeNaN();
  });
});
