/** Weights, distributions and subsets worked by hand from Li & Deng's (2019) definitions; manifest rows. */
import { describe, expect, test } from 'vitest';
import {
  COMPOUND_EXPRESSIONS,
  compoundOf,
  EXPRESSIONS_7 as E,
  EXPRESSIONS_8,
  type Expression,
  parseLabelCodes,
} from '../labels/index.ts';
import { weightedVotes, workerWeights } from './distribution.ts';
import { nameExpressions } from './expressions.ts';
import type { Inference } from './inference.ts';
import { manifestRows, splitOfTask } from './manifest.ts';
import { methodOf } from './methods/index.ts';
import { partition } from './partition.ts';
import { createVotes } from './votes.ts';

/** g by expression; the others 0. */
const row = (weights: Partial<Record<Expression, number>>, classes: readonly Expression[] = E): number[] =>
  classes.map((name) => weights[name] ?? 0);
const subsetOf = (weights: Partial<Record<Expression, number>>) => partition(Float64Array.from(row(weights)), E)[0];

/** Only what weights depend on. */
const withReliability = (method: 'glad' | 'ds' | 'raf', ...reliability: number[]): Inference =>
  ({ method, reliability: Float64Array.from(reliability) }) as unknown as Inference;

describe('the mean rule', () => {
  test.each([
    // 40 equal votes: the mean is 40/7 = 5.71
    [
      'one class above the mean',
      { happiness: 33, neutral: 5, surprise: 2 },
      { kind: 'single', valid: ['happiness'], label: 'happiness' },
    ],
    ['neutral alone', { neutral: 40 }, { kind: 'single', valid: ['neutral'], label: 'neutral' }],
    [
      'two classes: sadly fearful',
      { sadness: 20, fear: 15, neutral: 5 },
      { kind: 'compound', valid: ['sadness', 'fear'], compound: 'sadly fearful' },
    ],
    [
      'a tie of two is a two-label image',
      { anger: 20, disgust: 20 },
      { kind: 'compound', valid: ['anger', 'disgust'], compound: 'angrily disgusted' },
    ],
    ['neutral and another', { neutral: 20, sadness: 20 }, { kind: 'with-neutral', valid: ['neutral', 'sadness'] }],
    [
      'neutral and two others',
      { neutral: 14, sadness: 14, fear: 12 },
      { kind: 'with-neutral', valid: ['neutral', 'sadness', 'fear'] },
    ],
    [
      'a pair without a name',
      { happiness: 20, sadness: 20 },
      { kind: 'unnamed-pair', valid: ['happiness', 'sadness'] },
    ],
    [
      'three classes',
      { surprise: 14, sadness: 14, fear: 12 },
      { kind: 'three-or-more', valid: ['surprise', 'sadness', 'fear'] },
    ],
    [
      'all equal: none is above the mean',
      { neutral: 0.1, happiness: 0.1, surprise: 0.1, sadness: 0.1, anger: 0.1, disgust: 0.1, fear: 0.1 },
      { kind: 'tie', valid: [] },
    ],
    ['no vote that counts', {}, { kind: 'no-votes', valid: [] }],
    // 7 votes: the mean is 1, and a class equal to it is not valid
    [
      'a class at the mean is not valid',
      { happiness: 6, surprise: 1 },
      { kind: 'single', valid: ['happiness'], label: 'happiness' },
    ],
    ['a single vote', { fear: 0.3 }, { kind: 'single', valid: ['fear'], label: 'fear' }],
  ] as const)('%s', (_, weights, expected) => {
    expect(subsetOf(weights)).toEqual(expected);
  });

  test('contempt counts as a class, and its pairs have no name', () => {
    // the mean is 16/8 = 2: surprise, at 2, is not above it
    expect(
      partition(Float64Array.from(row({ contempt: 8, anger: 6, surprise: 2 }, EXPRESSIONS_8)), EXPRESSIONS_8),
    ).toEqual([{ kind: 'unnamed-pair', valid: ['anger', 'contempt'] }]);
  });

  test('does not depend on the scale of the weights', () => {
    const g = row({ happiness: 5, surprise: 4, neutral: 2 });
    expect(
      partition(
        Float64Array.from(g, (v) => v * 1e-6),
        E,
      ),
    ).toEqual(partition(Float64Array.from(g), E));
  });

  test('refuses values that do not fit the classes', () => {
    expect(() => partition(new Float64Array(6), E)).toThrow('partition: g: expected rows of 7 values, got 6 values');
  });
});

