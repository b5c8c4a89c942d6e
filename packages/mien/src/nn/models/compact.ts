/**
 * Mien's compact network: a small residual CNN for 48×48 grey faces with one classifier per label set.
 * Stem at full resolution, then three stages of two 3×3 convolutions at 24², 12² and 6²; the second convolution of a
 * stage adds its input back (He et al. 2016). Global average pooling, dropout, one linear layer per head.
 */
import type { Value } from '../../onnx/index.ts';
import { linear, relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv.ts';
import { dropout } from '../layers/dropout.ts';
import { globalAveragePool, maxPool } from '../layers/pool.ts';
import { l2Normalize } from '../losses/terms.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface CompactOptions {
  /** Channels of the stem and of each stage. */
  readonly widths: readonly [stem: number, ...stages: number[]];
  /** Number of classes by output name. */
  readonly heads: Readonly<Record<string, number>>;
  readonly dropout?: number;
  /** P: it also takes the landmarks of the face, `landmarks` [N,2·P], by 32 units beside the pooled features. */
  readonly landmarks?: number;
  /** D: it also gives the output `embedding` [N,D], of unit length, for losses that compare faces. */
  readonly embedding?: number;
}

/** Units that landmarks are reduced to. */
const LANDMARK_UNITS = 32;

export function compact(options: CompactOptions): Network {
  const [stem, ...stages] = options.widths;
  const convNorm = (b: NetworkBuilder, name: string, x: Value, channels: number): Value =>
    b.scope(name, () => batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels, kernel: 3, pad: 1, bias: false })));
  return {
    name: 'compact',
    input: { channels: 1, height: 48, width: 48 },
    ...(options.landmarks === undefined ? {} : { furtherInputs: { landmarks: { dims: [2 * options.landmarks] } } }),
    build(b, x, further) {
      let v = relu(b, convNorm(b, 'stem', x, stem));
      stages.forEach((channels, i) => {
        v = maxPool(b, v, 2);
        v = relu(b, convNorm(b, `stage${i + 1}.a`, v, channels));
        v = relu(b, b.op('Add', [v, convNorm(b, `stage${i + 1}.b`, v, channels)]));
      });
      const pooled = globalAveragePool(b, v);
      const joined = further
        ? b.op(
            'Concat',
            [pooled, relu(b, linear(b, 'landmarks', further['landmarks']!, { features: LANDMARK_UNITS }))],
            {
              axis: 1,
            },
          )
        : pooled;
      const features = dropout(b, 'dropout', joined, options.dropout ?? 0.3);
      const embedding: Record<string, Value> =
        options.embedding === undefined
          ? {}
          : { embedding: l2Normalize(b, linear(b, 'embedding', features, { features: options.embedding })) };
      const heads = Object.fromEntries(
        Object.entries(options.heads).map(([name, classes]) => [
          name,
          linear(b, `head.${name}`, features, { features: classes, init: { kind: 'xavier' } }),
        ]),
      );
      return { ...heads, ...embedding };
    },
  };
}
