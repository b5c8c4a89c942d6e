/** What `mien crowd infer` writes of each task and worker: lines of files, and the members of its document. */
import { joinCsv } from 'mienjs/tables';
import { methodOf, type CrowdWarning, type Inference, type Votes, type WorkerReport } from 'mienjs/crowd';
import type { TruthScore } from 'mienjs/crowd/node';
import type { JsonMember } from '../output.ts';

const distributionOf = ({ classes }: Votes, { posterior }: Inference, t: number): Record<string, number> =>
  Object.fromEntries(classes.map((name, k) => [name, posterior[t * classes.length + k]!]));

/** The difficulty 1/β of a task, from the methods that have one. */
const difficultyOf = (inference: Inference, t: number): { difficulty?: number } =>
  'beta' in inference ? { difficulty: 1 / inference.beta[t]! } : {};

/** What the method knows of a worker. */
function parametersOf(inference: Inference, w: number, K: number): { parameters?: Readonly<Record<string, unknown>> } {
  const parameters = methodOf(inference.method).parameters(inference, w, K);
  return parameters === undefined ? {} : { parameters };
}

export function* csvLines(votes: Votes, inference: Inference): Generator<string> {
  const { tasks, classes } = votes;
  const K = classes.length;
  yield joinCsv(['task', 'label', 'confidence', ...classes, ...('beta' in inference ? ['difficulty'] : [])]);
  for (const [t, task] of tasks.entries()) {
    const row = inference.posterior.subarray(t * K, (t + 1) * K);
    const label = inference.labels[t]!;
    const { difficulty } = difficultyOf(inference, t);
    yield joinCsv([
      task,
      classes[label]!,
      ...[row[label]!, ...row].map((p) => Number(p.toFixed(6))),
      ...(difficulty === undefined ? [] : [Number(difficulty.toPrecision(6))]),
    ]);
  }
}

export function* jsonLines(votes: Votes, inference: Inference): Generator<string> {
  for (const [t, task] of votes.tasks.entries()) {
    const distribution = distributionOf(votes, inference, t);
    const label = votes.classes[inference.labels[t]!]!;
    yield JSON.stringify({ task, label, confidence: distribution[label], distribution, ...difficultyOf(inference, t) });
  }
}

/** @param workers in the order of the votes' workers */
export function* workerLines(votes: Votes, inference: Inference, workers: readonly WorkerReport[]): Generator<string> {
  for (const [w, worker] of workers.entries())
    yield JSON.stringify({ ...worker, ...parametersOf(inference, w, votes.classes.length) });
}

export function inferDocument(
  votes: Votes,
  inference: Inference,
  seconds: number,
  workers: readonly WorkerReport[],
  warnings: readonly CrowdWarning[],
  truth: (TruthScore & { withoutVotes: readonly string[] }) | undefined,
): Record<string, JsonMember> {
  return {
    method: { value: inference.method },
    choice: { value: inference.choice ?? null },
    classes: { value: votes.classes },
    tasks: { entries: taskEntries(votes, inference) },
    workers: { entries: workerEntries(votes, inference, workers) },
    logLikelihood: { value: inference.logLikelihood },
    penalisedLogLikelihood: { value: inference.penalizedLogLikelihood },
    iterations: { value: inference.iterations },
    converged: { value: inference.converged },
    seconds: { value: seconds },
    ties: { items: namesOf(inference.ties, votes.tasks) },
    ...(inference.method === 'raf' ? { excluded: { items: namesOf(inference.excluded, votes.workers) } } : {}),
    warnings: { value: warnings.map(({ code, message }) => ({ code, message })) },
    truth: { value: truth ?? null },
  };
}

function* taskEntries(votes: Votes, inference: Inference): Generator<[string, unknown]> {
  for (const [t, task] of votes.tasks.entries()) {
    yield [
      task,
      {
        label: votes.classes[inference.labels[t]!],
        distribution: distributionOf(votes, inference, t),
        ...difficultyOf(inference, t),
      },
    ];
  }
}

function* workerEntries(
  votes: Votes,
  inference: Inference,
  workers: readonly WorkerReport[],
): Generator<[string, unknown]> {
  for (const [
    w,
    { worker, reliability, votes: count, compared, accuracy, kappa, medianSeconds, flag },
  ] of workers.entries()) {
    yield [
      worker,
      {
        reliability,
        votes: count,
        compared,
        accuracy,
        kappa,
        medianSeconds,
        flag,
        ...parametersOf(inference, w, votes.classes.length),
      },
    ];
  }
}

function* namesOf(indices: Int32Array, names: readonly string[]): Generator<string> {
  for (const i of indices) yield names[i]!;
}
