/** (N+M)-tuplet clusters loss. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { rowSum, requireMatrix, square, total } from './terms.ts';

/**
 * (N+M)-tuplet clusters loss of one tuplet: N samples of one expression within a radius of their center, M others (the
 * same identities with other expressions) beyond it.
 *   C = 1/N Σᵢ xᵢ⁺
 *   L = 1/N* Σᵢ [‖xᵢ⁺ − C‖² − T + τ/2]₊ + 1/M* Σⱼ [T + τ/2 − ‖xⱼ⁻ − C‖²]₊
 * N*, M* count the terms that are not zero (at least 1). Source: Liu et al. 2017; T and τ are not stated there in
 * numbers and adapt during its training: here they are given. The gradient flows through C, too.
 * @param positives float32 [N,D]   @param negatives float32 [M,D]   @returns float32 []
 * @throws {ShapeError} when the numbers of features differ, or T or τ is not positive
 */
export function tupletClustersLoss(
  b: GraphBuilder,
  positives: Value,
  negatives: Value,
  { reference, margin }: { readonly reference: number; readonly margin: number },
): Value {
  const [, d] = requireMatrix('tupletClustersLoss', 'positives', positives);
  const [, e] = requireMatrix('tupletClustersLoss', 'negatives', negatives);
  if (d !== e) throw new ShapeError('tupletClustersLoss', `positives have ${d} features, negatives ${e}`);
  if (!(reference > 0) || !(margin > 0))
    throw new ShapeError(
      'tupletClustersLoss',
      `reference distance and margin must be positive, got ${reference} and ${margin}`,
    );
  const center = b.op('ReduceMean', [positives, b.ints([0])], { keepdims: 1 });
  const distance = (x: Value): Value => rowSum(b, square(b, b.op('Sub', [x, center])));
  const activeMean = (slack: Value): Value => {
    const active = total(b, b.op('Cast', [b.op('Greater', [slack, 0])], { to: 1 }));
    return b.op('Div', [total(b, slack), b.op('Max', [active, 1])]);
  };
  const inside = b.op('Relu', [b.op('Sub', [distance(positives), reference - margin / 2])]);
  const outside = b.op('Relu', [b.op('Sub', [reference + margin / 2, distance(negatives)])]);
  return b.op('Add', [activeMean(inside), activeMean(outside)]);
}
