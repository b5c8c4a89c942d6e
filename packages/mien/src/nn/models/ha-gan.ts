/**
 * HA-GAN (Ali et al. 2019): a person's expression on an animated character, and recognition there.
 *
 *   generator      (face x, identity, noise z) → picture of the character with the expression of x, −1 … 1 (tanh)
 *   discriminator  (face x, picture) → score, real or generated; logits of the expression
 *
 * The paper gives the discriminator's widths (16-32-64-128, 1024); the generator's sizes, the noise and the widths of
 * the discriminator's branches (512; 512 and 256) are chosen here, after the GANs that it follows. There are no skip
 * connections, which would carry the person's own looks into the picture. The paper names the identity as a one-hot
 * vector (section 3.1.1) and as the image of the neutral character (equation 4): both are here.
 *
 * Shape legend: N batch, C channels of the face, S side in pixels, K classes, I characters (identities), Z noise.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { float32 } from '../../tensor/index.ts';
import { ZEROS, type Initializer } from '../init.ts';
import { activation } from '../layers/activation.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy } from './options.ts';

export interface HaGanOptions {
  /** K; the paper's six. */
  readonly classes: number;
  /** I */
  readonly characters: number;
  /** C of the face; the picture always has 3. Default 3. */
  readonly channels?: number;
  /** S of face and picture. Default 75. */
  readonly size?: number;
  /** Z. Default 50. */
  readonly noise?: number;
  /** Whether the generator is told the character by a one-hot vector, or shown its neutral image. Default one-hot. */
  readonly identity?: 'one-hot' | 'image';
  /**
   * Whether the discriminator sees the face beside the picture, as in equations 2 and 5. Default true. It may then read
   * the expression from the face alone.
   */
  readonly pairD?: boolean;
  /** Factor on the channels of the generator's layers; default 1: 64-128-256-512. */
  readonly generatorWidth?: number;
  /** Factor on those of the discriminator; default 1: 16-32-64-128, 1024. */
  readonly discriminatorWidth?: number;
}

type Settings = Required<HaGanOptions>;

const settingsOf = (options: HaGanOptions): Settings => ({
  channels: 3,
  size: 75,
  noise: 50,
  identity: 'one-hot',
  pairD: true,
  generatorWidth: 1,
  discriminatorWidth: 1,
  ...options,
});

const KERNEL = 4;
const GENERATOR_CHANNELS = [64, 128, 256, 512] as const;
const DISCRIMINATOR_CHANNELS = [16, 32, 64, 128] as const;
/** Size of the code that a face is encoded into. */
const CODE = 256;
const JOINT = 1024;
const BRANCH = 512;
const LAST = 256;
/** Initial values of the networks that this one follows (Radford et al. 2016, arXiv:1511.06434). */
const NORMAL: Initializer = { kind: 'gaussian', std: 0.02 };
const SLOPE = 0.2;

const leaky = (b: NetworkBuilder, x: Value): Value => b.op('LeakyRelu', [x], { alpha: SLOPE });

/** Sides of the feature maps, the input's first: each half of the one before, rounded up. 75, 38, 19, 10, 5. */
export const haGanSides = (size = 75): number[] =>
  GENERATOR_CHANNELS.reduce((sides, _) => [...sides, Math.ceil(sides.at(-1)! / 2)], [size]);

/** Zeros about a side of this length, so that a 4×4 window with stride 2 halves it, rounded up: 1 before, 1 or 2 after. */
const padsFor = (side: number): number[] => [1, 1, 1 + (side % 2), 1 + (side % 2)];

interface WindowOptions {
  readonly channels: number;
  /** S, the longer side. */
  readonly side: number;
  readonly init: Initializer;
  /** False before batch normalization, which would take it away. Default true. */
  readonly bias?: boolean;
}

const biasOf = (b: NetworkBuilder, { channels, bias = true }: WindowOptions): Value | null =>
  bias ? b.weight('bias', [channels], ZEROS) : null;

