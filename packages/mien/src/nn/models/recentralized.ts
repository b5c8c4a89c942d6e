/**
 * The network of 3-D re-centralization (Bao et al., Single-image facial expression recognition using deep 3D
 * re-centralization, ICCV workshops 2019): three streams of 128 numbers each, joined.
 *
 *   appearance  x [N,1,S,S], the face: 3×3 convolution, 128 channels, stride 2; identity block 64-64-128; convolution block
 *               64-64-256; 4×4 pooling; 1024-1024-128
 *   shading     [N,1,S',S'], of the face turned to the front: three 3×3 convolutions of stride 2, 256-128-64; 512-128
 *   landmarks   [N,136], the 68 of the image: their 2,278 distances; 1024-512-256-128
 *   joined      384 → 512 → 128 → K
 *
 * What the paper leaves open, and what it is here: the first convolution is 3×3 with stride 2; the blocks are those of
 * ResNet-50 (1×1, 3×3, 1×1), the second one strided in its shortcut and first convolution; there is batch normalisation
 * after each convolution of the appearance stream, and a rectifier after each layer but the last; the first linear layer
 * of the shading stream has 512 units; dropout of 0.4 is before each linear layer of the joined part and between those of
 * 1024; noise of variance 0.5 is added to each input after it was standardised, each sample by itself.
 *
 * Shape legend: N samples, S side of the face, S' of the shading, P points, K classes.
 */
import { MienError } from '../../errors.ts';
import type { Value } from '../../onnx/index.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d } from '../layers/conv.ts';
import { dropout } from '../layers/dropout.ts';
import { gaussianNoise } from '../layers/gaussian-noise.ts';
import { maxPool } from '../layers/pool.ts';
import { standardize } from '../layers/standardize.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { fromNose, pairDistances, POINTS, pointsOf } from './landmark-points.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

/** What the network looks at. */
export const RECENTRALIZED_STREAMS = ['appearance', 'shading', 'landmarks'] as const;
export type RecentralizedStream = (typeof RECENTRALIZED_STREAMS)[number];

export interface RecentralizedOptions extends ImageNetworkOptions {
  /** Default: all three. The network takes `x` without the appearance, too, and does not look at it. */
  readonly streams?: readonly RecentralizedStream[];
  /** S'. Default 100. */
  readonly shadingSize?: number;
  /** Variance of the noise on standardised inputs, in training. Default 0.5. */
  readonly noise?: number;
  /** Default 0.4. */
  readonly dropout?: number;
}

/**
 * Defaults: grey, 100×100. Further inputs: `shading` and `landmarks`, of the streams that there are. Outputs: `logits`
 * [N,K], `features` [N,128].
 * @throws {MienError} when there is no stream
 */
