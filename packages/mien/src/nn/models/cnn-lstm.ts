/**
 * CNN-LSTM (Donahue et al., Long-term recurrent convolutional networks for visual recognition and description,
 * CVPR 2015, section 4): the same convolutional network on every frame, an LSTM over the frames' features, and a linear
 * layer on its last state. The network of a frame is ours, small as faces are: 3×3 convolutions to 32, 64 and 128
 * channels, each followed by a 2×2 pool, then global average pooling; the LSTM's state has 128 numbers.
 */
import { linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { globalAveragePool, maxPool } from '../layers/pool.ts';
import { recurrent } from '../layers/recurrent.ts';
import type { Network } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

const WIDTHS = [32, 64, 128];

export interface CnnLstmOptions extends ImageNetworkOptions {
  /** Default 16. */
  readonly frames?: number;
  /** Takes how many frames of each clip are valid, as the input `frames` [N]; default: all are. */
  readonly lengths?: boolean;
}

/** x [N,C,T,H,W]; defaults: grey, 16 frames, 48×48. Outputs: `logits` [N,K], `features` [N,128], the last state. */
export function cnnLstm(options: CnnLstmOptions): Network {
  const { channels = 1, frames = 16, size = 48 } = options;
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: 'cnn-lstm',
    input: { channels, frames, height: size, width: size },
    ...(options.lengths ? { furtherInputs: { frames: { dims: [] } } } : {}),
    build(b, x, further) {
      const C = x.shape[1] as number; // recipes may give other channels than the options say
      // [N,C,T,H,W] → [N,T,C,H,W] → [N·T,C,H,W]
      let v = b.op('Reshape', [b.op('Transpose', [x], { perm: [0, 2, 1, 3, 4] }), b.ints([-1, C, size, size])]);
      WIDTHS.forEach(
        (width, i) =>
          (v = maxPool(b, relu(b, conv2d(b, `conv${i + 1}`, v, { channels: scaled(width), kernel: 3, pad: 1 })), 2)),
      );
      // [N·T,D] → [N,T,D]
      const sequence = b.op('Reshape', [globalAveragePool(b, v), b.ints([-1, frames, scaled(128)])]);
      const features = recurrent(b, 'lstm', sequence, {
        cell: 'lstm',
        hidden: scaled(128),
        ...(further ? { lengths: further['frames']! } : {}),
      }).last;
      return { logits: linear(b, 'fc', features, { features: options.classes, init: { kind: 'xavier' } }), features };
    },
  };
}
