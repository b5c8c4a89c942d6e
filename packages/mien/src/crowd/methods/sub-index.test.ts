import { expect, it } from 'vitest';
import { simulateVotes } from '../simulate.ts';
import { withoutVotes } from './sub-index.ts';
import { indexVotes } from './vote-index.ts';

it('leaves out the votes held, by task and by worker', () => {
  const index = indexVotes(simulateVotes({ tasks: 30, workers: 9, votesPerTask: 4, seed: 1 }).votes);
  const held = Uint8Array.from({ length: index.N }, (_, v) => Number(v % 3 === 0));
  const kept = withoutVotes(index, held);
  const byTask = Array.from({ length: index.T }, (_, t) =>
    Array.from({ length: index.taskStart[t + 1]! - index.taskStart[t]! }, (__, i) => index.taskStart[t]! + i)
      .filter((v) => held[v] === 0)
      .map((v) => [t, index.workerOfTask[v], index.labelOfTask[v]]),
  ).flat();
  expect(kept.N).toBe(byTask.length);
  expect(
    Array.from({ length: kept.T }, (_, t) =>
      Array.from(kept.workerOfTask.subarray(kept.taskStart[t], kept.taskStart[t + 1]), (w, i) => [
        t,
        w,
        kept.labelOfTask[kept.taskStart[t]! + i],
      ]),
    ).flat(),
  ).toEqual(byTask);
  const byWorker = Array.from({ length: kept.W }, (_, w) =>
    Array.from(kept.taskOfWorker.subarray(kept.workerStart[w], kept.workerStart[w + 1]), (t, i) => [
      t,
      w,
      kept.labelOfWorker[kept.workerStart[w]! + i],
    ]),
  ).flat();
  expect(byWorker).toEqual([...byTask].sort((a, b) => a[1]! - b[1]! || a[0]! - b[0]!));
});

it('is the index itself where nothing is held', () => {
  const index = indexVotes(simulateVotes({ tasks: 20, workers: 7, votesPerTask: 3, seed: 2 }).votes);
  expect(withoutVotes(index, new Uint8Array(index.N))).toEqual(index);
});
