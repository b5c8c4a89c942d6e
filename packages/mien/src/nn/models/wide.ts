/**
 * A residual CNN for 48×48 grey faces that learns from several label sets at once: stages that all share, then a branch
 * for each label set. Label sets that disagree about the same pictures (FER2013 and FER+ do on more than a third) need
 * features of their own, not only a linear layer of their own.
 *
 *   stem 3×3 at 48², max pooling → shared stages, each at half the size: conv 3×3, then residual convolutions → per head:
 *   residual block, weighted spatial pooling (see `weightedPool`), dropout, linear layer
 *
 * A stage's residual part is one convolution (depth 2) or a block of two (depth 3), y = relu(x + BN(conv(…))) (He et
 * al. 2016).
 */
import type { Value } from '../../onnx/index.ts';
import { linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool, weightedPool } from '../layers/pool.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { dropout } from '../layers/dropout.ts';
import { squeezeExcite } from '../layers/squeeze-excite.ts';
import type { Network, NetworkBuilder } from '../network.ts';

/** Channels of a stage, and the number of its convolutions. */
export interface StageSpec {
  readonly channels: number;
  readonly depth: 1 | 2 | 3;
}

export interface BranchedOptions {
  /** Channels of the stem. */
  readonly stem: number;
  readonly stages: readonly StageSpec[];
  /** Number of classes by output name; each has a branch. */
  readonly heads: Readonly<Record<string, number>>;
  /** Whether each branch has a residual block of its own. Default true; without, a pooling and a linear layer alone. */
  readonly branchBlocks?: boolean;
  /** r: channels of residual blocks are weighted by squeeze-and-excitation with C/r units (Hu et al. 2018). Default none. */
  readonly squeeze?: number;
  readonly dropout?: number;
}

export function branched({
  stem,
  stages,
  heads,
  branchBlocks = true,
  squeeze,
  dropout: rate = 0.3,
}: BranchedOptions): Network {
  const residual = residualWith(squeeze);
  const buildStage = (b: NetworkBuilder, x: Value, { channels, depth }: StageSpec): Value => {
    const v = relu(b, convNorm(b, 'a', x, channels));
    if (depth === 1) return v;
    return residual(b, v, depth === 2 ? ['b'] : ['b', 'c']);
  };
  return {
    name: 'branched',
    input: { channels: 1, height: 48, width: 48 },
    build(b, x) {
      let shared = relu(b, convNorm(b, 'stem', x, stem));
      stages.forEach((stage, i) => {
        shared = b.scope(`stage${i + 1}`, () => buildStage(b, maxPool(b, shared, 2), stage));
      });
      return Object.fromEntries(
        Object.entries(heads).map(([name, classes]) => [
          name,
          b.scope(`head.${name}`, () => {
            const own = branchBlocks ? residual(b, shared, ['a', 'b']) : shared;
            const features = weightedPool(b, 'pool', own);
            return linear(b, 'fc', dropout(b, 'dropout', features, rate), {
              features: classes,
              init: { kind: 'xavier' },
            });
          }),
        ]),
      );
    },
  };
}

/**
 * relu(x + w·BN(conv(… relu(BN(conv(x)))))), a convolution for each name, of x's own channels; w from
 * squeeze-and-excitation, or 1.
 */
const residualWith =
  (squeeze: number | undefined) =>
  (b: NetworkBuilder, x: Value, names: readonly string[]): Value => {
    const channels = x.shape[1] as number;
    const last = names.length - 1;
    const branch = names.reduce((v, name, i) => {
      const normed = convNorm(b, name, v, channels);
      return i === last ? normed : relu(b, normed);
    }, x);
    const weighted = squeeze === undefined ? branch : squeezeExcite(b, 'squeeze', branch, squeeze);
    return relu(b, b.op('Add', [x, weighted]));
  };

const convNorm = (b: NetworkBuilder, name: string, x: Value, channels: number): Value =>
  b.scope(name, () => batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels, kernel: 3, pad: 1, bias: false })));
