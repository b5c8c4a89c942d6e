import { describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type LabelledImages } from '../data/index.ts';
import type { Answers, SplitAnswers } from './answers.ts';
import { outcomesOf } from './answers.ts';
import { compareModels } from './compare-models.ts';
import { combineAnswers } from './ensemble.ts';

const CLASSES = ['neutral', 'happiness', 'surprise'];
const dataset: Dataset = {
  name: 'one',
  classes: CLASSES,
  splits: ['validation', 'test'],
  loadSplit: () => Promise.reject(new Error('not asked for')),
};

const imagesOf = (labels: readonly number[], prefix = '#'): LabelledImages =>
  labelledImages({
    images: { count: labels.length, height: 1, width: 1, channels: 1, pixels: new Uint8Array(labels.length) },
    classes: CLASSES,
    labels: Int32Array.from(labels),
    ids: labels.map((_, i) => `${prefix}${i}`),
  });
const answersOf = (
  model: string,
  labels: readonly number[],
  rows: readonly (readonly number[])[],
  split = 'test',
): SplitAnswers => {
  const main: Answers = { images: imagesOf(labels), probabilities: Float64Array.from(rows.flat()) };
  return {
    model,
    head: 'out',
    dataset,
    split,
    main,
    values: {},
    labelSets: new Map([['others', main]]),
    unclear: new Map(),
  };
};
const right = (answers: SplitAnswers): boolean[] => [...outcomesOf(answers.main).right];

const A = [
  [0.6, 0.4, 0],
  [0.9, 0.1, 0],
  [0.2, 0.2, 0.6],
];
const B = [
  [0.3, 0.7, 0],
  [0.2, 0.8, 0],
  [0.1, 0.5, 0.4],
];
const C = [
  [0.3, 0.6, 0.1],
  [0.4, 0.6, 0],
  [0.4, 0.3, 0.3],
];
const LABELS = [1, 0, 2];
const members = [A, B, C].map((rows, i) => answersOf('abc'[i]!, LABELS, rows));

describe('combineAnswers', () => {
  it('takes the mean', () => {
    const { answers, weights } = combineAnswers(members, 'mean');
    expect(answers).toMatchObject({ model: 'mean of a, b, c', head: 'out', split: 'test' });
    expect(weights).toBeNull();
    [0.4, 1.7 / 3, 0.1 / 3].forEach((p, k) => expect(answers.main.probabilities[k]).toBeCloseTo(p, 12));
    expect([...answers.labelSets.get('others')!.probabilities]).toEqual([...answers.main.probabilities]);
    expect(right(answers)).toEqual([true, true, true]);
  });

  it('lets the members vote, and the mean break ties', () => {
    const { answers } = combineAnswers(members, 'vote');
    // second image: two votes for happiness against the more confident one for neutral; third: a vote each, surprise
    // has the greatest mean
    expect(outcomesOf(answers.main).predicted).toEqual([1, 1, 2]);
    for (let i = 0; i < 3; i++)
      expect([0, 1, 2].reduce((sum, k) => sum + answers.main.probabilities[3 * i + k]!, 0)).toBeCloseTo(1, 12);
    expect(answers.main.probabilities[3]).toBeCloseTo((1 + 0.5) / 4, 12);
  });

  it('weighs members by their accuracy elsewhere: the worse one is left with less, and can no longer outvote', () => {
    // On the split that chooses, a is always right and the others, who are very sure, never
    const wrong = LABELS.map((label) => [0, 1, 2].map((k) => (k === (label + 1) % 3 ? 0.99 : 0.005)));
    const fitting = [LABELS.map((label) => [0, 1, 2].map((k) => (k === label ? 0.5 : 0.25))), wrong, wrong].map(
      (rows, i) => answersOf('abc'[i]!, LABELS, rows, 'validation'),
    );
    const { answers, weights } = combineAnswers(members, 'weighted', fitting);
    expect(weights).toMatchObject({ weights: [1, 0, 0], fittedOn: 'validation', crossValidated: false });
    expect([...answers.main.probabilities]).toEqual(A.flat());
  });

  it('prefers the plain mean where weights gain nothing', () => {
    expect(combineAnswers(members, 'weighted', members).weights).toMatchObject({
      exponent: 0,
      weights: [1 / 3, 1 / 3, 1 / 3],
    });
  });

  it('cross-validates on the images that are measured: none has a part in its own weights', () => {
    // b is right on one image alone, and there a is not: the weights of that image are chosen without it, so that a
    // decides
    const labels = Array.from({ length: 20 }, () => 0);
    const a = labels.map((_, i) => (i === 7 ? [0.4, 0.6, 0] : [0.6, 0.4, 0]));
    const b = labels.map((_, i) => (i === 7 ? [1, 0, 0] : [0, 1, 0]));
    const { answers, weights } = combineAnswers([answersOf('a', labels, a), answersOf('b', labels, b)], 'weighted');
    expect(weights!.crossValidated).toBe(true);
    expect(right(answers).filter(Boolean)).toHaveLength(19);
    expect(right(answers)[7]).toBe(false);
  });

  it('refuses one member, and members that saw different images', () => {
    expect(() => combineAnswers(members.slice(1, 2), 'mean')).toThrow('ensemble: expected two models or more, got 1');
    expect(() => combineAnswers([members[0]!, answersOf('d', [1, 0, 1], A)], 'mean')).toThrow(
      'expected answers to the same images, got a on one test and d on one test',
    );
  });
});

it('compareModels tests each pair, and tells models of one name apart', () => {
  const pairs = compareModels([members[0]!, members[1]!, answersOf('a', LABELS, C)]);
  expect(pairs.map(({ first, second }) => [first, second])).toEqual([
    ['a (1)', 'b'],
    ['a (1)', 'a (3)'],
    ['b', 'a (3)'],
  ]);
  // a is right on the second and third image, b on the first
  expect(pairs[0]).toMatchObject({ bothRight: 0, onlyFirst: 2, onlySecond: 1, bothWrong: 0, pValue: 1 });
});