/** 4×4, stride 2: [N,C,S,S] → [N,channels,⌈S/2⌉,⌈S/2⌉]. */
function halve(b: NetworkBuilder, name: string, x: Value, o: WindowOptions): Value {
  return b.scope(name, () => {
    const [inputs] = staticDims(x.shape.slice(1, 2), 'halve') as [number];
    const w = b.weight('weight', [o.channels, inputs, KERNEL, KERNEL], o.init);
    return b.op('Conv', [x, w, biasOf(b, o)], {
      kernel_shape: [KERNEL, KERNEL],
      strides: [2, 2],
      pads: padsFor(o.side),
      dilations: [1, 1],
      group: 1,
    });
  });
}

/** The transpose of `halve`: [N,C,⌈S/2⌉,⌈S/2⌉] → [N,channels,S,S]. */
function double(b: NetworkBuilder, name: string, x: Value, o: WindowOptions): Value {
  return b.scope(name, () => {
    const [inputs] = staticDims(x.shape.slice(1, 2), 'double') as [number];
    const w = b.weight('weight', [inputs, o.channels, KERNEL, KERNEL], o.init);
    return b.op('ConvTranspose', [x, w, biasOf(b, o)], {
      kernel_shape: [KERNEL, KERNEL],
      strides: [2, 2],
      pads: padsFor(o.side),
    });
  });
}

/** An image's code: [N,C,S,S] → [N,256]. The first layer has no normalization, as usual. */
function encode(b: NetworkBuilder, name: string, x: Value, { size, generatorWidth }: Settings): Value {
  const scaled = scaledBy(generatorWidth);
  const sides = haGanSides(size);
  return b.scope(name, () => {
    let v = x;
    GENERATOR_CHANNELS.forEach((channels, i) => {
      const layer = { channels: scaled(channels), side: sides[i]!, init: NORMAL, bias: i === 0 };
      v = halve(b, `conv${i + 1}`, v, layer);
      if (i > 0) v = batchNorm(b, `norm${i + 1}`, v);
      v = leaky(b, v);
    });
    return leaky(b, linear(b, 'code', flatten(b, v), { features: scaled(CODE), init: NORMAL }));
  });
}

export interface GeneratorInputs {
  /** [N,C,S,S], −1 … 1. */
  readonly x: Value;
  /** [N,I] one-hot, or [N,3,S,S] the neutral character; of one row for all N where that is 1. */
  readonly identity: Value;
  /** [N,Z], −1 … 1; of one row for all N where that is 1. */
  readonly z: Value;
}

/**
 * The generator: encoder (4×4 convolutions of stride 2, 64-128-256-512, a code of 256), code ⊕ identity ⊕ z, decoder (its
 * mirror image). The linear layer after ⊕ is kept as one for each part, whose sum is the same.
 * @returns [N,3,S,S], −1 … 1   @throws {ShapeError} when the inputs do not fit one another
 */
export function haGanGenerator(b: NetworkBuilder, options: HaGanOptions, { x, identity, z }: GeneratorInputs): Value {
  const o = settingsOf(options);
  const scaled = scaledBy(o.generatorWidth);
  const sides = haGanSides(o.size);
  const least = sides.at(-1)!;
  const widest = scaled(GENERATOR_CHANNELS.at(-1)!);
  return b.scope('generator', () => {
    const code = encode(b, 'encoder', x, o);
    const told = o.identity === 'image' ? encode(b, 'identityEncoder', identity, o) : identity;
    const features = widest * least * least;
    const parts = b.scope('join', () =>
      b.op('Add', [
        b.op('Add', [
          linear(b, 'code', code, { features, init: NORMAL }),
          linear(b, 'identity', told, { features, bias: false, init: NORMAL }),
        ]),
        linear(b, 'noise', z, { features, bias: false, init: NORMAL }),
      ]),
    );
    let v = b.op('Reshape', [parts, b.ints([0, widest, least, least])]); // [N,C·s·s] → [N,C,s,s]
    v = relu(b, batchNorm(b, 'joinNorm', v));
    return b.scope('decoder', () => {
      const channels = [...GENERATOR_CHANNELS].reverse().slice(1).map(scaled);
      channels.forEach((width, i) => {
        const layer = { channels: width, side: sides[3 - i]!, init: NORMAL, bias: false };
        v = relu(b, batchNorm(b, `norm${i + 1}`, double(b, `conv${i + 1}`, v, layer)));
      });
      return activation(b, 'tanh', double(b, 'picture', v, { channels: 3, side: sides[0]!, init: NORMAL }));
    });
  });
}

