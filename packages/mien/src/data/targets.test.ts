import { describe, expect, it } from 'vitest';
import { labelledImages, type ValueTable } from './samples.ts';
import { classPrior, classRows, gatherRows, targetOf, valueRows, valuesOf } from './targets.ts';

describe('classPrior', () => {
  it('counts labels, or the mass of distributions', () => {
    const labels = Int32Array.of(0, 0, 1, -1);
    expect(classPrior({ classes: ['a', 'b'], labels })).toEqual([2 / 3, 1 / 3]);
    expect(
      classPrior({ classes: ['a', 'b'], labels, labelDistribution: Float32Array.of(1, 0, 0.5, 0.5, 0.5, 0, 0, 0) }),
    ).toEqual([0.8, 0.2]);
  });
});

describe('classRows', () => {
  const labels = Int32Array.of(1, -1);
  const labelDistribution = Float32Array.of(0.25, 0.75, 0, 0);

  it('are distributions, or labels alone where these are wanted or there is nothing else', () => {
    const labelling = { classes: ['a', 'b'], labels };
    expect([...classRows(labelling).values]).toEqual([0, 1, 0, 0]);
    expect([...classRows({ ...labelling, labelDistribution }).values]).toEqual([0.25, 0.75, 0, 0]);
    expect([...classRows({ ...labelling, labelDistribution }, 'label').values]).toEqual([0, 1, 0, 0]);
  });
});

describe('valueRows', () => {
  const table: ValueTable = {
    kind: 'regression',
    names: ['valence', 'arousal'],
    values: Float32Array.of(0.5, NaN, -1, 1),
  };

  it('are the columns asked for, in that order, with a mask of what is known', () => {
    const { values, mask } = valueRows(table, ['arousal', 'valence'], 'data');
    expect([...values]).toEqual([0, 0.5, 1, -1]);
    expect([...mask!]).toEqual([0, 1, 1, 1]);
    expect([...gatherRows(values, 2, Int32Array.of(1, 1, 0)).data]).toEqual([1, -1, 1, -1, 0, 0.5]);
    expect(() => valueRows(table, ['dominance'], 'data')).toThrow(
      'data: has no values "dominance", expected some of valence',
    );
  });

  it('name what the data lack', () => {
    const samples = labelledImages({
      images: { count: 1, height: 1, width: 1, channels: 1, pixels: new Uint8Array(1) },
      classes: ['a', 'b'],
      labels: Int32Array.of(0),
      ids: ['x'],
      targets: { affect: table },
    });
    expect(() => targetOf(samples, 'units', 'data')).toThrow(
      'data: has no target "units", expected one of label, affect',
    );
    expect(() => valuesOf(samples, 'label', 'data')).toThrow('data: its target "label" is classes, expected numbers');
    expect(() => samples.labellingOf('affect')).toThrow('x: has no classes "affect": the targets are label, affect');
  });
});
