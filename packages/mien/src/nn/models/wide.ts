/**
 * A residual CNN for 48×48 grey faces that learns from several label sets at once, each with a pooling of its own: label sets
 * that disagree about the same pictures (FER2013 and FER+ do on more than a third) look at other places of a face.
 *
 *   stem 3×3 at 48² → stages, each max pooling, conv 3×3 and a residual block → per head: weighted spatial pooling (see
 *   `weightedPool`), dropout, linear layer
 *
 * A stage's residual block has one convolution (depth 2) or two (depth 3), y = relu(x + BN(conv(…))) (He et al. 2016).
 */
import type { Value } from '../../onnx/index.ts';
import { linear, relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv.ts';
import { dropout } from '../layers/dropout.ts';
import { maxPool, weightedPool } from '../layers/pool.ts';
import { squeezeExcite } from '../layers/squeeze-excite.ts';
import type { Network, NetworkBuilder } from '../network.ts';

/** Channels of a stage, and the number of its convolutions. */
export interface StageSpec {
  readonly channels: number;
  readonly depth: 2 | 3;
}

export interface WideOptions {
  /** Channels of the stem. */
  readonly stem: number;
  readonly stages: readonly StageSpec[];
  /** Number of classes by output name. */
  readonly heads: Readonly<Record<string, number>>;
  /** r: channels of residual blocks are weighted by squeeze-and-excitation with C/r units (Hu et al. 2018). Default none. */
  readonly squeeze?: number;
  readonly dropout?: number;
}

export function wide({ stem, stages, heads, squeeze, dropout: rate = 0.3 }: WideOptions): Network {
  return {
    name: 'wide',
    input: { channels: 1, height: 48, width: 48 },
    build(b, x) {
      let v = relu(b, convNorm(b, 'stem', x, stem));
      stages.forEach((stage, i) => {
        v = b.scope(`stage${i + 1}`, () => buildStage(b, maxPool(b, v, 2), stage, squeeze));
      });
      return Object.fromEntries(
        Object.entries(heads).map(([name, classes]) => [
          name,
          b.scope(`head.${name}`, () =>
            linear(b, 'fc', dropout(b, 'dropout', weightedPool(b, 'pool', v), rate), {
              features: classes,
              init: { kind: 'xavier' },
            }),
          ),
        ]),
      );
    },
  };
}

function buildStage(
  b: NetworkBuilder,
  x: Value,
  { channels, depth }: StageSpec,
  squeeze: WideOptions['squeeze'],
): Value {
  const v = relu(b, convNorm(b, 'a', x, channels));
  const second = convNorm(b, 'b', v, channels);
  const branch = depth === 2 ? second : convNorm(b, 'c', relu(b, second), channels);
  const weighted = squeeze === undefined ? branch : squeezeExcite(b, 'squeeze', branch, squeeze);
  return relu(b, b.op('Add', [v, weighted]));
}

const convNorm = (b: NetworkBuilder, name: string, x: Value, channels: number): Value =>
  b.scope(name, () => batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels, kernel: 3, pad: 1, bias: false })));
