/**
 * Deep-Emotion (Minaee & Abdolrashidi 2019): an attentional convolutional network for 48×48 grey faces.
 *
 * Main path: conv 3×3×10, conv 3×3×10, pool, conv 3×3×10, conv 3×3×10, pool (no padding: 48→46→44→22→20→18→9),
 * dropout, FC 810→50, FC 50→K. Localisation: conv 3×3×8, pool, conv 3×3×10, pool, FC→32, FC→6 = θ.
 * 76,777 parameters with 7 classes.
 *
 * Where the paper contradicts itself: its figure warps the 9×9 feature map (`stnMode: 'features'`), its text the input
 * image (`'input'`). Its "FC 90→32" does not fit 48×48 with 3×3 kernels; the flattened 10×10×10 map gives 1000→32.
 */
import type { Value } from '../../onnx/index.ts';
import { type Initializer, ZEROS } from '../init.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import { dropout } from '../layers/dropout.ts';
import { spatialTransform } from '../layers/spatial-transformer.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface DeepEmotionOptions {
  readonly classes: number;
  /** What the spatial transformer warps. */
  readonly stnMode: 'input' | 'features';
  /** Probability of dropping an element of the last feature map. Default 0.5. */
  readonly dropout?: number;
  /** Default N(0, 0.05²), as the paper says. */
  readonly init?: Initializer;
  /** How the sampling grid meets the image's border; default false. */
  readonly alignCorners?: boolean;
}

/** The last two layers, which the paper's loss regularises. */
export const DEEP_EMOTION_REGULARIZED = ['fc1.weight', 'fc2.weight'] as const;

export function deepEmotion(options: DeepEmotionOptions): Network {
  const init = options.init ?? { kind: 'gaussian', std: 0.05 };
  const conv = (b: NetworkBuilder, name: string, x: Value, channels: number): Value =>
    conv2d(b, name, x, { channels, kernel: 3, init });
  const localize = (b: NetworkBuilder, x: Value): Value =>
    b.scope('localization', () => {
      let v = relu(b, maxPool(b, conv(b, 'conv1', x, 8), 2));
      v = relu(b, maxPool(b, conv(b, 'conv2', v, 10), 2));
      v = relu(b, linear(b, 'fc1', flatten(b, v), { features: 32, init }));
      const theta = b.op('MatMul', [
        v,
        b.op('Transpose', [b.weight('theta.weight', [6, 32], ZEROS)], { perm: [1, 0] }),
      ]);
      return b.op('Add', [theta, b.weight('theta.bias', [6], { kind: 'values', values: [1, 0, 0, 0, 1, 0] })]);
    });
  return {
    name: `deep-emotion.${options.stnMode}`,
    input: { channels: 1, height: 48, width: 48 },
    build(b, x) {
      const theta = localize(b, x);
      let v = options.stnMode === 'input' ? spatialTransform(b, x, theta, options.alignCorners) : x;
      v = relu(b, conv(b, 'conv1', v, 10));
      v = relu(b, maxPool(b, conv(b, 'conv2', v, 10), 2));
      v = relu(b, conv(b, 'conv3', v, 10));
      v = relu(b, maxPool(b, conv(b, 'conv4', v, 10), 2));
      v = dropout(b, 'dropout', v, options.dropout ?? 0.5);
      if (options.stnMode === 'features') v = spatialTransform(b, v, theta, options.alignCorners);
      v = relu(b, linear(b, 'fc1', flatten(b, v), { features: 50, init }));
      return { logits: linear(b, 'fc2', v, { features: options.classes, init }) };
    },
  };
}
