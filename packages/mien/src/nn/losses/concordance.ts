/** Loss of concordance, for valence and arousal. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { requireMatrix, requireSameShape, square, total } from './terms.ts';

/** Keeps the quotient of a column without any spread finite. */
const EPSILON = 1e-8;

/**
 * One minus the concordance correlation coefficient of each column over the batch, mean over the columns of which
 * something is known; 0 where nothing is.
 *   CCC = 2·s_pt / (s_p² + s_t² + (p̄ − t̄)²),  means and (co)variances over the N known rows of the column, divided by N
 *   L = Σₗ [nₗ > 0]·(1 − CCCₗ) / max(1, Σₗ [nₗ > 0])
 * Source: Lin 1989, doi:10.2307/2532051, as a loss by Trigeorgis et al. 2016. Batches should be large enough to have a
 * spread.
 * @param prediction float32 [N,L]   @param target float32 [N,L]   @param options `mask` float32 [N,L], 1 where known
 * @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function concordanceLoss(
  b: GraphBuilder,
  prediction: Value,
  target: Value,
  { mask }: { readonly mask?: Value } = {},
): Value {
  requireMatrix('concordanceLoss', 'prediction', prediction);
  requireSameShape('concordanceLoss', ['prediction', prediction], ['target', target]);
  const known = mask ?? b.op('Add', [b.op('Mul', [b.stopGradient(target), 0]), 1]);
  requireSameShape('concordanceLoss', ['prediction', prediction], ['mask', known]);
  const columnSum = (x: Value): Value => b.op('ReduceSum', [x, b.ints([0])], { keepdims: 1 }); // [N,L] → [1,L]
  const counts = columnSum(known);
  const divisor = b.op('Max', [counts, 1]);
  const mean = (x: Value): Value => b.op('Div', [columnSum(b.op('Mul', [x, known])), divisor]);
  const [meanP, meanT] = [mean(prediction), mean(target)];
  const [p, t] = [b.op('Sub', [prediction, meanP]), b.op('Sub', [target, meanT])];
  const spread = b.op('Add', [
    b.op('Add', [mean(square(b, p)), mean(square(b, t))]),
    b.op('Add', [square(b, b.op('Sub', [meanP, meanT])), EPSILON]),
  ]);
  const concordance = b.op('Div', [b.op('Mul', [mean(b.op('Mul', [p, t])), 2]), spread]);
  const active = b.op('Min', [counts, 1]);
  const lost = b.op('Mul', [active, b.op('Sub', [1, concordance])]);
  return b.op('Div', [total(b, lost), b.op('Max', [total(b, active), 1])]);
}
