/**
 * AlexNet (Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks, NIPS 2012)
 * in the form of one tower (Krizhevsky, One weird trick for parallelizing convolutional neural networks,
 * arXiv:1404.5997), without local response normalisation, as torchvision has it, whose parameter names these are:
 *
 * conv 11×11/4 64, pool, conv 5×5 192, pool, conv 3×3 384, 256, 256, pool (pools 3×3/2), dropout, fully connected 4096,
 * dropout, fully connected 4096, fully connected K.
 */
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

/** Defaults: 3 channels, 224×224 (at least 63×63). Outputs: `logits` [N,K], `features` [N,4096]. */
export function alexNet(options: ImageNetworkOptions): Network {
  const { channels = 3, size = 224, classes } = options;
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: 'alexnet',
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = relu(b, conv2d(b, 'features.0', x, { channels: scaled(64), kernel: 11, stride: 4, pad: 2 }));
      v = maxPool(b, v, 3, { stride: 2 });
      v = relu(b, conv2d(b, 'features.3', v, { channels: scaled(192), kernel: 5, pad: 2 }));
      v = maxPool(b, v, 3, { stride: 2 });
      v = relu(b, conv2d(b, 'features.6', v, { channels: scaled(384), kernel: 3, pad: 1 }));
      v = relu(b, conv2d(b, 'features.8', v, { channels: scaled(256), kernel: 3, pad: 1 }));
      v = relu(b, conv2d(b, 'features.10', v, { channels: scaled(256), kernel: 3, pad: 1 }));
      v = dropout(b, 'classifier.0', flatten(b, maxPool(b, v, 3, { stride: 2 })), 0.5);
      v = relu(b, linear(b, 'classifier.1', v, { features: scaled(4096) }));
      const features = relu(
        b,
        linear(b, 'classifier.4', dropout(b, 'classifier.3', v, 0.5), { features: scaled(4096) }),
      );
      return { logits: linear(b, 'classifier.6', features, { features: classes, init: { kind: 'xavier' } }), features };
    },
  };
}
