/** What every method must do, whatever the votes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createVotes,
  infer,
  METHOD_NAMES,
  simulateVotes,
  type Inference,
  type MethodName,
  type VoteRow,
  type Votes,
} from '../index.ts';

/** Small problems: up to 8 tasks, 6 workers, 4 classes, any votes of them, at least one. */
const problem = fc
  .record({
    K: fc.integer({ min: 2, max: 4 }),
    cells: fc.array(
      fc.record({
        t: fc.integer({ min: 0, max: 7 }),
        w: fc.integer({ min: 0, max: 5 }),
        l: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ K, cells }) => ({
    classes: Array.from({ length: K }, (_, k) => `c${k}`),
    rows: cells.map(({ t, w, l }): VoteRow => ({ task: `t${t}`, worker: `w${w}`, label: `c${l % K}` })),
  }));
type Problem = { readonly classes: string[]; readonly rows: VoteRow[] };
const votesOf = ({ classes, rows }: Problem): Votes => createVotes(rows, { classes, duplicates: 'first' });

/** Every number of a result is finite, rows of probabilities sum to 1, labels are classes, the trace never falls. */
function expectSound(votes: Votes, result: Inference): void {
  const [T, K] = [votes.tasks.length, votes.classes.length];
  for (const [key, value] of Object.entries(result)) {
    if (typeof value === 'number') expect(value, key).toSatisfy(Number.isFinite);
    if (ArrayBuffer.isView(value))
      expect(
        (value as Float64Array).every((x) => Number.isFinite(x)),
        key,
      ).toBe(true);
  }
  expect(result.posterior.length).toBe(T * K);
  expect(result.reliability.length).toBe(votes.workers.length);
  for (let t = 0; t < T; t++) {
    const row = result.posterior.subarray(t * K, (t + 1) * K);
    expect(row.every((p) => p >= 0)).toBe(true);
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(Math.max(...row) - row[result.labels[t]!]!).toBeLessThan(1e-11);
  }
  for (let i = 1; i < result.trace.length; i++) expect(result.trace[i]!).toBeGreaterThanOrEqual(result.trace[i - 1]!);
  expect(result.trace.at(-1)).toBe(result.penalizedLogLikelihood);
}

const grid = (T: number, W: number, label: (t: number, w: number) => string): VoteRow[] =>
  Array.from({ length: T * W }, (_, i) => ({
    task: `${i % T}`,
    worker: `w${Math.floor(i / T)}`,
    label: label(i % T, Math.floor(i / T)),
  }));

describe.each(METHOD_NAMES)('%s', (method: MethodName) => {
  it('is sound on 200 random problems', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const votes = votesOf(p);
        expectSound(votes, infer(votes, method, { maxIterations: 50 }));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('gives the same to the last bit for any order of rows and any names', () => {
    fc.assert(
      fc.property(problem, fc.infiniteStream(fc.nat()), (p, stream) => {
        const draw = (): number => stream.next().value;
        const kept = new Map(p.rows.map((row) => [`${row.task} ${row.worker}`, row])); // one vote a pair: which of two counts depends on order
        const rows = [...kept.values()];
        const rename = (prefix: string): ((name: string) => string) => {
          const names = new Map<string, string>();
          return (name) => names.get(name) ?? (names.set(name, `${prefix}${draw() % 1000}-${name}`), names.get(name)!);
        };
        const [task, worker] = [rename('T'), rename('W')];
        const shuffled = rows
          .map((row) => ({ row, key: draw() }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => ({ ...row, task: task(row.task), worker: worker(row.worker) }));
        const before = votesOf({ classes: p.classes, rows });
        const after = votesOf({ classes: p.classes, rows: shuffled });
        const options = {
          maxIterations: 20,
          ...(draw() % 2 === 0 && method !== 'glad' && method !== 'raf' ? { smoothing: 0.1 } : {}),
        };
        const [a, b] = [infer(before, method, options), infer(after, method, options)];
        expect(b.penalizedLogLikelihood).toBe(a.penalizedLogLikelihood);
        expect(b.iterations).toBe(a.iterations);
        const K = p.classes.length;
        before.tasks.forEach((name, t) => {
          const other = after.tasks.indexOf(task(name));
          expect(b.labels[other]).toBe(a.labels[t]);
          expect(Array.from(b.posterior.subarray(other * K, other * K + K))).toEqual(
            Array.from(a.posterior.subarray(t * K, t * K + K)),
          );
        });
        before.workers.forEach((name, w) => {
          expect(b.reliability[after.workers.indexOf(worker(name))]).toBe(a.reliability[w]);
        });
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it.each<[string, VoteRow[], string[]]>([
    ['unanimous votes', grid(20, 5, (t) => `${t % 3}`), ['0', '1', '2']],
    ['one class only', grid(5, 4, () => '0'), ['0']],
    ['a class never voted', grid(9, 4, (t, w) => `${(t + (w === 3 ? 1 : 0)) % 2}`), ['0', '1', 'never']],
    ['one worker', grid(30, 1, (t) => `${t % 3}`), ['0', '1', '2']],
    ['one vote', grid(1, 1, () => '1'), ['0', '1']],
    [
      'one vote a task',
      Array.from({ length: 40 }, (_, i) => ({ task: `${i}`, worker: `${i % 7}`, label: `${i % 3}` })),
      ['0', '1', '2'],
    ],
    ['10,000 votes on one task', grid(1, 10_000, (_, w) => `${w % 5 === 0 ? 1 : 0}`), ['0', '1', '2']],
    [
      '10,000 votes of one worker against the others',
      [
        ...grid(10_000, 1, () => '1'),
        ...Array.from({ length: 20_000 }, (_, i) => ({
          task: `${i % 10_000}`,
          worker: `x${i % 2}${i < 10_000 ? 'a' : 'b'}`,
          label: '0',
        })),
      ],
      ['0', '1'],
    ],
    ['adversaries who always lie', grid(40, 6, (t, w) => `${(t + (w < 2 ? 1 : 0)) % 4}`), ['0', '1', '2', '3']],
    ['two halves at odds', grid(40, 6, (t, w) => `${(t + (w < 3 ? 1 : 0)) % 2}`), ['0', '1']],
  ])('stays finite with %s', (_name, rows, classes) => {
    const votes = createVotes(rows, { classes });
    expectSound(votes, infer(votes, method));
  });

  it.each<[string, VoteRow[]]>([
    [
      'by two groups of workers, a task each',
      ['x1', 'x2', 'x3', 'y4', 'y5', 'y6'].map((name) => ({ task: name[0]!, worker: name, label: name[0]! })),
    ],
    [
      'by one worker each',
      Array.from({ length: 9 }, (_, i) => ({ task: `t${i}`, worker: `w${i}`, label: 'xyz'[i % 3]! })),
    ],
    ['by one worker', Array.from({ length: 9 }, (_, i) => ({ task: `t${i}`, worker: 'w', label: 'xyz'[i % 3]! }))],
    ['by everybody', grid(12, 4, (t) => 'xyz'[t % 3]!)],
  ])('leaves tasks their label on which all votes agree, cast %s', (_name, rows) => {
    const votes = createVotes(rows);
    const { labels } = infer(votes, method);
    votes.task.forEach((t, v) => {
      expect(labels[t]).toBe(votes.label[v]);
    });
  });

  it('has accuracies and likelihoods that rounding does not put out of range', () => {
    const votes = createVotes(grid(9, 7, (t) => `${t % 3}`));
    const { logLikelihood, reliability } = infer(votes, method);
    expect(logLikelihood).toBeLessThanOrEqual(0);
    if (method !== 'glad' && method !== 'raf') expect(Math.max(...reliability)).toBeLessThanOrEqual(1);
  });

  it('rejects options out of range, in one sentence', () => {
    if (method === 'mv') return;
    const votes = createVotes(grid(2, 2, () => '0'));
    expect(() => infer(votes, method, { maxIterations: 0 })).toThrow(
      'maxIterations: expected a positive whole number, got 0',
    );
    expect(() => infer(votes, method, { tolerance: -1 })).toThrow(
      'tolerance: expected a number of nats, 0 or more, got -1',
    );
    expect(() => infer(votes, method, { tolerance: NaN })).toThrow('tolerance');
  });
});

describe('infer', () => {
  const votes = createVotes(
    [
      ['1', 'a', 'x'],
      ['1', 'b', 'y'],
      ['2', 'a', 'x'],
      ['2', 'b', 'x'],
      ['3', 'c', 'y'],
    ].map(([task, worker, label]) => ({ task: task!, worker: worker!, label: label! })),
  );

  it('resolves ties by class order and lists them', () => {
    const result = infer(votes, 'mv');
    expect(Array.from(result.posterior)).toEqual([0.5, 0.5, 1, 0, 0, 1]);
    expect([Array.from(result.labels), Array.from(result.ties)]).toEqual([[0, 0, 1], [0]]);
    expect(Array.from(result.reliability)).toEqual([0.75, 0.75, 1]); // half a point for a vote in a tie of two
    expect(result.logLikelihood).toBeCloseTo(2 * Math.log(0.5), 12);
  });

  it('gives of tied classes the one with more votes', () => {
    // nobody ever says anything else, so that all is as likely: the posterior is the prior, the same for y and z
    const single = createVotes(
      ['y1', 'y2', 'y3', 'z4', 'z5', 'z6'].map((name) => ({ task: name[0]!, worker: name, label: name[0]! })),
    );
    const { posterior, labels, ties } = infer(single, 'ds');
    expect([Array.from(posterior), Array.from(labels), Array.from(ties)]).toEqual([
      [0.5, 0.5, 0.5, 0.5],
      [0, 1],
      [0, 1],
    ]);
  });

  it('stops as crowd-kit does at the limit: with the E-step of the last round', () => {
    const { votes: crowd } = simulateVotes({ tasks: 60, workers: 12, votesPerTask: 5, seed: 2 });
    for (const maxIterations of [2, 5]) {
      const limited = infer(crowd, 'ds', { stopping: 'crowd-kit', maxIterations, tolerance: 0 });
      expect([limited.iterations, limited.converged]).toEqual([maxIterations, false]);
      expect(limited.posterior).toEqual(
        infer(crowd, 'ds', { maxIterations: maxIterations - 1, tolerance: 0 }).posterior,
      );
    }
    expect(infer(crowd, 'ds', { stopping: 'crowd-kit', maxIterations: 1 }).trace).toHaveLength(1);
  });

  it('refuses confusion matrices that do not fit in memory', () => {
    const free = createVotes(
      Array.from({ length: 6000 }, (_, i) => ({ task: `${i}`, worker: 'a', label: `text ${i}` })),
    );
    expect(() => infer(free, 'ds')).toThrow('votes: 1 worker and 6000 classes are too many for confusion matrices');
  });

  it('rejects an unknown method and options of methods out of range', () => {
    expect(() => infer(votes, 'em' as 'ds')).toThrow(
      'method: expected auto or one of mv, ds, one-coin, glad, raf, mace, hds, got "em"',
    );
    expect(() => infer(votes, 'ds', { smoothing: -1 })).toThrow('smoothing: expected a count, 0 or more, got -1');
    expect(() => infer(votes, 'raf', { alphaClamp: 0 })).toThrow('alphaClamp: expected a number in (0, 1e6], got 0');
    expect(() => infer(votes, 'raf', { betaRange: [0, 1] })).toThrow('betaRange: expected 0 < low < high');
    expect(() => infer(votes, 'raf', { excludeBelow: NaN })).toThrow('excludeBelow');
  });

  it('drives |α| to the clamp in RAF without harm', () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({
      task: `${i % 20}`,
      worker: `w${Math.floor(i / 20)}`,
      label: `${(i % 2) + (i % 20 < 4 && i >= 160 ? 2 : 0)}`,
    }));
    const clamped = createVotes(rows);
    const result = infer(clamped, 'raf', { maxIterations: 2000 });
    expectSound(clamped, result);
    expect(result.reliability.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBe(50);
    expect(infer(clamped, 'raf', { alphaClamp: 3 }).reliability.every((a) => Math.abs(a) <= 3)).toBe(true);
  });

  it('starts RAF as printed or the other way round, and excludes below a share of the median', () => {
    const { votes: crowd, kinds } = simulateVotes({
      tasks: 300,
      workers: 20,
      votesPerTask: 12,
      seed: 3,
      mix: { reliable: 0.8, spammer: 0.2 },
    });
    const first = infer(crowd, 'raf', { betaInit: 'entropy', excludeBelow: 0.3 });
    const second = infer(crowd, 'raf', { betaInit: 'inverse-entropy', excludeBelow: 0.3 });
    expect(second.trace[0]).not.toBe(first.trace[0]);
    const spammers = kinds.flatMap((kind, w) => (kind === 'spammer' ? [w] : []));
    expect([Array.from(first.excluded), Array.from(second.excluded)]).toEqual([spammers, spammers]);
    expect(infer(crowd, 'raf', { excludeBelow: -1e9 }).excluded.length).toBe(0);
  });
});
