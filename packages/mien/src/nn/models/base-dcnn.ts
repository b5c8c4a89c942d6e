/**
 * baseDCNN (Li & Deng, Reliable crowdsourcing and deep locality-preserving learning for unconstrained facial expression
 * recognition, IEEE TIP 2019): the network under DLP-CNN.
 *
 * conv 64, pool, conv 96, pool, conv 128, conv 128, pool, conv 256, conv 256 (all 3×3, padding 1, ReLU; pools 2×2/2),
 * fully connected 2000 with ReLU = the features of the locality-preserving loss and of the SVMs, fully connected K.
 *
 * Pooling rounds up, as Caffe's does: 90 → 45 → 23 → 12 and 100 → 50 → 25 → 13; but published re-implementations feed
 * 100×100 to pools that round down, 100 → 50 → 25 → 12. Both give the 256·12·12 = 36,864 inputs of the first fully
 * connected layer, so `ceil` is off by default at 100 alone. Initial values: MSRA, biases 0.
 */
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import type { Network } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

export interface BaseDcnnOptions extends ImageNetworkOptions {
  /** Whether pooling rounds up. Default: unless `size` is 100. */
  readonly ceil?: boolean;
}

/** Defaults: grey, 90×90. Outputs: `logits` [N,K], `features` [N,2000]. */
export function baseDcnn(options: BaseDcnnOptions): Network {
  const { channels = 1, size = 90, classes } = options;
  const ceil = options.ceil ?? size !== 100;
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: 'base-dcnn',
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = x;
      [[64], [96], [128, 128], [256, 256]].forEach((stage, i) => {
        if (i > 0) v = maxPool(b, v, 2, { ceil });
        stage.forEach(
          (width, k) =>
            (v = relu(b, conv2d(b, `conv${i + 1}.${k + 1}`, v, { channels: scaled(width), kernel: 3, pad: 1 }))),
        );
      });
      const features = relu(b, linear(b, 'fc1', flatten(b, v), { features: scaled(2000) }));
      return { logits: linear(b, 'fc2', features, { features: classes }), features };
    },
  };
}
