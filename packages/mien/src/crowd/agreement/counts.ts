/** How often each task was given each label: what most agreement statistics need of the votes. */
import type { Votes } from '../votes.ts';

/** T tasks, K classes. */
export interface TaskCounts {
  readonly taskCount: number;
  readonly classCount: number;
  /** [T,K] */
  readonly counts: Int32Array;
  /** [T] votes of each task, at least 1. */
  readonly sizes: Int32Array;
}

export function countTasks({ tasks, classes, task, label }: Votes): TaskCounts {
  const K = classes.length;
  const counts = new Int32Array(tasks.length * K);
  const sizes = new Int32Array(tasks.length);
  for (let v = 0; v < task.length; v++) {
    counts[task[v]! * K + label[v]!]!++;
    sizes[task[v]!]!++;
  }
  return { taskCount: tasks.length, classCount: K, counts, sizes };
}

/** Why a statistic of agreement cannot be formed when no task has two votes. */
export const NO_SHARED_TASK = 'No task has two votes, so there is nothing to compare.';
/** Why a statistic that corrects for chance cannot be formed when one class has all the votes. */
export const ONE_CLASS_ONLY = 'All votes name the same class, so agreement by chance is certain.';