/** What the discriminator says. */
export interface Judgement {
  /** [N,1], above 0 for a picture that it takes for real. */
  readonly score: Value;
  /** [N,K] */
  readonly logits: Value;
}

/**
 * The discriminator: four 4×4 convolutions of stride 2 (16-32-64-128; 3,200 numbers at 75×75), a linear layer of 1024
 * that both branches share, then 512 → 1 (real or generated) and 512, 256 → K (expression).
 * @param face [N,C,S,S], with `pairD`; undefined: blank, that is 0   @param picture [N,3,S,S]
 */
export function haGanDiscriminator(
  b: NetworkBuilder,
  options: HaGanOptions,
  face: Value | undefined,
  picture: Value,
): Judgement {
  const o = settingsOf(options);
  return b.scope('discriminator', () => {
    const shared = trunk(b, o.pairD ? joined(b, o, face, picture) : picture, o);
    const score = b.scope('real', () => {
      const v = leaky(b, linear(b, 'fc1', shared, { features: scaledBy(o.discriminatorWidth)(BRANCH) }));
      return linear(b, 'score', v, { features: 1 });
    });
    return { score, logits: expressionBranch(b, shared, o) };
  });
}

/** Face and picture, one upon the other: [N,C+3,S,S]. */
function joined(b: NetworkBuilder, { channels }: Settings, face: Value | undefined, picture: Value): Value {
  if (face) return b.op('Concat', [face, picture], { axis: 1 });
  // Zeros of as many rows as the picture has
  const part = b.op('Slice', [picture, b.ints([0]), b.ints([channels]), b.ints([1])]);
  const blank = b.op('Mul', [part, 0]);
  return b.op('Concat', [blank, picture], { axis: 1 });
}

/** [N,·,S,S] → [N,1024] */
function trunk(b: NetworkBuilder, x: Value, { size, discriminatorWidth }: Settings): Value {
  const scaled = scaledBy(discriminatorWidth);
  const sides = haGanSides(size);
  let v = x;
  DISCRIMINATOR_CHANNELS.forEach((channels, i) => {
    v = leaky(b, halve(b, `conv${i + 1}`, v, { channels: scaled(channels), side: sides[i]!, init: { kind: 'he' } }));
  });
  return leaky(b, linear(b, 'fc', flatten(b, v), { features: scaled(JOINT) }));
}

const expressionBranch = (b: NetworkBuilder, shared: Value, { classes, discriminatorWidth }: Settings): Value =>
  b.scope('expression', () => {
    const scaled = scaledBy(discriminatorWidth);
    const v = leaky(b, linear(b, 'fc1', shared, { features: scaled(BRANCH) }));
    return linear(b, 'logits', leaky(b, linear(b, 'fc2', v, { features: scaled(LAST) })), { features: classes });
  });

/** The neutral image of each character, kept with the weights where the identity is an image. */
export const REFERENCE = 'reference';

const referenceOf = (b: NetworkBuilder, { characters, size }: Settings): Value =>
  b.state(REFERENCE, [characters, 3, size, size], ZEROS);