test('the twelve compounds are 12 of the 15 pairs of six basic expressions', () => {
  const six = E.filter((name) => name !== 'neutral');
  const named = six
    .flatMap((a, i) => six.slice(i + 1).map((b) => compoundOf(a, b)))
    .filter((name) => name !== undefined);
  expect(new Set(named)).toEqual(new Set(Object.keys(COMPOUND_EXPRESSIONS)));
  expect(named).toHaveLength(12);
  expect([compoundOf('surprise', 'disgust'), compoundOf('disgust', 'surprise'), compoundOf('fear', 'fear')]).toEqual([
    'disgustedly surprised',
    'disgustedly surprised',
    undefined,
  ]);
});

describe('weights', () => {
  const votes = nameExpressions(
    createVotes([
      { task: 't', worker: 'a', label: 'fear' },
      { task: 't', worker: 'b', label: 'fear' },
      { task: 't', worker: 'c', label: 'sadness' },
      { task: 'u', worker: 'c', label: 'anger' },
      { task: 'u', worker: 'd', label: 'happiness' },
    ]),
    'votes',
  );

  test('g sums the reliability of the voters of each class', () => {
    const { weights, excluded, rule } = workerWeights(votes, withReliability('glad', 1.5, 0.25, 1, -2));
    expect([...weights]).toEqual([1.5, 0.25, 1, 0]);
    expect([...excluded]).toEqual([3]);
    expect(rule).toBe('A worker is excluded whose reliability is at most 0, as by guessing.');
    const g = weightedVotes(votes, weights);
    expect([...g]).toEqual([...row({ fear: 1.75, sadness: 1 }), ...row({ anger: 1 })]);
    // means 2.75/7 and 1/7
    expect(partition(g, votes.classes).map(({ kind: subset }) => subset)).toEqual(['compound', 'single']);
  });

  test('the median rule, and guessing by method', () => {
    // median of 1.5, 0.25, 1, 2 = 1.25: below 0.5 times it is 0.25
    const { excluded, rule } = workerWeights(votes, withReliability('glad', 1.5, 0.25, 1, 2), { excludeBelow: 0.5 });
    expect([...excluded]).toEqual([1]);
    expect(rule).toBe(
      'A worker is excluded whose reliability is at most 0, as by guessing, or below 0.5 times the median of 1.250.',
    );
    expect([...workerWeights(votes, withReliability('ds', 1 / 7, 0.9, 0.1, 0.2)).excluded]).toEqual([0, 2]);
    expect([methodOf('mace').guessing(7), methodOf('one-coin').guessing(4)]).toEqual([0, 0.25]);
    expect(() => workerWeights(votes, withReliability('glad', 1, 1, 1, 1), { excludeBelow: 2 })).toThrow(
      'worker weights: excludeBelow: expected a share from 0 to 1, got 2',
    );
  });

  test.each<[string, number[], number[]]>([
    ['at the bounds', [50, 2, 1, -50], [1, 1, 1 / 1.5, 0]],
    ['of any scale', [100, 4, 2, -1], [1, 1, 2 / 3, 0]],
    ['mostly against the majority', [-3, -2, -1, 40], [0, 0, 0, 1]],
  ])('of raf are bounded by the median worker, α %s', (_, alpha, expected) => {
    const { weights } = workerWeights(votes, withReliability('raf', ...alpha));
    expected.forEach((weight, w) => {
      expect(weights[w]).toBeCloseTo(weight, 12);
    });
  });

  test('a task of excluded voters alone has no row in the manifest', () => {
    const g = weightedVotes(votes, Float64Array.of(1, 1, 0, 0));
    const subsets = partition(g, votes.classes);
    expect(subsets.map(({ kind: subset }) => subset)).toEqual(['single', 'no-votes']);
    const rows = manifestRows(votes, g, subsets, () => true, {
      validation: 0,
      test: 0,
      imageOf: (task) => `${task}.png`,
    });
    expect(rows).toEqual([
      {
        image: 't.png',
        split: 'train',
        label: 'fear',
        distribution: Object.fromEntries(E.map((name) => [name, name === 'fear' ? 1 : 0])),
        task: 't',
      },
    ]);
  });

  test('rows with soft and with hard labels', () => {
    const g = Float64Array.from([...row({ sadness: 20, fear: 15, neutral: 5 }), ...row({ anger: 39, fear: 1 })]);
    const subsets = partition(g, E);
    const soft = manifestRows(votes, g, subsets, () => true);
    expect(soft.map(({ label, compound, distribution }) => [label, compound, distribution!.fear])).toEqual([
      [undefined, 'sadly fearful', 0.375],
      ['anger', undefined, 0.025],
    ]);
    expect(
      manifestRows(votes, g, subsets, () => true, { labels: 'hard' }).map(({ task, label, distribution }) => [
        task,
        label,
        distribution,
      ]),
    ).toEqual([['u', 'anger', undefined]]);
  });
});

