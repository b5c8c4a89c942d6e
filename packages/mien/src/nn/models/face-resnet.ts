/**
 * The network that dlib recognises people by (King, dlib_face_recognition_resnet_model_v1, 2017), up to its pooled
 * features: 29 convolutions of residual blocks (He et al. 2016), each with a normalization of its own.
 *
 *   x [N,C,H,W] → 7×7/2, 32 channels → 3×3/2 max pooling → blocks of 32 (3), 64 (4), 128 (3), 256 (4) channels → mean
 *   block:          y = relu(x + BN(conv3×3(relu(BN(conv3×3(x))))))
 *   halving block:  y = relu(P(x) + BN(conv3×3(relu(BN(conv3×3/2(x)))))), P the mean of 2×2
 *
 * Strided windows, of pooling as well, stay within the image. Where the convolution gives a row or a column less than P,
 * zeros follow it; where P has fewer channels, zeros follow those. Normalizations are what dlib trained with; its files
 * for recognition keep them as a scale and a bias for each channel (see evaluate/face-api.ts). Names of blocks are those of
 * face-api, which publishes these weights for JavaScript.
 *
 * Deviation: images below 103 px, of which the last block gets less than one window, are padded with zeros to one.
 */
import { ShapeError } from '../../errors.ts';
import { staticDims, type Value } from '../../onnx/index.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { dropout } from '../layers/dropout.ts';
import { averagePool, globalAveragePool, maxPool } from '../layers/pool.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy } from './options.ts';

/** What dlib's weights expect: red, green and blue (0 … 255), each less its mean, divided. */
export const DLIB_MEANS = [122.782, 117.001, 104.298] as const;
export const DLIB_DIVISOR = 256;

export interface FaceResNetOptions {
  /** Number of classes by output name. */
  readonly heads: Readonly<Record<string, number>>;
  /** Default 3. */
  readonly channels?: number;
  /** Side of the square input, px; default 150, at least 71. */
  readonly size?: number;
  /** Before the heads. Default 0. */
  readonly dropout?: number;
  /** Factor on the number of channels of every layer; default 1. */
  readonly widthMultiplier?: number;
}

/** The blocks of each stage; those whose name has "down" halve the size. */
const STAGES = [
  { channels: 32, blocks: ['1', '2', '3'] },
  { channels: 64, blocks: ['down', '1', '2', '3'] },
  { channels: 128, blocks: ['down', '1', '2'] },
  { channels: 256, blocks: ['down', '1', '2', 'down_out'] },
] as const;

const KERNEL = 3;
/** The smallest image of which every pooling gets a whole window. */
const LEAST_SIZE = 71;

/** Outputs: one by each head's name [N,K], and `features` [N,256]. @throws {ShapeError} when `size` is below 71 */
export function faceResNet(options: FaceResNetOptions): Network {
  const { heads, channels = 3, size = 150 } = options;
  if (size < LEAST_SIZE) throw new ShapeError('faceResNet', `size: expected at least ${LEAST_SIZE} px, got ${size}`);
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: 'face-resnet',
    input: { channels, height: size, width: size },
    build(b, x) {
      const stem = relu(b, convNorm(b, 'conv32_down', x, { channels: scaled(32), kernel: 7, stride: 2 }));
      let v = maxPool(b, stem, KERNEL, { stride: 2 });
      for (const stage of STAGES) {
        for (const name of stage.blocks) {
          const block = name.startsWith('down') ? halvingBlock : residualBlock;
          v = b.scope(`conv${stage.channels}_${name}`, () => block(b, v, scaled(stage.channels)));
        }
      }
      const features = globalAveragePool(b, v);
      const kept = dropout(b, 'dropout', features, options.dropout ?? 0);
      const logits = Object.entries(heads).map(([name, classes]) => [
        name,
        // Small: features of the recognition network are far apart
        linear(b, `head.${name}`, kept, { features: classes, init: { kind: 'gaussian', std: 0.01 } }),
      ]);
      return { ...Object.fromEntries(logits), features };
    },
  };
}

function residualBlock(b: NetworkBuilder, x: Value, channels: number): Value {
  const v = relu(b, convNorm(b, 'conv1', x, { channels, pad: 1 }));
  return relu(b, b.op('Add', [x, convNorm(b, 'conv2', v, { channels, pad: 1 })]));
}

function halvingBlock(b: NetworkBuilder, x: Value, channels: number): Value {
  const [height, width] = staticDims(x.shape.slice(2), 'faceResNet') as [number, number];
  const missing = [height, width].map((side) => Math.max(0, KERNEL - side));
  const v = relu(b, convNorm(b, 'conv1', x, { channels, stride: 2, padEnd: missing }));
  const branch = convNorm(b, 'conv2', v, { channels, pad: 1 });
  const short = averagePool(b, x, 2);
  return relu(b, b.op('Add', [padEnd(b, short, branch), padEnd(b, branch, short)]));
}

/** Zeros after the last channel, row and column of x, as far as `like` has more. */
function padEnd(b: NetworkBuilder, x: Value, like: Value): Value {
  const [own, wanted] = [x, like].map((v) => staticDims(v.shape.slice(1), 'faceResNet')) as [number[], number[]];
  const missing = own.map((size, axis) => Math.max(0, wanted[axis]! - size));
  return missing.some((n) => n > 0) ? b.op('Pad', [x, b.ints([0, 0, 0, 0, 0, ...missing])]) : x;
}

function convNorm(
  b: NetworkBuilder,
  name: string,
  x: Value,
  options: {
    readonly channels: number;
    readonly kernel?: number;
    readonly stride?: number;
    readonly pad?: number;
    readonly padEnd?: readonly number[];
  },
): Value {
  return b.scope(name, () => batchNorm(b, 'norm', conv2d(b, 'conv', x, { kernel: KERNEL, bias: false, ...options })));
}
