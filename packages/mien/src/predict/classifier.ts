/**
 * The expression network: framed faces to probabilities, by the contract that the model file itself carries.
 * Shapes: N faces, C channels, H×W the network's input, K classes of a head.
 */
import { decodeModelMetadata, withViews, type ModelHead, type ModelSpec, type Views } from '../data/model-spec.ts';
import {
  channelCount,
  cropToInput,
  imageFormat,
  inputSize,
  pixelsToTensor,
  type PreprocessSpec,
} from '../data/preprocess.ts';
import { InputError, ShapeError } from '../errors.ts';
import { toGray, type RawImage } from '../image/index.ts';
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

/** Faces that one run of the network takes, to bound memory. */
const BATCH = 64;

export class ExpressionClassifier {
  /** As it answers with `views`: temperatures and thresholds are those of that setting. */
  readonly model: ModelSpec;
  readonly views: Views;
  readonly preprocess: PreprocessSpec;
  readonly #session: Session;
  readonly #inputName: string;

  private constructor(model: ModelSpec, views: Views, preprocess: PreprocessSpec, session: Session, inputName: string) {
    this.model = model;
    this.views = views;
    this.preprocess = preprocess;
    this.#session = session;
    this.#inputName = inputName;
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
    const { model, preprocess } = decodeModelMetadata(label, graph.metadata);
    checkContract(graph, model, preprocess, label);
    return new ExpressionClassifier(
      withViews(model, views),
      views,
      preprocess,
      await createSession(bytes, options, label),
      graph.inputs[0]!.name,
    );
  }

  /**
   * @param chips framed as `preprocess` says (see `alignFace`), of the size `imageFormat` tells
   * @returns each head's probabilities, softmax of logits divided by the head's temperature, heads in the model's order
   */
  async classify(chips: readonly RawImage[]): Promise<HeadProbabilities[]> {
    const { heads } = this.model;
    const logits = heads.map(({ classes }) => new Float32Array(chips.length * classes.length));
    for (let start = 0; start < chips.length; start += BATCH) {
      const outputs = await this.logits(this.toTensor(chips.slice(start, start + BATCH)));
      heads.forEach(({ classes }, h) => logits[h]!.set(outputs[h]!.data as Float32Array, start * classes.length));
    }
    return heads.map((head, h) => ({
      head,
      probabilities: softmaxRows(logits[h]!, head.classes.length, head.temperature),
    }));
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
   * @param x float32 [N,C,H,W]
   * @returns float32 [N,K] of each head, in the model's order, not divided by temperature; with the view `mirror` the
   *   mean of those of x and of its mirror image
   */
  logits(x: Tensor): Promise<Tensor[]> {
    const network = { logits: (batch: Tensor) => this.#run(batch) };
    return this.views === 'mirror' ? mirrorLogits(network, x) : network.logits(x);
  }

  async #run(x: Tensor): Promise<Tensor[]> {
    const results = await this.#session.run({ [this.#inputName]: x });
    return this.model.heads.map((head) => results[head.output]!);
  }

  /** Frees the network's memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Whether the network takes what its metadata promise, and gives it. */
function checkContract(graph: Graph, model: ModelSpec, preprocess: PreprocessSpec, label: string): void {
  const expected = ['N', channelCount(preprocess.channels), preprocess.height, preprocess.width];
  const input = graph.inputs[0];
  const fits =
    graph.inputs.length === 1 &&
    input!.shape.length === 4 &&
    input!.shape.slice(1).every((d, i) => d === expected[i + 1]);
  if (!fits) {
    const got = graph.inputs.map((i) => `${i.name} [${i.shape.join(',')}]`).join(', ') || 'no input';
    throw new InputError(label, `its metadata describe one input [${expected.join(',')}], but the network has ${got}`);
  }
  for (const head of model.heads) {
    const output = graph.outputs.find((o) => o.name === head.output);
    if (output?.shape.length !== 2 || output.shape[1] !== head.classes.length) {
      const got = output ? `[${output.shape.join(',')}]` : 'no such output';
      throw new InputError(
        label,
        `its metadata describe an output ${head.output} [N,${head.classes.length}], but the network has ${got}`,
      );
    }
  }
}