describe('splits', () => {
  test('have the wanted shares, and a task keeps its own', () => {
    const names = Array.from({ length: 4000 }, (_, i) => `image-${i}`);
    const count = (split: string) =>
      names.filter((name) => splitOfTask(name, { validation: 0.2, test: 0.1 }) === split).length;
    expect(count('validation') / 4000).toBeCloseTo(0.2, 1);
    expect(count('test') / 4000).toBeCloseTo(0.1, 1);
    expect(names.some((name) => splitOfTask(name, { seed: 1 }) !== splitOfTask(name, { seed: 2 }))).toBe(true);
    expect(() => splitOfTask('a', { validation: 0.5, test: 0.5 })).toThrow(
      'splits: expected shares from 0 that leave some for training',
    );
  });
});

describe('labels become expressions', () => {
  const votes = (...labels: string[]) =>
    createVotes(labels.map((label, i) => ({ task: String(i), worker: 'w', label })));

  test('numbers by codes, names by their synonyms; two names of one expression are one class', () => {
    const raf = nameExpressions(votes('1', '7', '4'), 'votes', parseLabelCodes('raf-db'));
    expect([raf.classes, [...raf.label].map((k) => raf.classes[k])]).toEqual([E, ['surprise', 'neutral', 'happiness']]);
    const own = nameExpressions(votes('happy', 'Joy', 'x'), 'votes', parseLabelCodes('x=contempt, y=fear'));
    expect([own.classes, [...own.label].map((k) => own.classes[k])]).toEqual([
      EXPRESSIONS_8,
      ['happiness', 'happiness', 'contempt'],
    ]);
  });

  test.each([
    [
      () => nameExpressions(votes('1'), 'votes.csv'),
      'votes.csv: label "1" is not an expression, say what its labels mean by label codes',
    ],
    [() => nameExpressions(votes('constructor'), 'votes.csv'), 'votes.csv: label "constructor" is not an expression'],
    [
      () => nameExpressions(votes('8'), 'v', parseLabelCodes('1=fear')),
      'v: label "8" is not an expression, nor one of the label codes 1',
    ],
    [() => parseLabelCodes('1=fear,1=anger'), 'label codes: "1" is given twice'],
    [
      () => parseLabelCodes('fear'),
      'label codes: expected raf-db, fer2013, affectnet, ferplus or LABEL=EXPRESSION,…, got "fear"',
    ],
    [() => parseLabelCodes('1=bored'), 'unknown expression "bored"'],
  ])('%#', (run, message) => {
    expect(run).toThrow(message);
  });
});
