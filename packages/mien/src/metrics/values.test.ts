import { describe, expect, it } from 'vitest';
import {
  concordance,
  intraclassCorrelation,
  pearsonCorrelation,
  presenceF1,
  rocAuc,
  rootMeanSquaredError,
  signAgreement,
} from './values.ts';

/** By NumPy from the definitions (ICC from the sums of squares, AUC by counting pairs), on the numbers below. */
const EXPECTED = {
  pearson: 0.7669649888473704,
  concordance: 0.7407407407407407,
  rmse: 0.3818813079129867,
  icc: 0.7407407407407407,
  f1: 0.5,
  auc: 0.5625,
};
const truth = [-0.5, 0.25, 0.75, -1, 0, 0.5];
const predicted = [-0.25, 0.5, 0.5, -0.75, 0.25, -0.25];

describe('metrics of numbers', () => {
  it('are those of the definitions', () => {
    expect(pearsonCorrelation(truth, predicted)).toBeCloseTo(EXPECTED.pearson, 12);
    expect(concordance(truth, predicted)).toBeCloseTo(EXPECTED.concordance, 12);
    expect(rootMeanSquaredError(truth, predicted)).toBeCloseTo(EXPECTED.rmse, 12);
    expect(intraclassCorrelation(truth, predicted)).toBeCloseTo(EXPECTED.icc, 12);
    expect(signAgreement(truth, predicted)).toBeCloseTo(4 / 6, 12);
  });

  it('are 1 (or 0) where prediction and target are the same, and fall with a shift that correlation does not see', () => {
    expect([
      concordance(truth, truth),
      intraclassCorrelation(truth, truth),
      rootMeanSquaredError(truth, truth),
    ]).toEqual([1, 1, 0]);
    const shifted = truth.map((v) => v + 1);
    expect(pearsonCorrelation(truth, shifted)).toBeCloseTo(1, 12);
    expect(concordance(truth, shifted)).toBeLessThan(0.5);
  });

  it('are NaN where they are undefined', () => {
    for (const metric of [concordance, pearsonCorrelation, intraclassCorrelation])
      expect(metric([1, 1], [1, 1])).toBeNaN();
    expect(rootMeanSquaredError([], [])).toBeNaN();
    expect(() => concordance([1], [1, 2])).toThrow('concordance: expected as many predictions as targets (1), got 2');
  });
});

describe('metrics of presence', () => {
  it('are those of counting', () => {
    const present = [1, 0, 1, 1, 0, 0, 1, 0];
    const scores = [2, 0.5, 0.5, -1, -2, 1, 0, 0];
    expect(
      presenceF1(
        present,
        scores.map((s) => Number(s > 0)),
      ),
    ).toBeCloseTo(EXPECTED.f1, 12);
    expect(rocAuc(present, scores)).toBeCloseTo(EXPECTED.auc, 12);
  });

  it('are NaN where a kind is absent', () => {
    expect(presenceF1([0, 0], [0, 0])).toBeNaN();
    expect(rocAuc([1, 1], [0, 1])).toBeNaN();
  });
});
