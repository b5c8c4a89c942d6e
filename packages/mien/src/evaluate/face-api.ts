/**
 * dlib's network for recognising people (see `faceResNet`), as the npm package @vladmandic/face-api holds it, becomes start
 * weights: read where npm installed the package, and never copied.
 *
 * The file is a row of tensors in the manifest's order: float32, or one byte q a number for the value q·scale + min. After
 * each convolution y = W∗x + c stands s·y + t, which is kept from a batch normalization. In its place stands one again, of
 * mean −c and variance 1 − ε with the scale s and the bias t: the same numbers, until `measureNorms` gives it the
 * statistics of images.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { readFaceApiRecognition } from '../face/packages.ts';
import { buildNetwork } from '../nn/index.ts';
import { DLIB_DIVISOR, DLIB_MEANS, faceResNet } from '../nn/models/index.ts';
import type { Graph } from '../onnx/index.ts';
import { float32, sizeOf, type Tensor } from '../tensor/index.ts';
import type { Stage } from '../train/index.ts';

/** Of `batchNorm`. */
const EPSILON = 1e-5;

const manifestSchema = z
  .array(
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().positive()),
          dtype: z.literal('float32'),
          quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
        }),
      ),
    }),
  )
  .length(1);

/**
 * The tensors of a weights file of TensorFlow.js, by name.
 * @param manifest its JSON   @param bytes the only file that it lists   @param label names both in errors
 * @throws {InputError} when the manifest cannot be read, or the file has another length
 */
export function decodeWeightsFile(manifest: string, bytes: Uint8Array, label: string): Map<string, Tensor<'float32'>> {
  let value: unknown;
  try {
    value = JSON.parse(manifest);
  } catch (cause) {
    throw new InputError(label, 'is not JSON, expected a manifest of weights', { cause });
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InputError(label, `is not a manifest of weights: ${issue.path.join('.')}: ${issue.message}`);
  }
  const { weights } = parsed.data[0]!;
  const lengths = weights.map(({ shape, quantization }) => sizeOf(shape) * (quantization ? 1 : 4));
  const expected = lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== expected)
    throw new InputError(label, `expected ${expected} bytes of weights, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  return new Map(
    weights.map(({ name, shape, quantization }, k) => {
      const start = at;
      at += lengths[k]!;
      const number = quantization
        ? (i: number): number => bytes[start + i]! * quantization.scale + quantization.min
        : (i: number): number => view.getFloat32(start + 4 * i, true);
      return [
        name,
        float32(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, (_, i) => number(i)),
        ),
      ];
    }),
  );
}

/**
 * The weights of `faceResNet` from those of face-api's names, `BLOCK/conv/filters` [kh,kw,I,O] and the like.
 * @param channels 3: the input is RGB, each less its mean of `DLIB_MEANS`, divided by 256. 1: it is grey, less the mean of
 *   the three, divided by 256, and the network answers as to an RGB image of that grey
 * @throws {InputError} naming `label` when one of a convolution's tensors is not there
 */
export function faceResNetWeights(
  tensors: ReadonlyMap<string, Tensor<'float32'>>,
  channels: 1 | 3,
  label: string,
): Map<string, Tensor<'float32'>> {
  const weights = new Map<string, Tensor<'float32'>>();
  for (const [name, filters] of tensors) {
    const [, block] = /^(.+)\/conv\/filters$/.exec(name) ?? [];
    if (block === undefined) continue;
    const [bias, scale, shift] = ['conv/bias', 'scale/weights', 'scale/biases'].map((part) => {
      const found = tensors.get(`${block}/${part}`);
      if (!found) throw new InputError(label, `has no ${block}/${part}`);
      return found;
    }) as [Tensor<'float32'>, Tensor<'float32'>, Tensor<'float32'>];
    const isGray = channels === 1 && filters.dims[2] === 3; // of the first alone
    const { weight, constant } = isGray
      ? toGray(filters)
      : { weight: toOihw(filters), constant: bias.data.map(() => 0) };
    const path = block.replaceAll('/', '.');
    const perChannel = (values: ArrayLike<number>): Tensor<'float32'> => float32([values.length], values);
    weights.set(`${path}.conv.weight`, weight);
    weights.set(`${path}.norm.weight`, scale);
    weights.set(`${path}.norm.bias`, shift);
    weights.set(`${path}.norm.running_mean`, perChannel(bias.data.map((c, o) => -(c + constant[o]!))));
    weights.set(`${path}.norm.running_var`, perChannel(bias.data.map(() => 1 - EPSILON)));
  }
  return weights;
}

/** [kh,kw,I,O] → [O,I,kh,kw] */
function toOihw({ dims, data }: Tensor<'float32'>): Tensor<'float32'> {
  const [height, width, inputs, outputs] = dims as [number, number, number, number];
  const area = height * width;
  const out = new Float32Array(data.length);
  data.forEach((value, at) => {
    const [o, i, place] = [at % outputs, Math.floor(at / outputs) % inputs, Math.floor(at / (outputs * inputs))];
    out[(o * inputs + i) * area + place] = value;
  });
  return float32([outputs, inputs, height, width], out);
}

/**
 * Filters of RGB for grey: Σ_i w_i·(v − m_i)/256 = (Σ_i w_i)·(v − m)/256 + Σ_i w_i·(m − m_i)/256, m the mean of the m_i. It
 * holds at every place, as the filters of colours stay within the image.
 * @returns `weight` [O,1,kh,kw], and the last sum, [O]
 */
function toGray(filters: Tensor<'float32'>): { weight: Tensor<'float32'>; constant: Float32Array } {
  const { dims, data } = toOihw(filters);
  const [outputs, inputs, height, width] = dims as [number, number, number, number];
  const area = height * width;
  const mean = DLIB_MEANS.reduce((sum, m) => sum + m, 0) / inputs;
  const weight = new Float32Array(outputs * area);
  const constant = new Float32Array(outputs);
  data.forEach((value, at) => {
    const [o, i, place] = [Math.floor(at / (inputs * area)), Math.floor(at / area) % inputs, at % area];
    weight[o * area + place]! += value;
    constant[o]! += (value * (mean - DLIB_MEANS[i]!)) / DLIB_DIVISOR;
  });
  return { weight: float32([outputs, 1, height, width], weight), constant };
}

/**
 * The network as a model to start from, without heads.
 * @param channels of the recipe's images (see `faceResNetWeights`)
 * @throws {MienError} when the package is not installed; {InputError} when its files are others than those known
 */
export async function readFaceApiNetwork(channels: 1 | 3): Promise<{ graph: Graph; stage: Stage }> {
  const { version, manifest, weights: bytes } = await readFaceApiRecognition();
  const label = `@vladmandic/face-api ${version}`;
  const weights = faceResNetWeights(decodeWeightsFile(manifest, bytes, label), channels, label);
  const { b } = buildNetwork(faceResNet({ heads: {}, channels }), { weights });
  const missing = [...b.parameters.keys()].find((name) => !weights.has(name));
  if (missing !== undefined) throw new InputError(label, `lacks what becomes ${missing}`);
  return {
    graph: b.graph,
    stage: {
      name: `dlib's face recognition network out of ${label} (weights in the public domain, learned from photos of people collected for research: FaceScrub, VGG-Face and others from the web)`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      trainedOn: [],
    },
  };
}
