/** Standardisation of each sample by itself. */
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';

const EPSILON = 1e-5;

/**
 * (x − μ)/√(σ² + 10⁻⁵), μ and σ² over all numbers of a sample; of a constant sample 0. It has no parameters. x [N,…] keeps
 * its shape.
 */
export function standardize(b: NetworkBuilder, x: Value): Value {
  const axes = b.ints(x.shape.slice(1).map((_, i) => i + 1));
  const centered = b.op('Sub', [x, b.op('ReduceMean', [x, axes])]);
  const variance = b.op('ReduceMean', [b.op('Mul', [centered, centered]), axes]);
  return b.op('Div', [centered, b.op('Sqrt', [b.op('Add', [variance, EPSILON])])]);
}