export function recentralized(options: RecentralizedOptions): Network {
  const { channels = 1, size = 100, shadingSize = 100, streams = RECENTRALIZED_STREAMS } = options;
  const { noise = 0.5, dropout: rate = 0.4 } = options;
  const scaled = scaledBy(options.widthMultiplier);
  const has = (stream: RecentralizedStream): boolean => streams.includes(stream);
  if (!RECENTRALIZED_STREAMS.some(has))
    throw new MienError(`recentralized: expected some of the streams ${RECENTRALIZED_STREAMS.join(', ')}, got none`);
  /** Linear layers with rectifiers, and dropout between those after which there is `dropAfter`. */
  const layers = (
    b: NetworkBuilder,
    name: string,
    x: Value,
    widths: readonly number[],
    drops: readonly number[] = [],
  ): Value =>
    widths.reduce((v, width, i) => {
      const out = relu(b, linear(b, `${name}.fc${i + 1}`, v, { features: scaled(width) }));
      return drops.includes(i) ? dropout(b, `${name}.dropout${i + 1}`, out, rate) : out;
    }, x);
  const noisy = (b: NetworkBuilder, name: string, x: Value): Value =>
    gaussianNoise(b, `${name}.noise`, standardize(b, x), noise);

  const build: Record<RecentralizedStream, (b: NetworkBuilder, input: Value) => Value> = {
    appearance(b, x) {
      let v = relu(b, convNorm(b, 'conv', noisy(b, 'appearance', x), scaled(128), 3, 2));
      v = block(b, 'identity', v, [64, 64, 128].map(scaled), 1);
      v = block(b, 'convolution', v, [64, 64, 256].map(scaled), 2);
      return layers(b, 'appearance', flatten(b, maxPool(b, v, 4)), [1024, 1024, 128], [0, 1]);
    },
    shading(b, image) {
      const v = [256, 128, 64].reduce(
        (x, width, i) =>
          relu(b, conv2d(b, `shading.conv${i + 1}`, x, { channels: scaled(width), kernel: 3, stride: 2, pad: 1 })),
        noisy(b, 'shading', image),
      );
      return layers(b, 'shading', flatten(b, v), [512, 128]);
    },
    landmarks: (b, points) =>
      layers(b, 'landmarks', noisy(b, 'landmarks', landmarkDistances(b, points)), [1024, 512, 256, 128]),
  };
  return {
    name: 'recentralized',
    input: { channels, height: size, width: size },
    furtherInputs: {
      ...(has('shading') ? { shading: { channels: 1, height: shadingSize, width: shadingSize } } : {}),
      ...(has('landmarks') ? { landmarks: { dims: [2 * POINTS] } } : {}),
    },
    build(b, x, further = {}) {
      const inputs: Record<RecentralizedStream, Value | undefined> = {
        appearance: x,
        shading: further['shading'],
        landmarks: further['landmarks'],
      };
      const parts = RECENTRALIZED_STREAMS.filter(has).map((stream) => build[stream](b, inputs[stream]!));
      const joined = dropout(b, 'dropout', parts.length === 1 ? parts[0]! : b.op('Concat', parts, { axis: 1 }), rate);
      const features = layers(b, 'joined', joined, [512, 128], [0]);
      return {
        logits: linear(b, 'logits', features, { features: options.classes, init: { kind: 'xavier' } }),
        features,
      };
    },
  };
}

/**
 * Distances of all pairs of the points, in the order (1,2), (1,3) … (67,68). The nose is the origin, and each axis is scaled
 * so that the points reach over a length of 1 along it (min–max normalisation); points that all coincide give 0.
 * Source: Bao et al. 2019, section 4.2.
 * @param points float32 [N,136]   @returns float32 [N,2278]
 */
export function landmarkDistances(b: NetworkBuilder, points: Value): Value {
  const q = fromNose(b, pointsOf(b, points));
  const axis = b.ints([1]);
  const range = b.op('Sub', [b.op('ReduceMax', [q, axis]), b.op('ReduceMin', [q, axis])]); // [N,1,2]
  return pairDistances(b, b.op('Div', [q, b.op('Max', [range, 1e-6])]));
}

/** Bottleneck of ResNet-50: 1×1, 3×3, 1×1; its shortcut is a convolution where the size changes. */
function block(b: NetworkBuilder, name: string, x: Value, widths: readonly number[], stride: number): Value {
  return b.scope(name, () => {
    const [first, second, out] = widths as [number, number, number];
    const short = stride === 1 ? x : convNorm(b, 'shortcut', x, out, 1, stride);
    let v = relu(b, convNorm(b, 'conv1', x, first, 1, stride));
    v = relu(b, convNorm(b, 'conv2', v, second, 3));
    return relu(b, b.op('Add', [short, convNorm(b, 'conv3', v, out, 1)]));
  });
}

const convNorm = (b: NetworkBuilder, name: string, x: Value, channels: number, kernel: number, stride = 1): Value =>
  b.scope(name, () =>
    batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels, kernel, stride, pad: kernel >> 1, bias: false })),
  );
