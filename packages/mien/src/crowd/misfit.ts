/**
 * Signs that a method with even errors does not fit: it gives a worker one reliability and lets errors fall evenly, so
 * that where one class is mistaken for another more often than the reverse, those who err with the crowd look reliable.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { spearmanCorrelation } from '../metrics/index.ts';
import { percentText } from '../report/index.ts';
import type { Inference } from './inference.ts';
import { infer, methodOf, methodTakes } from './methods/index.ts';
import type { Votes } from './votes.ts';
import type { CrowdWarning } from './warning.ts';

/** Rates of the two directions that differ by this much, and by as many deviations, are called lopsided. */
const LOPSIDED_RATE = 0.1;
const LOPSIDED_DEVIATIONS = 5;
/** Reliabilities that follow accuracy less than this, while this share of the labels differs, do not fit. */
const MIN_CORRELATION = 0.6;
const MAX_DIFFERING = 0.1;
/** Votes that a worker needs for the accuracy to count. */
const ENOUGH_VOTES = 10;

/** None where the votes are beyond what Dawid–Skene takes, as there is then nothing to compare with. */
export function misfitWarnings(votes: Votes, inference: Inference): CrowdWarning[] {
  const { method } = inference;
  if (!methodOf(method).hasEvenErrors || !methodTakes('ds', votes)) return [];
  const { classes, tasks } = votes;
  const consensus = infer(votes, 'ds').labels;
  const warnings: CrowdWarning[] = [];

  const pair = mostLopsidedPair(votes, consensus);
  if (pair) {
    const { often, seldom, rate, reverseRate } = pair;
    warnings.push({
      code: 'asymmetric-confusion',
      message: `Where Dawid–Skene finds ${classes[often]}, ${percentText(rate, 0)} of the votes are ${classes[seldom]}, and the other way round ${percentText(reverseRate, 0)}: ${method} cannot express errors that are this lopsided; ds can.`,
    });
  }

  const accuracy = classMeanAccuracy(votes, consensus);
  const counted = Array.from(accuracy.keys()).filter((w) => !Number.isNaN(accuracy[w]!));
  const correlation = spearmanCorrelation(
    counted.map((w) => inference.reliability[w]!),
    counted.map((w) => accuracy[w]!),
  );
  const differing = inference.labels.reduce((count, label, t) => count + (label === consensus[t] ? 0 : 1), 0);
  if (correlation < MIN_CORRELATION && differing > MAX_DIFFERING * tasks.length) {
    warnings.push({
      code: 'reliability-misfit',
      message: `The reliabilities of ${method} ${correlation < 0 ? 'run against' : 'hardly follow'} the workers' accuracy under Dawid–Skene (rank correlation ${correlation.toFixed(2)}), and ${differing} of ${tasks.length} labels differ: do not drop workers by them.`,
    });
  }
  return warnings;
}

interface LopsidedPair {
  readonly often: number;
  readonly seldom: number;
  readonly rate: number;
  readonly reverseRate: number;
}

/** @returns the pair of classes whose mutual confusion rates, over all workers, differ most, if they differ enough */
function mostLopsidedPair({ classes, task, label }: Votes, consensus: Int32Array): LopsidedPair | undefined {
  const K = classes.length;
  const counts = new Float64Array(K * K);
  const totals = new Float64Array(K);
  for (let v = 0; v < task.length; v++) {
    const k = consensus[task[v]!]!;
    counts[k * K + label[v]!]!++;
    totals[k]!++;
  }
  let worst: LopsidedPair | undefined;
  for (let k = 0; k < K; k++) {
    for (let l = 0; l < K; l++) {
      const [rate, reverseRate] = [counts[k * K + l]! / totals[k]!, counts[l * K + k]! / totals[l]!];
      const deviation = Math.sqrt((rate * (1 - rate)) / totals[k]! + (reverseRate * (1 - reverseRate)) / totals[l]!);
      const gap = rate - reverseRate;
      if (
        gap >= LOPSIDED_RATE &&
        gap > LOPSIDED_DEVIATIONS * deviation &&
        (!worst || gap > worst.rate - worst.reverseRate)
      )
        worst = { often: k, seldom: l, rate, reverseRate };
    }
  }
  return worst;
}

/** @returns [W] mean over the classes met of the share right; NaN for workers with few votes */
function classMeanAccuracy({ workers, classes, task, worker, label }: Votes, consensus: Int32Array): Float64Array {
  const K = classes.length;
  const right = new Float64Array(workers.length * K);
  const met = new Float64Array(workers.length * K);
  for (let v = 0; v < task.length; v++) {
    const k = consensus[task[v]!]!;
    met[worker[v]! * K + k]!++;
    if (label[v] === k) right[worker[v]! * K + k]!++;
  }
  return Float64Array.from({ length: workers.length }, (_, w) => {
    const row = met.subarray(w * K, (w + 1) * K);
    if (row.reduce((a, b) => a + b, 0) < ENOUGH_VOTES) return NaN;
    const shares = Array.from(row.keys())
      .filter((k) => row[k]! > 0)
      .map((k) => right[w * K + k]! / row[k]!);
    return shares.reduce((a, b) => a + b, 0) / shares.length;
  });
}
