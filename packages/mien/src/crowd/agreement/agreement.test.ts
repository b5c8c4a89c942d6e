/**
 * Agreement against statsmodels and slow formulas (golden), published examples, and votes that leave a statistic
 * undefined.
 */
import { readGolden } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { Random } from '../../tensor/random.ts';
import { createVotes, type VoteRow, type Votes } from '../votes.ts';
import { agreement, type ScaleReliability } from './agreement.ts';
import { cohenKappa } from './cohen.ts';
import { quantile } from './estimate.ts';

interface GoldenCase {
  readonly votes: readonly (readonly [number, number, number])[];
  readonly fleissKappa: number;
  readonly krippendorffAlpha: number;
  readonly cronbachAlpha: Readonly<Record<string, number>>;
  readonly icc1k: Readonly<Record<string, number>>;
  readonly pairs: readonly { table: number[]; kappa: number; standardError: number; n: number }[];
  readonly meanKappa: number;
  readonly quartiles: readonly number[];
}

const golden = await readGolden(new URL('./golden/agreement.golden.json', import.meta.url));
const caseOf = (name: string): GoldenCase => golden.document[name] as GoldenCase;

function votesOf(
  rows: readonly (readonly [number | string, number | string, number | string])[],
  classes?: readonly string[],
): Votes {
  const named = rows.map(([task, worker, label]): VoteRow => ({
    task: String(task),
    worker: String(worker),
    label: String(label),
  }));
  return createVotes(named, classes ? { classes } : {});
}

/** [workers][tasks] labels, null = no vote. */
function matrix(rows: readonly (readonly (number | null)[])[]): Votes {
  return votesOf(
    rows.flatMap((row, worker) =>
      row.flatMap((label, task) => (label === null ? [] : [[task, worker, label] as const])),
    ),
  );
}

function expectScale(actual: ScaleReliability, wanted: Readonly<Record<string, number>>): void {
  expect(actual.k).toBeCloseTo(wanted['k']!, 9);
  expect(actual.overall.value).toBeCloseTo(wanted['overall']!, 9);
  for (const [name, estimate] of Object.entries(actual.perClass)) expect(estimate.value).toBeCloseTo(wanted[name]!, 9);
}

