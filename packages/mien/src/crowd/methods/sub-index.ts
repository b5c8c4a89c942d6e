/** Votes with some left out, in the same order, so that tasks, workers and classes keep their indices. */
import type { VoteIndex } from './vote-index.ts';

/** @param held [N] in order of task: 1 = left out */
export function withoutVotes(index: VoteIndex, held: Uint8Array): VoteIndex {
  const { N, T, W, taskStart, workerOfTask, labelOfTask } = index;
  const kept = N - held.reduce((sum, h) => sum + h, 0);
  const taskStartKept = new Int32Array(T + 1);
  const workerStart = new Int32Array(W + 1);
  const [workerKept, labelKept] = [new Int32Array(kept), new Int32Array(kept)];
  let n = 0;
  for (let t = 0; t < T; t++) {
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
      if (held[v] !== 0) continue;
      workerKept[n] = workerOfTask[v]!;
      labelKept[n++] = labelOfTask[v]!;
      workerStart[workerOfTask[v]! + 1]!++;
    }
    taskStartKept[t + 1] = n;
  }
  for (let w = 0; w < W; w++) workerStart[w + 1]! += workerStart[w]!;
  const next = workerStart.slice();
  const [taskOfWorker, labelOfWorker] = [new Int32Array(kept), new Int32Array(kept)];
  for (let t = 0; t < T; t++) {
    for (let v = taskStartKept[t]!; v < taskStartKept[t + 1]!; v++) {
      const at = next[workerKept[v]!]!++;
      taskOfWorker[at] = t;
      labelOfWorker[at] = labelKept[v]!;
    }
  }
  return {
    ...index,
    N: kept,
    taskStart: taskStartKept,
    workerOfTask: workerKept,
    labelOfTask: labelKept,
    workerStart,
    taskOfWorker,
    labelOfWorker,
  };
}
