/**
 * A trained generator: framed faces to pictures of a person (a character) with their expressions, by the contract that
 * the model file carries.
 *
 * Shapes: N faces, C channels, H×W the network's input, I people, Z noise.
 */
import { cropToInput, channelCount, imageFormat, inputSize, pixelsToTensor } from '../data/image-input.ts';
import { decodeGeneratorMetadata, pixelsOf, type GeneratorModel } from '../data/generator-spec.ts';
import { InputError, ShapeError } from '../errors.ts';
import { resize, toGray, toRgb, type RawImage } from '../image/index.ts';
import { decodeModel } from '../onnx/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';

export interface GenerateOptions {
  /** Whom the pictures show; default the first of `people`. */
  readonly person?: string;
  /** Draws the noise, of its own for each face, which varies what the expression leaves open. Default: no noise, z = 0. */
  readonly seed?: number;
}

/** Faces that one run of the network takes, to bound memory. */
const BATCH = 64;

export class FaceGenerator {
  readonly model: GeneratorModel;
  readonly #session: Session;

  private constructor(model: GeneratorModel, session: Session) {
    this.model = model;
    this.#session = session;
  }

  /**
   * @param bytes of an .onnx file, as training a generator writes it   @param label names it in errors
   * @throws {InputError} when the bytes are no ONNX model, or no generator
   */
  static async create(bytes: Uint8Array, label: string, options: SessionOptions = {}): Promise<FaceGenerator> {
    const graph = decodeModel(bytes, label);
    const model = decodeGeneratorMetadata(label, graph.metadata);
    const { width, height, channels } = model.input;
    const wanted: Readonly<Record<string, readonly number[]>> = {
      x: [channelCount(channels), height, width],
      identity: [model.people.length],
      z: [model.noise],
    };
    const fits =
      graph.inputs.length === 3 &&
      graph.inputs.every(({ name, shape }) => shape.slice(1).join() === wanted[name]?.join());
    if (!fits || graph.outputs.length !== 1 || graph.outputs[0]!.shape[1] !== 3)
      throw new InputError(
        label,
        `its metadata describe the inputs ${Object.entries(wanted)
          .map(([name, dims]) => `${name} [N,${dims.join(',')}]`)
          .join(', ')} and one picture, but the network has ${graph.inputs
          .map(({ name, shape }) => `${name} [${shape.join(',')}]`)
          .join(', ')}`,
      );
    return new FaceGenerator(model, await createSession(bytes, options, label));
  }

  /** Whom its pictures can show. */
  get people(): readonly string[] {
    return this.model.people;
  }

  /**
   * @param chips framed as `model.input` says (see `cutFace`), of the size `imageFormat` tells
   * @returns a picture of each, RGB
   * @throws {InputError} for an unknown person   @throws {ShapeError} for a chip of another size
   */
  async generate(chips: readonly RawImage[], { person, seed }: GenerateOptions = {}): Promise<RawImage[]> {
    const { name, people, noise } = this.model;
    const index = person === undefined ? 0 : people.indexOf(person);
    if (index < 0) throw new InputError(name, `shows no "${person}", expected one of ${people.join(', ')}`);
    const pictures: RawImage[] = [];
    for (let start = 0; start < chips.length; start += BATCH) {
      const part = chips.slice(start, start + BATCH);
      const z = new Float32Array(part.length * noise);
      if (seed !== undefined)
        part.forEach((_, i) => {
          const random = new Random(seed, `generate/${start + i}`);
          for (let k = 0; k < noise; k++) z[i * noise + k] = random.range(-1, 1);
        });
      const identity = new Float32Array(part.length * people.length);
      part.forEach((_, i) => (identity[i * people.length + index] = 1));
      const results = await this.#session.run({
        x: this.toTensor(part),
        identity: tensor('float32', [part.length, people.length], identity),
        z: tensor('float32', [part.length, noise], z),
      });
      pictures.push(...pixelsOf(results['picture']!));
    }
    return pictures;
  }

  /** Chips → float32 [N,C,H,W], cut and normalised. @throws {ShapeError} for a chip of another size */
  toTensor(chips: readonly RawImage[]): Tensor {
    const { input } = this.model;
    const { width, height, channels } = imageFormat(input);
    const size = inputSize(input);
    const data = new Float32Array(chips.length * size);
    chips.forEach((chip, i) => {
      if (chip.width !== width || chip.height !== height)
        throw new ShapeError('generate', `chips: expected ${width}×${height}, got ${chip.width}×${chip.height}`);
      const image = channels === 'grey' ? toGray(chip) : toRgb(chip);
      pixelsToTensor(cropToInput(image.data, input), input, data, i * size);
    });
    return tensor('float32', [chips.length, channelCount(channels), input.height, input.width], data);
  }

  /** Any image as a chip: resized, for data that are framed as they should be. */
  fitted(image: RawImage): RawImage {
    return resize(image, imageFormat(this.model.input));
  }

  /** Frees the network's memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}
