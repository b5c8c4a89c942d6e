/** The layers that almost every network uses. x is [N,C,H,W] unless said otherwise. */
import type { Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ZEROS, type Initializer } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf } from './shape.ts';

export interface LinearOptions {
  readonly features: number;
  readonly bias?: boolean;
  readonly init?: Initializer;
}

/** x·Wᵀ + b: [N,D] → [N,features]. Parameters `NAME.weight` [features,D], `NAME.bias` [features]. */
export function linear(b: NetworkBuilder, name: string, x: Value, o: LinearOptions): Value {
  return b.scope(name, () => {
    if (x.shape.length !== 2) throw new ShapeError('linear', `"${name}" needs [N,D], got [${x.shape.join(',')}]`);
    const w = b.weight('weight', [o.features, channelsOf(x, 'linear')], o.init ?? { kind: 'he' });
    const bias = o.bias === false ? null : b.weight('bias', [o.features], ZEROS);
    return b.op('Gemm', [x, w, bias], { transB: 1 });
  });
}

/** [N,…] → [N,D]. */
export function flatten(b: NetworkBuilder, x: Value): Value {
  return b.op('Flatten', [x], { axis: 1 });
}

export const relu = (b: NetworkBuilder, x: Value): Value => b.op('Relu', [x]);
