/**
 * The expression network: framed faces to probabilities, by the contract that the model file itself carries.
 * Shapes: N faces, C channels, H×W the network's input, K classes of a head.
 */
import {
  decodeModelMetadata,
  withViews,
  type ModelHead,
  type ModelSpec,
  type ValueHead,
  type Views,
} from '../data/model-spec.ts';
import { frontalToTensor } from '../data/batches.ts';
import { formatOf, type ModelInput, type ModelInputs, stepsOf } from '../data/model-inputs.ts';
import {
  channelCount,
  cropToInput,
  imageFormat,
  inputSize,
  pixelsToTensor,
  type ImageFormat,
} from '../data/image-input.ts';
import type { PreprocessSpec } from '../data/preprocess.ts';
import { InputError, ShapeError } from '../errors.ts';
import { FRONTAL_CHANNELS, type FrontalImages } from '../face/reconstruct/frontal-kinds.ts';
import { toGray, type Point2, type RawImage } from '../image/index.ts';
import { softmaxRows } from '../metrics/index.ts';
import { decodeModel, type Graph } from '../onnx/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';
import { mirrorLogits } from './mirror.ts';

export interface ClassifierOptions extends SessionOptions {
  /** What the network is shown of a face (see `VIEWS`). Default `single`. */
  readonly views?: Views;
}

/** One head's answer for N faces. */
export interface HeadProbabilities {
  readonly head: ModelHead;
  /** [N,K], rows sum to 1. */
  readonly probabilities: Float64Array;
}

/** The numbers of a head of several labels (as probabilities) or of numbers, for N faces. */
export interface HeadValues {
  readonly head: ValueHead;
  /** [N,L] */
  readonly values: Float64Array;
}

/** What a model answers for N faces: of each head, in the model's order. */
export interface Answer {
  readonly classes: readonly HeadProbabilities[];
  readonly values: readonly HeadValues[];
}

/** A face as a network takes it. */
export interface FaceInput {
  /** Framed as `preprocess` says, of the size `imageFormat` tells. */
  readonly chip: RawImage;
  /** In pixels of the chip; for a model that takes landmarks. */
  readonly landmarks?: readonly Point2[];
  /** The face turned to the front, for a model that takes that (see `frontalViews`). */
  readonly frontal?: FrontalImages;
}

/** Faces that one run of the network takes, to bound memory. */
const BATCH = 64;

export class ExpressionClassifier {
  /** As it answers with `views`: temperatures and thresholds are those of that setting. */
  readonly model: ModelSpec;
  readonly views: Views;
  readonly preprocess: PreprocessSpec;
  /** What its inputs are made of, `x` first. */
  readonly inputs: ModelInputs;
  readonly #session: Session;
  readonly #inputName: string;

  private constructor(
    model: ModelSpec,
    views: Views,
    { preprocess, inputs }: { readonly preprocess: PreprocessSpec; readonly inputs: ModelInputs },
    session: Session,
    inputName: string,
  ) {
    this.model = model;
    this.views = views;
    this.preprocess = preprocess;
    this.inputs = inputs;
    this.#session = session;
    this.#inputName = inputName;
  }

  /** What data must be brought to. */
  get format(): ImageFormat {
    return formatOf(this);
  }

  /**
   * @param bytes of an .onnx file   @param label names it in errors
   * @throws {InputError} when the bytes are no ONNX model, its metadata are absent or do not fit the network, or it
   *   does not allow the views
   */
  static async create(
    bytes: Uint8Array,
    label: string,
    { views = 'single', ...options }: ClassifierOptions = {},
  ): Promise<ExpressionClassifier> {
    const graph = decodeModel(bytes, label);
    const { model, preprocess, inputs: named } = decodeModelMetadata(label, graph.metadata);
    const alone = Object.values(named);
    const inputs: ModelInputs = alone.length === 1 ? { x: alone[0]! } : named;
    checkContract(graph, model, preprocess, inputs, label);
    return new ExpressionClassifier(
      withViews(model, views),
      views,
      { preprocess, inputs },
      await createSession(bytes, options, label),
      alone.length === 1 ? graph.inputs[0]!.name : 'x',
    );
  }