describe.each(['complete', 'incomplete'])('%s votes, against the golden file', (name) => {
  const wanted = caseOf(name);
  const result = agreement(votesOf(wanted.votes), { resamples: 200 });

  test('every statistic to 1e-9', () => {
    expect(result.fleissKappa.value).toBeCloseTo(wanted.fleissKappa, 9);
    expect(result.krippendorffAlpha.value).toBeCloseTo(wanted.krippendorffAlpha, 9);
    expectScale(result.cronbachAlpha, wanted.cronbachAlpha);
    expectScale(result.icc1k, wanted.icc1k);
    expect(result.pairwiseKappa.pairs).toBe(wanted.pairs.length);
    expect(result.pairwiseKappa.mean.value).toBeCloseTo(wanted.meanKappa, 9);
    result.pairwiseKappa.quartiles.forEach((q, i) => expect(q).toBeCloseTo(wanted.quartiles[i]!, 9));
  });

  test("each pair's κ and standard error to 1e-9", () => {
    for (const { table, kappa, standardError } of wanted.pairs) {
      const actual = cohenKappa(Int32Array.from(table), 4);
      expect(actual.kappa).toBeCloseTo(kappa, 9);
      expect(actual.standardError).toBeCloseTo(standardError, 9);
    }
  });

  test('intervals hold their value', () => {
    const { overall } = result.cronbachAlpha;
    for (const { value, low, high } of [
      result.fleissKappa,
      result.krippendorffAlpha,
      overall,
      result.icc1k.overall,
      result.pairwiseKappa.mean,
    ]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });
});

describe('published examples', () => {
  test("Krippendorff's reliability data with missing votes: nominal α = 0.743", () => {
    const votes = matrix([
      [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
      [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
    ]);
    expect(agreement(votes, { resamples: 1 }).krippendorffAlpha.value).toBeCloseTo(0.743, 3);
  });

  test("Fleiss' κ of ten tasks with 14 votes: 0.210", () => {
    const table = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    const rows = table.flatMap((counts, task) =>
      counts
        .flatMap((n, label) => Array.from({ length: n }, () => label))
        .map((label, worker) => [task, worker, label] as const),
    );
    expect(agreement(votesOf(rows), { resamples: 1 }).fleissKappa.value).toBeCloseTo(0.209930704422195, 9);
  });

  test("Cohen's κ by hand: 20, 5, 10, 15 gives 0.4", () => {
    // pₒ = 35/50 = 0.7, pₑ = 0.5·0.6 + 0.5·0.4 = 0.5
    expect(cohenKappa(Int32Array.of(20, 5, 10, 15), 2).kappa).toBeCloseTo(0.4, 12);
  });
});

describe('intervals', () => {
  test('the same seed gives the same interval, another seed another; more tasks a narrower one', () => {
    const { votes } = caseOf('incomplete');
    const run = (seed: number, rows = votes) => agreement(votesOf(rows), { resamples: 300, seed }).fleissKappa;
    expect(run(1)).toEqual(run(1));
    expect(run(1).low).not.toBe(run(2).low);
    const fourfold = [0, 1, 2, 3].flatMap((copy) =>
      votes.map(([task, worker, label]) => [task + 1000 * copy, worker, label] as const),
    );
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    // half as wide with four times the tasks
    expect(width(run(1, fourfold)) / width(run(1))).toBeGreaterThan(0.4);
    expect(width(run(1, fourfold)) / width(run(1))).toBeLessThan(0.6);
  });

  test('the linear part of the mean pairwise κ has the spread of κ recomputed on each resample', () => {
    // One pair of workers: the interval must be near κ ± 1.96 standard errors
    const { table, kappa, standardError } = caseOf('complete').pairs[0]!;
    const rows = table
      .flatMap((n, cell) => Array.from({ length: 10 * n }, () => cell))
      .flatMap(
        (cell, task) =>
          [
            [task, 'a', Math.floor(cell / 4)],
            [task, 'b', cell % 4],
          ] as const,
      );
    const { mean } = agreement(votesOf(rows), { resamples: 2000 }).pairwiseKappa;
    expect(mean.value).toBeCloseTo(kappa, 9);
    expect((mean.high - mean.low) / 2).toBeCloseTo((1.96 * standardError) / Math.sqrt(10), 2);
  });

  test('are as wide as when everything is computed anew on each resample', () => {
    const { votes } = caseOf('incomplete');
    const byTask = new Map<number, (readonly [number, number])[]>();
    for (const [task, worker, label] of votes) byTask.set(task, [...(byTask.get(task) ?? []), [worker, label]]);
    const random = new Random(9);
    const widths = (a: ReturnType<typeof agreement>) => [
      a.fleissKappa,
      a.krippendorffAlpha,
      a.cronbachAlpha.overall,
      a.icc1k.overall,
      a.pairwiseKappa.mean,
    ];
    const draws = Array.from({ length: 300 }, () => {
      const drawn = Array.from({ length: byTask.size }, () => random.int(byTask.size));
      const rows = drawn.flatMap((task, copy) =>
        byTask.get(task)!.map(([worker, label]) => [copy, worker, label] as const),
      );
      return widths(agreement(votesOf(rows), { resamples: 1 })).map(({ value }) => value);
    });
    widths(agreement(votesOf(votes), { resamples: 1000 })).forEach(({ low, high }, s) => {
      const sorted = draws.map((values) => values[s]!).sort((a, b) => a - b);
      const ratio = (high - low) / (quantile(sorted, 0.975) - quantile(sorted, 0.025));
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
    });
  });

  test.each([
    [{ resamples: 0 }, 'resamples'],
    [{ level: 1 }, 'level'],
  ])('%j is refused', (options, name) => {
    expect(() => agreement(votesOf([[0, 0, 0]]), options)).toThrow(`agreement: ${name}: expected`);
  });
});

test('neither the order of rows nor the names of tasks and workers change a value', () => {
  const { votes } = caseOf('incomplete');
  const renamed = [...votes]
    .reverse()
    .map(([task, worker, label]) => [`t${(task * 37) % 101}`, `w${9 - worker}`, label] as const);
  const [a, b] = [agreement(votesOf(votes), { resamples: 1 }), agreement(votesOf(renamed), { resamples: 1 })];
  for (const key of ['fleissKappa', 'krippendorffAlpha'] as const) expect(b[key].value).toBeCloseTo(a[key].value, 12);
  for (const key of ['cronbachAlpha', 'icc1k'] as const)
    expect(b[key].overall.value).toBeCloseTo(a[key].overall.value, 12);
  expect(b.pairwiseKappa.mean.value).toBeCloseTo(a.pairwiseKappa.mean.value, 12);
});

describe('undefined statistics are NaN with a sentence', () => {
  const estimatesOf = (votes: Votes) => {
    const a = agreement(votes, { resamples: 20 });
    return {
      fleiss: a.fleissKappa,
      krippendorff: a.krippendorffAlpha,
      cronbach: a.cronbachAlpha.overall,
      icc: a.icc1k.overall,
      pairwise: a.pairwiseKappa.mean,
    };
  };

  test.each([
    [
      'one vote per task',
      votesOf([
        [0, 'a', 0],
        [1, 'b', 1],
        [2, 'a', 1],
      ]),
    ],
    [
      'one worker only',
      votesOf([
        [0, 'a', 0],
        [1, 'a', 1],
      ]),
    ],
    [
      'one class only',
      votesOf([
        [0, 'a', 0],
        [0, 'b', 0],
        [1, 'a', 0],
        [1, 'b', 0],
      ]),
    ],
  ])('%s', (_, votes) => {
    for (const { value, low, high, reason } of Object.values(estimatesOf(votes))) {
      expect([value, low, high]).toEqual([NaN, NaN, NaN]);
      expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('one task: no interval, and no spread between tasks', () => {
    const { fleiss, icc } = estimatesOf(
      votesOf([
        [0, 'a', 0],
        [0, 'b', 0],
        [0, 'c', 1],
      ]),
    );
    // P = 1/3, pₑ = 5/9
    expect(fleiss.value).toBeCloseTo((1 / 3 - 5 / 9) / (4 / 9), 12);
    expect([fleiss.low, fleiss.reason]).toEqual([NaN, 'One task alone has no interval.']);
    expect(icc).toMatchObject({
      value: NaN,
      reason: 'There is one task only, so the spread between tasks is unknown.',
    });
  });

  test('a class that is never voted', () => {
    const votes = votesOf(
      [
        [0, 'a', 'x'],
        [0, 'b', 'x'],
        [1, 'a', 'y'],
        [1, 'b', 'y'],
        [2, 'a', 'x'],
        [2, 'b', 'y'],
      ],
      ['x', 'y', 'z'],
    );
    const { cronbachAlpha, icc1k, fleissKappa } = agreement(votes, { resamples: 20 });
    expect(fleissKappa.value).toBeCloseTo(1 / 3, 12);
    expect(cronbachAlpha.perClass['z']).toMatchObject({
      value: NaN,
      reason: 'No worker gives the class to some tasks and not to others, so nothing varies.',
    });
    expect(icc1k.perClass['z']).toMatchObject({
      value: NaN,
      reason: 'The class has none or all of the votes, so nothing varies.',
    });
  });

  test('a pair that gave one label throughout is left out of the pairs and counted', () => {
    const votes = matrix([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 1],
    ]);
    expect(agreement(votes, { resamples: 20 }).pairwiseKappa).toMatchObject({
      pairs: 2,
      undefinedPairs: 1,
      mean: { value: 0 },
    });
  });
});