/** One-hot rows of the character: [1,I]. */
const oneHotRow = (b: NetworkBuilder, index: number, { characters }: Settings): Value =>
  b.constant(
    float32(
      [1, characters],
      Array.from({ length: characters }, (_, i) => Number(i === index)),
    ),
  );

/** What the generator is told of the character, from one-hot rows [N,I]. */
function identityOf(b: NetworkBuilder, o: Settings, chosen: Value): Value {
  if (o.identity === 'one-hot') return chosen;
  const { characters, size } = o;
  const flat = b.op('Reshape', [referenceOf(b, o), b.ints([characters, 3 * size * size])]);
  return b.op('Reshape', [b.op('MatMul', [chosen, flat]), b.ints([0, 3, size, size])]); // [N,I]·[I,3·S·S] → [N,3,S,S]
}

const faceOf = ({ channels, size }: Settings): Network['input'] => ({ channels, height: size, width: size });

/**
 * The generator as a network of its own: `x` [N,C,S,S], `identity` [N,I] one-hot and `z` [N,Z] → `picture` [N,3,S,S]. A
 * generator that is shown the neutral character finds its image in the weights.
 */
export function haGanTransfer(options: HaGanOptions): Network {
  const o = settingsOf(options);
  return {
    name: 'ha-gan.generator',
    input: faceOf(o),
    furtherInputs: { identity: { dims: [o.characters] }, z: { dims: [o.noise] } },
    build: (b, x, further) => ({
      picture: haGanGenerator(b, o, { x, identity: identityOf(b, o, further!['identity']!), z: further!['z']! }),
    }),
  };
}

export interface ChainOptions {
  /** Which character the face is turned into. Default the first. */
  readonly character?: number;
  /**
   * Whether the discriminator's other half is left blank, so that it cannot read the expression from the face itself.
   * Default false.
   */
  readonly blankFace?: boolean;
}

/** Recognition on the generated picture: `x` [N,C,S,S] → generator, with z = 0 → the expression branch → `logits` [N,K]. */
export function haGanChain(options: HaGanOptions, { character = 0, blankFace = false }: ChainOptions = {}): Network {
  const o = settingsOf(options);
  return {
    name: 'ha-gan',
    input: faceOf(o),
    build(b, x) {
      const z = b.constant(float32([1, o.noise], new Float32Array(o.noise)));
      const identity = identityOf(b, o, oneHotRow(b, character, o));
      const picture = haGanGenerator(b, o, { x, identity, z });
      return { logits: haGanDiscriminator(b, o, blankFace ? undefined : x, picture).logits };
    },
  };
}

/**
 * A CNN of the size of the discriminator's expression branch, on one image: what HA-GAN is compared with.
 * `x` [N,C,S,S] → `logits` [N,K], and the 256 features before them.
 */
export function haGanBaseline(options: Omit<HaGanOptions, 'characters'>): Network {
  const o = settingsOf({ ...options, characters: 1 });
  return {
    name: 'ha-gan.cnn',
    input: faceOf(o),
    build: (b, x) => ({ logits: b.scope('discriminator', () => expressionBranch(b, trunk(b, x, o), o)) }),
  };
}

/**
 * Judges pictures of characters: the same CNN with two outputs, `logits` [N,K] of expressions and `character` [N,I].
 * Trained on other pictures than a generator, it says what the generator's pictures show, and of whom.
 */
export function haGanJudge(options: HaGanOptions): Network {
  const o = settingsOf(options);
  const scaled = scaledBy(o.discriminatorWidth);
  return {
    name: 'ha-gan.judge',
    input: { ...faceOf(o), channels: 3 },
    build(b, x) {
      const shared = trunk(b, x, o);
      const branch = (name: string, features: number): Value =>
        b.scope(name, () =>
          linear(b, 'logits', leaky(b, linear(b, 'fc', shared, { features: scaled(LAST) })), { features }),
        );
      return { logits: branch('expression', o.classes), character: branch('character', o.characters) };
    },
  };
}