  /**
   * @param chips framed as `preprocess` says (see `alignFace`), of the size `imageFormat` tells
   * @returns each head's probabilities, softmax of logits divided by the head's temperature, heads in the model's order
   */
  async classify(chips: readonly RawImage[]): Promise<HeadProbabilities[]> {
    return [...(await this.answer(chips.map((chip) => ({ chip })))).classes];
  }

  /**
   * Everything that the model says of faces: probabilities of classes and of labels, and numbers.
   * @throws {InputError} when it takes landmarks or frontal views that a face is given without, or clips
   */
  async answer(faces: readonly FaceInput[]): Promise<Answer> {
    const { heads, valueHeads = [] } = this.model;
    const widths = [...heads.map(({ classes }) => classes.length), ...valueHeads.map(({ names }) => names.length)];
    const outputs = widths.map((width) => new Float32Array(faces.length * width));
    for (let start = 0; start < faces.length; start += BATCH) {
      const { x, ...others } = this.toInputs(faces.slice(start, start + BATCH));
      const answered = await this.logits(x!, others);
      widths.forEach((width, h) => outputs[h]!.set(answered[h]!.data as Float32Array, start * width));
    }
    return {
      classes: heads.map((head, h) => ({
        head,
        probabilities: softmaxRows(outputs[h]!, head.classes.length, head.temperature),
      })),
      values: valueHeads.map((head, v) => ({
        head,
        values: Float64Array.from(outputs[heads.length + v]!, (z) =>
          head.kind === 'multilabel' ? 1 / (1 + Math.exp(-z)) : z,
        ),
      })),
    };
  }

  /** Faces → the network's inputs, by name. @throws as `answer` */
  toInputs(faces: readonly FaceInput[]): Record<string, Tensor> {
    const { width, height } = imageFormat(this.preprocess);
    return Object.fromEntries(
      Object.entries(this.inputs).map(([name, input]) => {
        if (input.kind === 'image') return [name, this.toTensor(faces.map(({ chip }) => chip))];
        if (input.kind === 'frontal') return [name, this.#frontalTensor(faces, input)];
        if (input.kind !== 'landmarks')
          throw new InputError(
            this.model.name,
            `takes ${input.kind}s as its input "${name}", which a face alone is not`,
          );
        const left = Math.floor((width - this.preprocess.width) / 2);
        const top = Math.floor((height - this.preprocess.height) / 2);
        const values = faces.flatMap(({ landmarks = [] }) => {
          if (landmarks.length !== input.points)
            throw new InputError(
              this.model.name,
              `takes ${input.points} landmarks beside each face, got ${landmarks.length}`,
            );
          return landmarks.flatMap(([u, v]) => [
            (u - left) / this.preprocess.width - 0.5,
            (v - top) / this.preprocess.height - 0.5,
          ]);
        });
        return [name, tensor('float32', [faces.length, 2 * input.points], Float32Array.from(values))];
      }),
    );
  }

  #frontalTensor(faces: readonly FaceInput[], { view, size }: ModelInput & { kind: 'frontal' }): Tensor {
    const channels = FRONTAL_CHANNELS[view];
    const values = size * size * channels;
    const data = new Float32Array(faces.length * values);
    faces.forEach(({ frontal }, i) => {
      const image = frontal?.[view];
      if (image?.width !== size || image.height !== size || image.channels !== channels)
        throw new InputError(
          this.model.name,
          `takes the frontal ${view} of ${size}×${size} px beside each face, got ${image ? `${image.width}×${image.height}` : 'none'}`,
        );
      frontalToTensor(image.data, size, false, data, i * values);
    });
    return tensor('float32', [faces.length, channels, size, size], data);
  }

