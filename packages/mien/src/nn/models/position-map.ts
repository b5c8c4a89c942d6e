/**
 * The position-map network (Feng et al., Joint 3D face reconstruction and dense alignment with position map regression
 * network, ECCV 2018): a picture of a face to a map of where each place of the unfolded face lies, as large as the picture.
 *
 *   encoder  4×4 convolution, 16 channels; ten residual blocks of 32-32-64-64-128-128-256-256-512-512 channels, every
 *            other one from the first on of stride 2: [N,3,S,S] → [N,512,S/32,S/32]
 *   decoder  17 transposed 4×4 convolutions: 512; 256-256-256; 128-128-128; 64-64-64; 32-32; 16-16; 3-3-3, the first of
 *            each group but the first and the last of stride 2
 *   block    1×1 to half the channels, 4×4 of the block's stride, 1×1 to all of them, and a shortcut, 1×1 where it is not
 *            the same; added, normalised, rectified
 *
 * Each convolution has batch normalisation and a rectifier after it in place of a bias; the last of a block and the shortcuts
 * have neither, the last one of all has a sigmoid. Where 4×4 has no middle, the additional row is at the end, as in
 * TensorFlow.
 *
 * Shape legend: N samples, S side of picture and map.
 */
import { ShapeError } from '../../errors.ts';
import type { Value } from '../../onnx/index.ts';
import { relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d, convTranspose } from '../layers/conv.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy } from './options.ts';

export interface PositionMapNetworkOptions {
  /** S, a multiple of 32. Default 256, as published. */
  readonly size?: number;
  /** Factor on the numbers of channels. Default 1. */
  readonly widthMultiplier?: number;
}

const KERNEL = 4;
/** Of 4×4 convolutions that keep the size. */
const SAME = { pad: 1, padEnd: 2 } as const;
const ENCODER = [32, 64, 128, 256, 512] as const;
/** Channels of the transposed convolutions; each inner group begins with stride 2. */
const DECODER = [[512], [256, 256, 256], [128, 128, 128], [64, 64, 64], [32, 32], [16, 16]] as const;
const LAST = 3;
const SHRINK = 2 ** ENCODER.length;

/**
 * Output: `map` [N,3,S,S], 0 … 1.
 * @throws {ShapeError} when the size is not a multiple of 32
 * @example
 * ```ts
 * import { countParameters } from 'mienjs/nn';
 * import { positionMapNetwork } from 'mienjs/nn/models';
 *
 * console.log(countParameters(positionMapNetwork({ size: 128, widthMultiplier: 0.25 })));
 * ```
 */
export function positionMapNetwork({ size = 256, widthMultiplier }: PositionMapNetworkOptions = {}): Network {
  if (!Number.isInteger(size) || size < SHRINK || size % SHRINK !== 0)
    throw new ShapeError('positionMapNetwork', `size: expected a multiple of ${SHRINK}, got ${size}`);
  const scaled = scaledBy(widthMultiplier);
  return {
    name: 'position-map',
    input: { channels: 3, height: size, width: size },
    build(b, x) {
      let v = rectified(
        b,
        'conv',
        conv2d(b, 'conv', x, { channels: scaled(ENCODER[0] / 2), kernel: KERNEL, ...SAME, bias: false }),
      );
      ENCODER.forEach((channels, i) => {
        v = block(b, `block${2 * i + 1}`, v, scaled(channels), 2);
        v = block(b, `block${2 * i + 2}`, v, scaled(channels), 1);
      });
      let layer = 0;
      const up = (channels: number, stride: 1 | 2, isLast = false): void => {
        const name = `up${++layer}`;
        const wide = convTranspose(b, name, v, {
          channels,
          kernel: KERNEL,
          stride,
          ...(stride === 1 ? SAME : { pad: 1 }),
          bias: false,
        });
        v = isLast ? b.op('Sigmoid', [batchNorm(b, `${name}.bn`, wide)]) : rectified(b, name, wide);
      };
      DECODER.forEach((group, g) => group.forEach((channels, i) => up(scaled(channels), g > 0 && i === 0 ? 2 : 1)));
      for (let i = 0; i < LAST; i++) up(3, 1, i === LAST - 1);
      return { map: v };
    },
  };
}

const rectified = (b: NetworkBuilder, name: string, x: Value): Value => relu(b, batchNorm(b, `${name}.bn`, x));

function block(b: NetworkBuilder, name: string, x: Value, channels: number, stride: 1 | 2): Value {
  return b.scope(name, () => {
    const half = Math.max(1, Math.round(channels / 2));
    const one = (layer: string, from: Value, out: number, by = 1): Value =>
      conv2d(b, layer, from, { channels: out, kernel: 1, stride: by, bias: false });
    const shortcut = stride === 1 && x.shape[1] === channels ? x : one('shortcut', x, channels, stride);
    let v = rectified(b, 'conv1', one('conv1', x, half));
    v = conv2d(b, 'conv2', v, {
      channels: half,
      kernel: KERNEL,
      stride,
      ...(stride === 1 ? SAME : { pad: 1 }),
      bias: false,
    });
    v = one('conv3', rectified(b, 'conv2', v), channels);
    return relu(b, batchNorm(b, 'bn', b.op('Add', [v, shortcut])));
  });
}
