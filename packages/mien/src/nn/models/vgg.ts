/**
 * VGG (Simonyan & Zisserman, Very deep convolutional networks for large-scale image recognition, ICLR 2015, table 1,
 * configurations B = 13 and D = 16 layers), and two networks of faces in its manner:
 *
 * VGG-Face (Parkhi, Vedaldi & Zisserman, Deep face recognition, BMVC 2015): configuration D for 2622 people.
 * VGG-13 of FER+ (Barsoum et al., Training deep networks for facial expression recognition with crowd-sourced label
 * distribution, ICMI 2016, figure 3): 64×64 grey, smaller at its end, dropout after each pool.
 *
 * All convolutions 3×3, padding 1, ReLU; pools 2×2/2. Parameter names of VGG are torchvision's.
 */
import type { Value } from '../../onnx/index.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { maxPool } from '../layers/pool.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

/** Channels of the convolutions between pools. */
const STAGES = {
  13: [
    [64, 64],
    [128, 128],
    [256, 256],
    [512, 512],
    [512, 512],
  ],
  16: [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ],
} as const;

export interface VggOptions extends ImageNetworkOptions {
  readonly depth: keyof typeof STAGES;
  /** Batch normalisation after each convolution, which the paper had not; default false. */
  readonly batchNorm?: boolean;
}

/** Defaults: 3 channels, 224×224 (at least 32×32). Outputs: `logits` [N,K], `features` [N,4096]. */
export function vgg(options: VggOptions): Network {
  const { depth, channels = 3, size = 224, classes } = options;
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: `vgg-${depth}`,
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = x;
      let index = 0; // as torchvision counts: convolution, (normalisation,) ReLU, pool
      for (const stage of STAGES[depth]) {
        for (const width of stage) {
          v = conv2d(b, `features.${index++}`, v, { channels: scaled(width), kernel: 3, pad: 1 });
          if (options.batchNorm) v = batchNorm(b, `features.${index++}`, v);
          v = relu(b, v);
          index++;
        }
        v = maxPool(b, v, 2);
        index++;
      }
      v = relu(b, linear(b, 'classifier.0', flatten(b, v), { features: scaled(4096) }));
      const features = relu(
        b,
        linear(b, 'classifier.3', dropout(b, 'classifier.2', v, 0.5), { features: scaled(4096) }),
      );
      return {
        logits: linear(b, 'classifier.6', dropout(b, 'classifier.5', features, 0.5), {
          features: classes,
          init: { kind: 'xavier' },
        }),
        features,
      };
    },
  };
}

/** VGG-16 as VGG-Face has it: `features` [N,4096] are what was used as a description of a face. */
export function vggFace(options: ImageNetworkOptions): Network {
  return { ...vgg({ ...options, depth: 16 }), name: 'vgg-face' };
}

/** FER+'s network. Defaults: grey, 64×64 (at least 16×16). Outputs: `logits` [N,K], `features` [N,1024]. */
export function ferPlusVgg13(options: ImageNetworkOptions): Network {
  const { channels = 1, size = 64, classes } = options;
  const scaled = scaledBy(options.widthMultiplier);
  const dense = (b: NetworkBuilder, name: string, x: Value): Value =>
    relu(b, linear(b, name, x, { features: scaled(1024) }));
  return {
    name: 'vgg-13-ferplus',
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = x;
      [
        [64, 64],
        [128, 128],
        [256, 256, 256],
        [256, 256, 256],
      ].forEach((stage, i) => {
        stage.forEach(
          (width, k) =>
            (v = relu(b, conv2d(b, `conv${i + 1}.${k + 1}`, v, { channels: scaled(width), kernel: 3, pad: 1 }))),
        );
        v = dropout(b, `drop${i + 1}`, maxPool(b, v, 2), 0.25);
      });
      v = dropout(b, 'drop5', dense(b, 'fc1', flatten(b, v)), 0.5);
      const features = dense(b, 'fc2', v);
      return {
        logits: linear(b, 'fc3', dropout(b, 'drop6', features, 0.5), { features: classes, init: { kind: 'xavier' } }),
        features,
      };
    },
  };
}
