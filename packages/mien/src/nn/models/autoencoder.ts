/**
 * Autoencoders of faces: an encoder to a code, and a decoder from it back to the face. What the code is like is a matter of
 * the loss (recipes/autoencoder.ts): denoising, sparse, contractive, variational, adversarial.
 *
 *   dense          h = σ(W·x + c),  x̂ = V·h + d
 *   convolutional  three 3×3 convolutions of stride 2 (16-32-64, ReLU), linear to the code; the decoder is its mirror image
 *
 * Of a variational one the encoder gives the mean and the log variance of a Gaussian (Kingma & Welling 2014). Where a
 * condition is given, such as the class one-hot, both halves are told it by linear maps of their own (Sohn et al. 2015).
 *
 * Shape legend: N batch, C channels, H×W pixels, D numbers of the code, K numbers of the condition.
 */
import { ShapeError } from '../../errors.ts';
import { staticDims, type Value } from '../../onnx/index.ts';
import { float32, zeros } from '../../tensor/index.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { conv2d, convTranspose } from '../layers/conv.ts';
import { gaussianNoise } from '../layers/gaussian-noise.ts';
import { gaussianDivergence, square } from '../losses/terms.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface AutoencoderOptions {
  /** Of the face. Sides of a convolutional one are multiples of 8. */
  readonly input: { readonly channels: number; readonly height: number; readonly width: number };
  readonly body: 'dense' | 'convolutional';
  /** D */
  readonly code: number;
  /** Factor on the channels of the convolutions. Default 1. */
  readonly width?: number;
}

/** Channels of the convolutions, of stride 2 each. */
const CHANNELS = [16, 32, 64] as const;
const SHRINK = 2 ** CHANNELS.length;

const channelsOf = ({ width = 1 }: AutoencoderOptions): number[] =>
  CHANNELS.map((c) => Math.max(1, Math.round(c * width)));

/** Before the code: the pixels themselves, or what the convolutions make of them. [N,C,H,W] → [N,·] */
function features(b: NetworkBuilder, o: AutoencoderOptions, x: Value): Value {
  if (o.body === 'dense') return flatten(b, x);
  const { height, width } = o.input;
  if (height % SHRINK !== 0 || width % SHRINK !== 0)
    throw new ShapeError('autoencoder', `expected sides that are multiples of ${SHRINK}, got ${width}×${height}`);
  return flatten(
    b,
    channelsOf(o).reduce(
      (v, channels, i) => relu(b, conv2d(b, `conv${i + 1}`, v, { channels, kernel: 3, stride: 2, pad: 1 })),
      x,
    ),
  );
}

/** W·v + c, and what the condition adds. */
function joined(
  b: NetworkBuilder,
  name: string,
  v: Value,
  condition: Value | undefined,
  size: number,
  init: 'he' | 'xavier',
): Value {
  const own = linear(b, name, v, { features: size, init: { kind: init } });
  if (!condition) return own;
  return b.op('Add', [
    own,
    linear(b, `${name}.condition`, condition, { features: size, bias: false, init: { kind: 'xavier' } }),
  ]);
}

/** The code of faces, of sigmoids in a dense autoencoder: [N,C,H,W] → [N,D]. */
export function encodeFaces(b: NetworkBuilder, o: AutoencoderOptions, x: Value): Value {
  return b.scope('encoder', () => {
    const code = joined(b, 'code', features(b, o, x), undefined, o.code, 'xavier');
    return o.body === 'dense' ? b.op('Sigmoid', [code]) : code;
  });
}

/** A Gaussian for each face: both [N,D]. */
export interface CodeDistribution {
  readonly mean: Value;
  readonly logVariance: Value;
}

/** @param condition [N,K], or [1,K] for all */
export function encodeDistribution(
  b: NetworkBuilder,
  o: AutoencoderOptions,
  x: Value,
  condition?: Value,
): CodeDistribution {
  return b.scope('encoder', () => {
    const v = features(b, o, x);
    const mean = joined(b, 'code', v, condition, o.code, 'xavier');
    const wide = joined(b, 'spread', v, condition, o.code, 'xavier');
    // Beyond, exp(·) would grow without bound in the first steps
    return { mean, logVariance: b.op('Clip', [wide, -10, 10]) };
  });
}

/** A code from each Gaussian, μ + σ·ε; the mean in inference. */
export function sampleCode(b: NetworkBuilder, { mean, logVariance }: CodeDistribution): Value {
  if (!b.training) return mean;
  const none = b.constant(zeros('float32', staticDims(mean.shape, 'sampleCode')));
  const noise = gaussianNoise(b, 'sample', none, 1);
  return b.op('Add', [mean, b.op('Mul', [b.op('Exp', [b.op('Mul', [logVariance, 0.5])]), noise])]);
}

