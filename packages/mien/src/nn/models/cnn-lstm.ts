/**
 * CNN-LSTM (Donahue et al., Long-term recurrent convolutional networks for visual recognition and description,
 * CVPR 2015, section 4): the same convolutional network on every frame, an LSTM over the frames' features, and a linear
 * layer on its last state. The network of a frame is ours, small as faces are: 3×3 convolutions of the given widths, each
 * followed by a 2×2 pool, then global average pooling.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { conv2d, globalAveragePool, linear, maxPool, relu } from '../layers/basic.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface CnnLstmOptions {
  readonly classes: number;
  /** Default 1. */
  readonly channels?: number;
  /** Default 16. */
  readonly frames?: number;
  /** Side of a frame in pixels; default 48. */
  readonly size?: number;
  /** Channels of the convolutions; default 32, 64, 128. */
  readonly widths?: readonly number[];
  /** Size of the LSTM's state; default 128. */
  readonly hidden?: number;
}

/** x [N,C,T,H,W]. Outputs: `logits` [N,K], `features` [N,hidden], the last state. */
export function cnnLstm(options: CnnLstmOptions): Network {
  const { channels = 1, frames = 16, size = 48, widths = [32, 64, 128], hidden = 128 } = options;
  return {
    name: 'cnn-lstm',
    input: { channels, frames, height: size, width: size },
    build(b, x) {
      // [N,C,T,H,W] → [T,N,C,H,W] → [T·N,C,H,W]
      let v = b.op('Reshape', [b.op('Transpose', [x], { perm: [2, 0, 1, 3, 4] }), b.ints([-1, channels, size, size])]);
      widths.forEach((width, i) => (v = maxPool(b, relu(b, conv2d(b, `conv${i + 1}`, v, { channels: width, kernel: 3, pad: 1 })), 2)));
      // [T·N,D] → [T,N,D]
      const sequence = b.op('Reshape', [globalAveragePool(b, v), b.ints([frames, -1, widths.at(-1) ?? channels])]);
      const features = lstm(b, 'lstm', sequence, hidden);
      return { logits: linear(b, 'fc', features, { features: options.classes, init: { kind: 'xavier' } }), features };
    },
  };
}

/** The last state [N,H] of an LSTM over [T,N,D], from a state of zeros; gates in the order i, f, g, o. */
function lstm(b: NetworkBuilder, name: string, x: Value, hidden: number): Value {
  const [steps, , inputs] = x.shape;
  return b.scope(name, () => {
    const init = { kind: 'xavier' } as const;
    const weight = (suffix: string, d: number): Value => b.op('Transpose', [b.weight(`weight_${suffix}`, [4 * hidden, d], init)], { perm: [1, 0] });
    const [wx, wh] = [weight('ih', staticDims([inputs!], 'lstm')[0]!), weight('hh', hidden)];
    const bias = b.op('Add', [b.weight('bias_ih', [4 * hidden], { kind: 'constant', value: 0 }), b.weight('bias_hh', [4 * hidden], { kind: 'constant', value: 0 })]);
    const projected = b.op('Add', [b.op('MatMul', [x, wx]), bias]);
    let [h, c]: [Value | null, Value | null] = [null, null];
    for (const step of b.ops('Split', [projected], { axis: 0, num_outputs: steps as number }, steps as number)) {
      let gates = b.op('Squeeze', [step, b.ints([0])]);
      if (h) gates = b.op('Add', [gates, b.op('MatMul', [h, wh])]);
      const [i, f, g, o] = b.ops('Split', [gates], { axis: 1, num_outputs: 4 }, 4) as [Value, Value, Value, Value];
      const fresh = b.op('Mul', [b.op('Sigmoid', [i]), b.op('Tanh', [g])]);
      c = c ? b.op('Add', [b.op('Mul', [b.op('Sigmoid', [f]), c]), fresh]) : fresh;
      h = b.op('Mul', [b.op('Sigmoid', [o]), b.op('Tanh', [c])]);
    }
    return h!;
  });
}
