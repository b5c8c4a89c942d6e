/**
 * Any network as a feature extractor: images → the values of one of its tensors.
 * Shape legend: N images, B images of a batch, D values of the layer, C channels, H height, W width.
 */
import { createHash } from 'node:crypto';
import { sampleBatches } from '../data/batches.ts';
import { type LabelledImages, type ModelInputs, formatOf, type PreprocessSpec } from '../data/index.ts';
import type { ImageFormat } from '../data/image-input.ts';
import { decodeModelMetadata, type ModelSpec } from '../data/model-spec.ts';
import { InputError, MienError } from '../errors.ts';
import { decodeModel, encodeModel, inputOfLastLinear, subgraphTo } from '../onnx/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';
import { collectFeatures } from './collect-features.ts';
import { readModelBytes } from './model-files.ts';

const BATCH_SIZE = 128;

export interface FeatureExtractorOptions extends SessionOptions {
  /**
   * A tensor of the graph, by its name. Default: what the last linear layer of the first head takes, the activations
   * before the logits.
   */
  readonly layer?: string;
}

export interface ExtractOptions {
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

export class FeatureExtractor {
  readonly model: ModelSpec;
  readonly preprocess: PreprocessSpec;
  /** What the layer needs of the model's inputs. */
  readonly inputs: ModelInputs;
  /** The tensor's name. */
  readonly layer: string;
  /** Digest of the model file, hexadecimal. */
  readonly sha256: string;
  readonly #session: Session;
  readonly #label: string;

  private constructor(
    model: ModelSpec,
    preprocess: PreprocessSpec,
    inputs: ModelInputs,
    layer: string,
    sha256: string,
    session: Session,
    label: string,
  ) {
    this.model = model;
    this.preprocess = preprocess;
    this.inputs = inputs;
    this.layer = layer;
    this.sha256 = sha256;
    this.#session = session;
    this.#label = label;
  }

  /**
   * @param source a name (see `listModels`), a path, or the bytes of an .onnx file
   * @throws {InputError} when there is no such model or layer, or its metadata are absent
   * @example
   * ```ts
   * import { imageFolder } from 'mienjs/data/node';
   * import { FeatureExtractor } from 'mienjs/predict/node';
   *
   * const extractor = await FeatureExtractor.create('default');
   * const { width, height, channels } = extractor.preprocess;
   * const dataset = await imageFolder('photos', { width, height, channels });
   * const features = await extractor.extract(await dataset.loadSplit('train', 'evaluate')); // float32 [N,D]
   * await extractor.release();
   * ```
   */
  static async create(
    source: string | Uint8Array,
    { layer, ...options }: FeatureExtractorOptions = {},
  ): Promise<FeatureExtractor> {
    const { bytes, label } = await readModelBytes(source);
    const graph = decodeModel(bytes, label);
    const { model, preprocess, inputs } = decodeModelMetadata(label, graph.metadata);
    try {
      const name = layer ?? inputOfLastLinear(graph, (model.heads[0] ?? model.valueHeads![0]!).output);
      // Only what the layer needs: the runtime would compute the rest too
      const part = subgraphTo(graph, [name]);
      const missing = part.inputs.find((input) => !inputs[input.name] && part.inputs.length > 1);
      if (missing || part.inputs.length === 0)
        throw new MienError(
          `its tensor "${name}" needs ${missing ? `the input "${missing.name}", which its metadata do not describe` : 'no input'}`,
        );
      const needed =
        part.inputs.length === 1 && !inputs[part.inputs[0]!.name]
          ? { [part.inputs[0]!.name]: Object.values(inputs)[0]! }
          : Object.fromEntries(part.inputs.map((input) => [input.name, inputs[input.name]!]));
      const session = await createSession(encodeModel(part), options, label);
      return new FeatureExtractor(
        model,
        preprocess,
        needed,
        name,
        createHash('sha256').update(bytes).digest('hex'),
        session,
        label,
      );
    } catch (cause) {
      throw cause instanceof MienError && !(cause instanceof InputError)
        ? new InputError(label, cause.message, { cause })
        : cause;
    }
  }

  /**
   * Batch after batch, so that memory does not grow with the number of images.
   * @returns float32 [B,D]; layers of more dimensions, such as [B,C,H,W], are flattened
   * @throws {ShapeError} when the images have another size or colour than the model takes
   * @throws {InputError} when the tensor has no row for each image
   */
  async *batches(images: LabelledImages): AsyncGenerator<Tensor<'float32'>, void, undefined> {
    for await (const batch of sampleBatches({
      samples: images,
      inputs: this.inputs,
      batchSize: BATCH_SIZE,
      seed: 0,
      epoch: 0,
      preprocess: this.preprocess,
    })) {
      const result = (await this.#session.run(batch.inputs))[this.layer]!;
      const B = batch.indices.length;
      if (result.dtype !== 'float32' || result.dims[0] !== B) {
        throw new InputError(
          this.#label,
          `its tensor "${this.layer}" is ${result.dtype} [${result.dims.join(',')}], expected float32 with a row for each of ${B} images`,
        );
      }
      yield tensor('float32', [B, result.data.length / B], result.data as Float32Array);
    }
  }

  /** @returns float32 [N,D], in the order of the images   @throws as `batches` */
  extract(images: LabelledImages, { onProgress }: ExtractOptions = {}): Promise<Tensor<'float32'>> {
    return collectFeatures(this, images, onProgress);
  }

  /** What the data must be brought to. */
  get format(): ImageFormat {
    return formatOf(this);
  }

  /** Frees the network's memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * The features of images by a network, in one call.
 * @param source a name, a path, or the bytes of an .onnx file
 * @returns float32 [N,D]   @throws as `FeatureExtractor`
 */
export async function extractFeatures(
  source: string | Uint8Array,
  images: LabelledImages,
  options: FeatureExtractorOptions & ExtractOptions = {},
): Promise<Tensor<'float32'>> {
  const { onProgress, ...rest } = options;
  const extractor = await FeatureExtractor.create(source, rest);
  try {
    return await extractor.extract(images, onProgress ? { onProgress } : {});
  } finally {
    await extractor.release();
  }
}
