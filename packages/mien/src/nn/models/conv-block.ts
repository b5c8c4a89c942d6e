/** Convolution, batch normalisation, rectifier; and the Inception block of such. x is [N,C,H,W]. */
import type { Value } from '../../onnx/index.ts';
import { relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import type { NetworkBuilder } from '../network.ts';

/** relu(BN(conv(x))), by default of the same size as x. */
export const convBlock = (
  b: NetworkBuilder,
  name: string,
  x: Value,
  channels: number,
  kernel: number,
  { stride = 1, pad = kernel >> 1 }: { readonly stride?: number; readonly pad?: number } = {},
): Value =>
  b.scope(name, () =>
    relu(b, batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels, kernel, stride, pad, bias: false }))),
  );

/** Channels of an Inception block: 1×1; 1×1 before 3×3, 3×3; 1×1 before 5×5, 5×5; 1×1 after the pool. */
export type InceptionWidths = readonly [
  one: number,
  reduce3: number,
  three: number,
  reduce5: number,
  five: number,
  pool: number,
];

/** Those of GoogLeNet's first blocks (Szegedy et al. 2015, table 1), which other networks take over. */
export const INCEPTION_3A: InceptionWidths = [64, 96, 128, 16, 32, 32];
export const INCEPTION_3B: InceptionWidths = [128, 128, 192, 32, 96, 64];
export const INCEPTION_4A: InceptionWidths = [192, 96, 208, 16, 48, 64];

/**
 *   concat(1×1, 1×1 → 3×3, 1×1 → 5×5, 3×3 max pool → 1×1)
 * @param conv a convolution with what follows it   @param five kernel where the paper has 5
 */
export function inceptionBlock(
  b: NetworkBuilder,
  name: string,
  x: Value,
  [one, reduce3, three, reduce5, fiveWidth, pool]: InceptionWidths,
  conv: (b: NetworkBuilder, name: string, x: Value, channels: number, kernel: number) => Value,
  five = 5,
): Value {
  return b.scope(name, () =>
    b.op(
      'Concat',
      [
        conv(b, 'branch1', x, one, 1),
        conv(b, 'branch2.1', conv(b, 'branch2.0', x, reduce3, 1), three, 3),
        conv(b, 'branch3.1', conv(b, 'branch3.0', x, reduce5, 1), fiveWidth, five),
        conv(b, 'branch4.1', maxPool(b, x, 3, { stride: 1, pad: 1 }), pool, 1),
      ],
      { axis: 1 },
    ),
  );
}
