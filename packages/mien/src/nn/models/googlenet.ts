/**
 * GoogLeNet (Szegedy et al., Going deeper with convolutions, CVPR 2015, table 1): a stem, nine Inception blocks, global
 * average pooling, dropout 0.4, linear layer. Without the two auxiliary classifiers, which serve training only.
 *
 *   inception(x) = concat(1×1, 1×1 → 3×3, 1×1 → 5×5, 3×3 max pool → 1×1)
 *
 * `form: 'paper'`: biases, ReLU, local response normalisation in the stem, as the authors' release for Caffe.
 * `form: 'batch-norm'`: torchvision's, with its parameter names: batch normalisation (ε = 0.001) in place of biases and
 * local response normalisation, dropout 0.2, a 3×3 convolution where the paper has 5×5, and a 2×2 last max pool.
 */
import type { Value } from '../../onnx/index.ts';
import { linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { globalAveragePool, maxPool } from '../layers/pool.ts';
import { localResponseNorm } from '../layers/normalize.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { INCEPTION_3A, INCEPTION_3B, INCEPTION_4A, inceptionBlock, type InceptionWidths } from './conv-block.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

export interface GoogLeNetOptions extends ImageNetworkOptions {
  readonly form: 'paper' | 'batch-norm';
}

const STAGES: readonly (readonly (readonly [name: string, widths: InceptionWidths])[])[] = [
  [
    ['inception3a', INCEPTION_3A],
    ['inception3b', INCEPTION_3B],
  ],
  [
    ['inception4a', INCEPTION_4A],
    ['inception4b', [160, 112, 224, 24, 64, 64]],
    ['inception4c', [128, 128, 256, 24, 64, 64]],
    ['inception4d', [112, 144, 288, 32, 64, 64]],
    ['inception4e', [256, 160, 320, 32, 128, 128]],
  ],
  [
    ['inception5a', [256, 160, 320, 32, 128, 128]],
    ['inception5b', [384, 192, 384, 48, 128, 128]],
  ],
];

/** Defaults: 3 channels, 224×224. Outputs: `logits` [N,K], `features` [N,1024]. */
export function googLeNet(options: GoogLeNetOptions): Network {
  const { form, channels = 3, size = 224, classes } = options;
  const normed = form === 'batch-norm';
  const scaled = scaledBy(options.widthMultiplier);

  const conv = (b: NetworkBuilder, name: string, x: Value, width: number, kernel: number, stride = 1): Value =>
    b.scope(name, () => {
      const y = conv2d(b, 'conv', x, { channels: scaled(width), kernel, stride, pad: kernel >> 1, bias: !normed });
      return relu(b, normed ? batchNorm(b, 'bn', y, { epsilon: 1e-3 }) : y);
    });
  const halve = (b: NetworkBuilder, x: Value, kernel = 3): Value => maxPool(b, x, kernel, { stride: 2, ceil: true });
  const respond = (b: NetworkBuilder, x: Value): Value =>
    normed ? x : localResponseNorm(b, x, { size: 5, alpha: 1e-4, beta: 0.75, k: 1 });

  return {
    name: `googlenet.${form}`,
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = respond(b, halve(b, conv(b, 'conv1', x, 64, 7, 2)));
      v = conv(b, 'conv3', conv(b, 'conv2', v, 64, 1), 192, 3);
      v = respond(b, v);
      STAGES.forEach((stage, i) => {
        v = halve(b, v, normed && i === 2 ? 2 : 3);
        for (const [name, widths] of stage) v = inceptionBlock(b, name, v, widths, conv, normed ? 3 : 5);
      });
      const features = globalAveragePool(b, v);
      return {
        logits: linear(b, 'fc', dropout(b, 'dropout', features, normed ? 0.2 : 0.4), {
          features: classes,
          init: { kind: 'xavier' },
        }),
        features,
      };
    },
  };
}