  /**
   * Chips → float32 [N,C,H,W], cut and normalised. @throws {ShapeError} when a chip has another size than `imageFormat`
   * tells
   */
  toTensor(chips: readonly RawImage[]): Tensor {
    const { width, height, channels } = imageFormat(this.preprocess);
    const size = inputSize(this.preprocess);
    const data = new Float32Array(chips.length * size);
    chips.forEach((chip, i) => {
      const image = channels === 'grey' ? toGray(chip) : chip;
      if (image.width !== width || image.height !== height || image.channels !== channelCount(channels)) {
        throw new ShapeError(
          'classify',
          `chips: expected ${width}×${height} ${channels}, got ${image.width}×${image.height} with ${image.channels} channels`,
        );
      }
      pixelsToTensor(cropToInput(image.data, this.preprocess), this.preprocess, data, i * size);
    });
    return tensor(
      'float32',
      [chips.length, channelCount(channels), this.preprocess.height, this.preprocess.width],
      data,
    );
  }

  /**
   * @param x the first input, such as float32 [N,C,H,W]   @param others its further inputs, by name
   * @returns float32 [N,K] of each head, in the model's order, not divided by temperature, then [N,L] of each of its
   *   value heads; with the view `mirror` the mean of those of the inputs and of their mirror images
   */
  logits(x: Tensor, others: Readonly<Record<string, Tensor>> = {}): Promise<Tensor[]> {
    const network = {
      inputs: this.inputs,
      logits: (batch: Tensor, more: Readonly<Record<string, Tensor>> = {}) => this.#run(batch, more),
    };
    return this.views === 'mirror' ? mirrorLogits(network, x, others) : network.logits(x, others);
  }

  async #run(x: Tensor, others: Readonly<Record<string, Tensor>>): Promise<Tensor[]> {
    const results = await this.#session.run({ [this.#inputName]: x, ...others });
    return [...this.model.heads, ...(this.model.valueHeads ?? [])].map((head) => results[head.output]!);
  }

  /** Frees the network's memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Whether the network takes what its metadata promise, and gives it. */
function checkContract(
  graph: Graph,
  model: ModelSpec,
  preprocess: PreprocessSpec,
  inputs: ModelInputs,
  label: string,
): void {
  const image = [channelCount(preprocess.channels), preprocess.height, preprocess.width];
  const sizeOf = (input: ModelInputs[string]): readonly number[] => {
    switch (input.kind) {
      case 'image':
        return image;
      case 'clip':
        return [image[0]!, stepsOf(input), ...image.slice(1)];
      case 'landmarks':
        return [2 * input.points];
      case 'frontal':
        return [FRONTAL_CHANNELS[input.view], input.size, input.size];
      case 'track':
        return [stepsOf(input), 2 * input.points];
      case 'vector':
        return [input.size];
      case 'length':
        return [];
    }
  };
  const entries = Object.entries(inputs);
  const described = (shape: readonly (number | string)[]): string => `[${['N', ...shape].join(',')}]`;
  const fits = entries.every(([name, input]) => {
    const own = entries.length === 1 ? graph.inputs[0] : graph.inputs.find((other) => other.name === name);
    return own?.shape.slice(1).join() === sizeOf(input).join();
  });
  if (!fits || graph.inputs.length !== entries.length) {
    const got = graph.inputs.map((i) => `${i.name} [${i.shape.join(',')}]`).join(', ') || 'no input';
    const wanted =
      entries.length === 1
        ? `one input ${described(sizeOf(entries[0]![1]))}`
        : `the inputs ${entries.map(([name, input]) => `${name} ${described(sizeOf(input))}`).join(', ')}`;
    throw new InputError(label, `its metadata describe ${wanted}, but the network has ${got}`);
  }
  const outputs = [
    ...model.heads.map(({ output, classes }) => ({ output, width: classes.length })),
    ...(model.valueHeads ?? []).map(({ output, names }) => ({ output, width: names.length })),
  ];
  for (const { output, width } of outputs) {
    const found = graph.outputs.find((o) => o.name === output);
    if (found?.shape.length !== 2 || found.shape[1] !== width) {
      const got = found ? `[${found.shape.join(',')}]` : 'no such output';
      throw new InputError(label, `its metadata describe an output ${output} [N,${width}], but the network has ${got}`);
    }
  }
}
