/**
 * A shift of logits by class frequency, for the sake of rare classes:
 *   z′ₖ = zₖ − τ·ln πₖ,  πₖ the share of class k among the training targets
 * At τ = 0 the network answers as it was trained, for the greatest accuracy; at τ = 1 as if all classes were equally
 * frequent. In between accuracy falls slowly and the mean of the classes' accuracies rises fast.
 * Source: Menon et al. 2021, Long-tail learning via logit adjustment, section 4.1 (post hoc).
 * Shape legend: N images, K classes.
 */
import { confusionMatrix, accuracy, meanAccuracy } from '../metrics/index.ts';
import { Random } from '../tensor/index.ts';

/** Accuracy that may be given up for a better mean of the classes. */
export const TOLERANCE = 0.005;
const STEPS = 20;
const FOLDS = 5;

export interface PriorShift {
  readonly tau: number;
  /** [K] −τ·ln πₖ: what is added to the logits. */
  readonly shift: readonly number[];
  /** Figures of all folds together, each with the τ that the others chose: what the choice promises for new images. */
  readonly crossValidated: { readonly accuracy: number; readonly meanAccuracy: number };
}

/**
 * Chooses τ of 0, 0.05, … 1: the greatest mean accuracy among those that cost at most half a point of the best
 * accuracy.
 * @param logits [N,K]   @param labels [N] classes   @param prior [K]; a class of share 0 is not shifted
 */
export function fitPriorShift(
  logits: ArrayLike<number>,
  labels: readonly number[],
  prior: readonly number[],
): PriorShift {
  const K = prior.length;
  const order = new Random(0, 'prior-shift/folds').permutation(labels.length);
  const shiftOf = (tau: number): number[] => prior.map((p) => (p > 0 && tau > 0 ? -tau * Math.log(p) : 0));
  const taus = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const predictions = taus.map((tau) => predict(logits, shiftOf(tau), labels.length));
  const figures = (
    rows: readonly number[],
    predicted: (row: number) => number,
  ): { accuracy: number; meanAccuracy: number } => {
    const confusion = confusionMatrix(
      rows.map((row) => labels[row]!),
      rows.map(predicted),
      K,
    );
    return { accuracy: accuracy(confusion), meanAccuracy: meanAccuracy(confusion) };
  };
  const choose = (rows: readonly number[]): number => {
    const all = predictions.map((p) => figures(rows, (row) => p[row]!));
    const least = Math.max(...all.map((f) => f.accuracy)) - TOLERANCE;
    const affordable = all.map((f) => (f.accuracy >= least ? f.meanAccuracy : -1));
    return affordable.indexOf(Math.max(...affordable));
  };
  const everyRow = [...labels.keys()];
  const foldOf = new Int32Array(labels.length);
  order.forEach((row, place) => {
    foldOf[row] = place % FOLDS;
  });
  const chosenWithout = Array.from({ length: FOLDS }, (_, fold) =>
    choose(everyRow.filter((row) => foldOf[row] !== fold)),
  );
  const tau = taus[choose(everyRow)]!;
  return {
    tau,
    shift: shiftOf(tau),
    crossValidated: figures(everyRow, (row) => predictions[chosenWithout[foldOf[row]!]!]![row]!),
  };
}

/** [N] the class of the greatest shifted logit; the first of equals. */
function predict(logits: ArrayLike<number>, shift: readonly number[], count: number): Int32Array {
  const K = shift.length;
  return Int32Array.from({ length: count }, (_, i) => {
    let best = 0;
    for (let k = 1; k < K; k++) if (logits[i * K + k]! + shift[k]! > logits[i * K + best]! + shift[best]!) best = k;
    return best;
  });
}
