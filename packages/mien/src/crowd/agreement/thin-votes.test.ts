import { expect, test } from 'vitest';
import { simulateVotes } from '../simulate.ts';
import { createVotes } from '../votes.ts';
import { pairwiseKappa } from './cohen.ts';
import { thinVotes } from './thin-votes.ts';

const { votes } = simulateVotes({ tasks: 300, workers: 40, votesPerTask: [2, 32], seed: 1 });
const sizesOf = (task: Int32Array): Int32Array =>
  task.reduce((sizes, t) => sizes.fill(sizes[t]! + 1, t, t + 1), new Int32Array(300));

test('votes that are few enough stay as they are', () => {
  expect(thinVotes(votes, 1e6)).toEqual({ votes, cap: null });
});

test('tasks keep their votes up to the cap, each in its place', () => {
  const { votes: thinned, cap } = thinVotes(votes, 12_000);
  expect(cap).toBe(8); // of 32: at 16 there are more pairs than that
  expect(sizesOf(thinned.task)).toEqual(sizesOf(votes.task).map((n) => Math.min(n, 8)));
  const rowsOf = ({ task, worker, label }: typeof votes): string[] =>
    Array.from(task, (t, v) => `${t} ${worker[v]} ${label[v]}`);
  const all = new Map(rowsOf(votes).map((row, v) => [row, v]));
  const places = rowsOf(thinned).map((row) => all.get(row)!);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  // a worker listed late is drawn as often as one listed early
  const late = thinned.worker.filter((w) => w >= 20).length / thinned.worker.length;
  expect(Math.abs(late - 0.5)).toBeLessThan(0.03);
});

test('κ of the votes kept is near that of all', () => {
  const mean = (most?: number): number => {
    const {
      mean: { values, terms },
    } = pairwiseKappa(votes, most);
    const sums = terms.reduce(
      (total, term, i) => total.fill(total[i % 2]! + term, i % 2, (i % 2) + 1),
      new Float64Array(2),
    );
    return values(sums)[0] as number;
  };
  expect(Math.abs(mean(12_000) - mean())).toBeLessThan(0.02);
  expect([pairwiseKappa(votes).cap, pairwiseKappa(votes, 12_000).cap]).toEqual([null, 8]);
});

test('one task with 10,000 votes counts half of them', () => {
  const many = createVotes(
    Array.from({ length: 10_000 }, (_, w) => ({ task: 'a', worker: `${w}`, label: `${w % 3}` })),
  );
  expect(thinVotes(many, 2 ** 25)).toMatchObject({ cap: 5000, votes: { task: { length: 5000 } } });
});
