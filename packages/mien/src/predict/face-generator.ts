/**
 * A trained generator, by the contract that the model file carries: framed faces to pictures of a person (a character) with
 * their expressions, or to what an autoencoder makes of them; or new faces of a class.
 *
 * Shapes: N faces, C channels, H×W the network's input, I people, K classes, Z noise.
 */
import { cropToInput, channelCount, imageFormat, inputSize, pixelsToTensor } from '../data/image-input.ts';
import {
  decodeGeneratorMetadata,
  generatorInputs,
  pictureScale,
  pixelsOf,
  type GeneratorModel,
} from '../data/generator-spec.ts';
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
    const wanted = generatorInputs(model);
    const fits =
      graph.inputs.length === Object.keys(wanted).length &&
      graph.inputs.every(({ name, shape }) => shape.slice(1).join() === wanted[name]?.join());
    const channels = model.kind === 'transfer' ? 3 : channelCount(model.input.channels);
    if (!fits || graph.outputs.length !== 1 || graph.outputs[0]!.shape[1] !== channels)
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

  /** Whom the pictures of a transfer can show. */
  get people(): readonly string[] {
    return this.model.people;
  }

  /**
   * @param chips framed as `model.input` says (see `cutFace`), of the size `imageFormat` tells
   * @returns a picture of each: RGB of a transfer, of a reconstruction as the faces are
   * @throws {InputError} for an unknown person, or when it makes no pictures of faces   @throws {ShapeError} for a chip of
   *   another size
   */
  async generate(chips: readonly RawImage[], { person, seed }: GenerateOptions = {}): Promise<RawImage[]> {
    const { kind, name, people, noise } = this.model;
    if (kind === 'class')
      throw new InputError(
        name,
        `draws faces of a class, expected one of ${this.model.expressions.join(', ')}, not faces`,
      );
    const index = person === undefined ? 0 : people.indexOf(person);
    if (index < 0)
      throw new InputError(
        name,
        people.length === 0
          ? `shows each face as itself, so that "${person}" has no meaning`
          : `shows no "${person}", expected one of ${people.join(', ')}`,
      );
    const pictures: RawImage[] = [];
    for (let start = 0; start < chips.length; start += BATCH) {
      const part = chips.slice(start, start + BATCH);
      const x = this.toTensor(part);
      if (kind === 'reconstruction') {
        pictures.push(...(await this.#run({ x })));
        continue;
      }
      const z = new Float32Array(part.length * noise);
      if (seed !== undefined)
        part.forEach((_, i) => {
          const random = new Random(seed, `generate/${start + i}`);
          for (let k = 0; k < noise; k++) z[i * noise + k] = random.range(-1, 1);
        });
      const identity = new Float32Array(part.length * people.length);
      part.forEach((_, i) => (identity[i * people.length + index] = 1));
      pictures.push(
        ...(await this.#run({
          x,
          identity: tensor('float32', [part.length, people.length], identity),
          z: tensor('float32', [part.length, noise], z),
        })),
      );
    }
    return pictures;
  }

  /**
   * New faces, of one class or between some. The face of a seed and number is the same for every class: only what the class
   * is changes.
   * @param shares of the classes by name, such as `{ happiness: 1 }`, or `{ happiness: 0.5, surprise: 0.5 }`
   * @param options `from` is the number of the first face, default 0
   * @returns grey or RGB, as the generator learned them
   * @throws {InputError} for an unknown class, or when it draws no classes
   * @example
   * ```ts
   * import { writeImage } from 'mienjs/image/node';
   * import { loadGenerator } from 'mienjs/predict/node';
   *
   * const generator = await loadGenerator('runs/vae/conditional-vae.ferplus.generator.onnx');
   * const [face] = await generator.draw({ happiness: 1 }, { count: 1, seed: 1 });
   * await writeImage('happy.png', face!);
   * await generator.release();
   * ```
   */
  async draw(
    shares: Readonly<Record<string, number>>,
    { count, seed, from = 0 }: { readonly count: number; readonly seed: number; readonly from?: number },
  ): Promise<RawImage[]> {
    const { kind, name, expressions, noise } = this.model;
    if (kind !== 'class') throw new InputError(name, 'makes pictures of faces, and draws no faces of a class');
    const stray = Object.keys(shares).find((wanted) => !expressions.includes(wanted));
    if (stray !== undefined)
      throw new InputError(name, `draws no "${stray}", expected one of ${expressions.join(', ')}`);
    const row = expressions.map((expression) => shares[expression] ?? 0);
    const pictures: RawImage[] = [];
    for (let start = 0; start < count; start += BATCH) {
      const size = Math.min(BATCH, count - start);
      const x = Float32Array.from({ length: size * row.length }, (_, i) => row[i % row.length]!);
      const z = new Float32Array(size * noise);
      for (let i = 0; i < size; i++) {
        const random = new Random(seed, `draw/${from + start + i}`);
        for (let k = 0; k < noise; k++) z[i * noise + k] = random.normal();
      }
      pictures.push(
        ...(await this.#run({
          x: tensor('float32', [size, row.length], x),
          z: tensor('float32', [size, noise], z),
        })),
      );
    }
    return pictures;
  }

  async #run(feeds: Readonly<Record<string, Tensor>>): Promise<RawImage[]> {
    return pixelsOf((await this.#session.run(feeds))['picture']!, pictureScale(this.model));
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
