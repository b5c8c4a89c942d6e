/**
 * The Inception network for faces (Mollahosseini, Chan & Mahoor, Going deeper in facial expression recognition using deep
 * neural networks, WACV 2016): two convolutions, each followed by max pooling, Inception blocks with GoogLeNet's widths,
 * average pooling, two linear layers.
 *
 *   x [N,1,48,48] → 7×7/2, 64 → pool → 3×3, 192 → pool → Inception 3a, 3b → pool → Inception 4a → mean → 4096 → 1024 → K
 *
 * There are three Inception blocks, as Bao et al. 2019 (section 2.1) count them; the paper's abstract speaks of four. Not
 * printed, and decided here: batch normalisation after each convolution, pools of 3×3 with stride 2 that round up, dropout
 * of 0.5 before each linear layer, one channel. No number of parameters is published.
 */
import { globalAveragePool, maxPool } from '../layers/pool.ts';
import { linear, relu } from '../layers/basic.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network } from '../network.ts';
import {
  convBlock,
  INCEPTION_3A,
  INCEPTION_3B,
  INCEPTION_4A,
  inceptionBlock,
  type InceptionWidths,
} from './conv-block.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

const DROP = 0.5;

/** Defaults: grey, 48×48. Outputs: `logits` [N,K], `features` [N,1024]. */
export function faceInception(options: ImageNetworkOptions): Network {
  const { classes, channels = 1, size = 48 } = options;
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: 'face-inception',
    input: { channels, height: size, width: size },
    build(b, x) {
      const halve = (v: typeof x): typeof x => maxPool(b, v, 3, { stride: 2, ceil: true });
      const inception = (name: string, v: typeof x, widths: InceptionWidths): typeof x =>
        inceptionBlock(b, name, v, widths, (at, part, input, width, kernel) =>
          convBlock(at, part, input, scaled(width), kernel),
        );
      let v = halve(convBlock(b, 'conv1', x, scaled(64), 7, { stride: 2 }));
      v = halve(convBlock(b, 'conv2', v, scaled(192), 3));
      v = halve(inception('inception3b', inception('inception3a', v, INCEPTION_3A), INCEPTION_3B));
      v = globalAveragePool(b, inception('inception4a', v, INCEPTION_4A));
      [4096, 1024].forEach((width, i) => {
        v = relu(b, linear(b, `fc${i + 1}`, dropout(b, `dropout${i + 1}`, v, DROP), { features: scaled(width) }));
      });
      return {
        logits: linear(b, 'logits', dropout(b, 'dropout3', v, DROP), { features: classes, init: { kind: 'xavier' } }),
        features: v,
      };
    },
  };
}
