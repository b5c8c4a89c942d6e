/**
 * C3D (Tran, Bourdev, Fergus, Torresani & Paluri, Learning spatiotemporal features with 3D convolutional networks,
 * ICCV 2015, figure 3): 3×3×3 convolutions with padding 1 and ReLU: 64, 128, 256, 256, 512, 512, 512, 512; pools 2×2×2
 * after the 1st (1×2×2 there, to keep time), 2nd, 4th, 6th and 8th; fully connected 4096, 4096, K, with dropout 0.5.
 *
 * Pools round up, as the authors' Caffe does: the last one gives 1×4×4 of 2×7×7. Names are the paper's.
 */
import type { Value } from '../../onnx/index.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv3d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

export interface C3dOptions extends ImageNetworkOptions {
  /** Default 16. */
  readonly frames?: number;
}

const STAGES = [
  [['1a', 64]],
  [['2a', 128]],
  [
    ['3a', 256],
    ['3b', 256],
  ],
  [
    ['4a', 512],
    ['4b', 512],
  ],
  [
    ['5a', 512],
    ['5b', 512],
  ],
] as const;

/**
 * x [N,C,T,H,W]; defaults: 3 channels, 16 frames, 112×112. Outputs: `logits` [N,K], `features` [N,4096], the paper's
 * fc6.
 */
export function c3d(options: C3dOptions): Network {
  const { channels = 3, frames = 16, size = 112, classes } = options;
  const scaled = scaledBy(options.widthMultiplier);
  const dense = (b: NetworkBuilder, name: string, x: Value): Value =>
    relu(b, linear(b, name, x, { features: scaled(4096) }));
  return {
    name: 'c3d',
    input: { channels, frames, height: size, width: size },
    build(b, x) {
      let v = x;
      STAGES.forEach((stage, i) => {
        for (const [name, width] of stage)
          v = relu(b, conv3d(b, `conv${name}`, v, { channels: scaled(width), kernel: 3, pad: 1 }));
        v = maxPool(b, v, i === 0 ? [1, 2, 2] : 2, { ceil: true });
      });
      const features = dense(b, 'fc6', flatten(b, v));
      v = dense(b, 'fc7', dropout(b, 'drop6', features, 0.5));
      return {
        logits: linear(b, 'fc8', dropout(b, 'drop7', v, 0.5), { features: classes, init: { kind: 'xavier' } }),
        features,
      };
    },
  };
}