/** [N,D] → [N,C,H,W], in the units of the faces. @param condition [N,K], or [1,K] for all */
export function decodeFaces(b: NetworkBuilder, o: AutoencoderOptions, code: Value, condition?: Value): Value {
  const { channels, height, width } = o.input;
  return b.scope('decoder', () => {
    if (o.body === 'dense') {
      const flat = joined(b, 'pixels', code, condition, channels * height * width, 'xavier');
      return b.op('Reshape', [flat, b.ints([0, channels, height, width])]);
    }
    const [rows, columns] = [height / SHRINK, width / SHRINK];
    const widths = channelsOf(o).reverse();
    const start = relu(b, joined(b, 'code', code, condition, widths[0]! * rows * columns, 'he'));
    const shaped = b.op('Reshape', [start, b.ints([0, widths[0]!, rows, columns])]);
    return [...widths.slice(1), channels].reduce((v, out, i, all) => {
      const last = i === all.length - 1;
      // 4×4 of stride 2 doubles the sides, and covers every pixel alike
      const wider = convTranspose(b, last ? 'picture' : `conv${i + 1}`, v, {
        channels: out,
        kernel: 4,
        stride: 2,
        pad: 1,
        ...(last ? { init: { kind: 'xavier' } } : {}),
      });
      return last ? wider : relu(b, wider);
    }, shaped);
  });
}

/** How the code of a face is found. */
export type CodeKind = 'plain' | 'variational';

/** The code of faces, of a variational autoencoder its mean: [N,C,H,W] → [N,D]. */
export const codeOf = (b: NetworkBuilder, o: AutoencoderOptions, kind: CodeKind, x: Value): Value =>
  kind === 'plain' ? encodeFaces(b, o, x) : encodeDistribution(b, o, x).mean;

/** The encoder with a linear classifier on its code: `x` → `logits` [N,K]. Features are taken before the classifier. */
export function codeClassifier(
  o: AutoencoderOptions & { readonly kind?: CodeKind; readonly classes: number },
): Network {
  return {
    name: 'autoencoder.code',
    input: o.input,
    build: (b, x) => ({ logits: classifyCode(b, codeOf(b, o, o.kind ?? 'plain', x), o.classes) }),
  };
}

/** [N,D] → [N,K] */
export const classifyCode = (b: NetworkBuilder, code: Value, classes: number): Value =>
  linear(b, 'classifier', code, { features: classes, init: { kind: 'xavier' } });

/** `x` → `picture` [N,C,H,W], the face that the decoder makes of its code. */
export function autoencoderPictures(o: AutoencoderOptions & { readonly kind?: CodeKind }): Network {
  return {
    name: 'autoencoder',
    input: o.input,
    build: (b, x) => ({ picture: decodeFaces(b, o, codeOf(b, o, o.kind ?? 'plain', x)) }),
  };
}

export interface ConditionalOptions extends AutoencoderOptions {
  /** K */
  readonly classes: number;
  /** β: what the distance of codes from N(0, 1) counts against the squared error of pixels (Higgins et al. 2017). */
  readonly beta: number;
}

/** The decoder of a conditional autoencoder: `class` [N,K], one-hot or between classes, and `z` [N,D] → `picture`. */
export function conditionalDecoder(o: ConditionalOptions): Network {
  return {
    name: 'conditional-vae.decoder',
    input: { dims: [o.classes] },
    furtherInputs: { z: { dims: [o.code] } },
    build: (b, x, further) => ({ picture: decodeFaces(b, o, further!['z']!, x) }),
  };
}

/**
 * Which class explains a face best, by the bound that a conditional variational autoencoder learns by: `logits` [N,K],
 * −½‖x − x̂ₖ‖² − β·KLₖ with the code and the picture that belong to class k.
 */
export function conditionalClassifier(o: ConditionalOptions): Network {
  return {
    name: 'conditional-vae',
    input: o.input,
    build(b, x) {
      const rowSum = (v: Value): Value => b.op('ReduceSum', [flatten(b, v), b.ints([1])], { keepdims: 1 });
      const bound = (k: number): Value => {
        const row = b.constant(
          float32(
            [1, o.classes],
            Array.from({ length: o.classes }, (_, i) => Number(i === k)),
          ),
        );
        const code = encodeDistribution(b, o, x, row);
        const error = b.op('Sub', [decodeFaces(b, o, code.mean, row), x]);
        const divergence = gaussianDivergence(b, code.mean, code.logVariance);
        return b.op('Mul', [b.op('Add', [rowSum(square(b, error)), b.op('Mul', [rowSum(divergence), o.beta])]), -0.5]);
      };
      const bounds = Array.from({ length: o.classes }, (_, k) => (k === 0 ? bound(k) : b.again(() => bound(k))));
      return { logits: b.op('Concat', bounds, { axis: 1 }) };
    },
  };
}
