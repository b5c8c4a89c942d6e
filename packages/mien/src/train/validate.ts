/** Validation during training: the loss and the accuracy of each head on a split. */
import { epochBatches, type LabelledImages } from '../data/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { buildNetwork } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import type { Tensor } from '../tensor/index.ts';
import { preprocessOf } from './export.ts';
import type { Recipe } from './recipe.ts';

export interface Validation {
  /** Mean cross-entropy of the primary head against the target distributions. */
  readonly loss: number;
  /** Per head; NaN where the split has no labels for it. */
  readonly accuracies: readonly number[];
}

/** Runs the network in inference mode with whatever weights it is given. */
export class Validator {
  readonly #recipe: Recipe;
  readonly #session: Session;
  private constructor(recipe: Recipe, session: Session) {
    this.#recipe = recipe;
    this.#session = session;
  }

  static async create(recipe: Recipe, options: SessionOptions): Promise<Validator> {
    const { b, outputs } = buildNetwork(recipe.network, { name: `${recipe.id}.validation`, parametersAs: 'inputs' });
    for (const head of recipe.heads) b.output(outputs[head.output]!, head.output);
    return new Validator(recipe, await createSession(encodeModel(b.graph), options, `validation of ${recipe.id}`));
  }

  async run(images: LabelledImages, weights: ReadonlyMap<string, Tensor>): Promise<Validation> {
    const { heads, seed } = this.#recipe;
    const fixed = Object.fromEntries(weights);
    let loss = 0;
    let count = 0;
    const correct = heads.map(() => 0);
    const labelled = heads.map(() => 0);
    for (const batch of epochBatches({
      images,
      batchSize: this.#recipe.batchSize,
      seed,
      epoch: 0,
      preprocess: preprocessOf(this.#recipe),
    })) {
      const results = await this.#session.run({ ...fixed, x: batch.x });
      heads.forEach((head, h) => {
        const logits = results[head.output]!.data as Float32Array;
        const target = (head.labelling === 'primary' ? batch.target : batch.alternatives[head.labelling])?.data;
        const labels = head.labelling === 'primary' ? batch.labels : images.alternatives[head.labelling]?.labels;
        const k = head.classes.length;
        batch.indices.forEach((row, i) => {
          const z = logits.subarray(i * k, (i + 1) * k);
          if (h === 0 && target) {
            loss += crossEntropyOf(z, target.subarray(i * k, (i + 1) * k));
            count++;
          }
          const label = head.labelling === 'primary' ? labels![i]! : (labels?.[row] ?? -1);
          if (label < 0) return;
          labelled[h]!++;
          if (argMax(z) === label) correct[h]!++;
        });
      });
    }
    return { loss: loss / count, accuracies: correct.map((c, h) => (labelled[h] ? c / labelled[h]! : NaN)) };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** −Σ t·log softmax(z), with the maximum subtracted first so that exp cannot overflow. */
function crossEntropyOf(z: Float32Array, t: Float32Array): number {
  const top = Math.max(...z);
  let sum = 0;
  for (const v of z) sum += Math.exp(v - top);
  const logSum = top + Math.log(sum);
  return t.reduce((total, p, k) => total - p * (z[k]! - logSum), 0);
}

function argMax(z: Float32Array): number {
  let best = 0;
  for (let k = 1; k < z.length; k++) if (z[k]! > z[best]!) best = k;
  return best;
}
