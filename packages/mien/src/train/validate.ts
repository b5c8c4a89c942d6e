/** Validation during training: the loss and the figures of each head on a split. */
import {
  classRows,
  isLabelling,
  type Labelling,
  MESH_NAMES,
  type Samples,
  type TargetRows,
  valueRows,
} from '../data/index.ts';
import type { CanonicalFace } from '../face/canonical-face.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { buildNetwork } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { argMax } from '../tensor/arg-max.ts';
import type { Tensor } from '../tensor/index.ts';
import { loadCanonicalFace } from '../face/node.ts';
import { MeshMap } from '../face/reconstruct/mesh-map.ts';
import { mapsOf } from './feeds.ts';
import { type ClassesHead, isClassesHead, isMeshHead, type MeshHead, type ValuesHead } from './heads.ts';
import { SurfaceErrors } from './surface-figures.ts';
import type { Recipe } from './recipe.ts';
import { plainBatches } from './run-on-samples.ts';
import { figuresOf, type HeadFigures, MAIN_FIGURE } from './value-figures.ts';

export interface Validation {
  /**
   * Mean loss of the primary head over what is known: cross-entropy against the target distributions (of several
   * labels: binary cross-entropy), or the squared error (of a map weighted by texel). NaN where nothing is known, and without a head.
   */
  readonly loss: number;
  /** Per head; NaN where the split has no labels for it, and for heads that tell no classes apart. */
  readonly accuracies: readonly number[];
  /** Figures of heads of several labels or numbers, by their output, where the split has their target. */
  readonly figures: Readonly<Record<string, HeadFigures>>;
  /**
   * The figure of the primary head by which epochs are compared, the greater the better: of a mesh, the error of the
   * landmarks in space, negative.
   */
  readonly score: number;
}

/** Runs the network in inference mode with whatever weights it is given. */
export class Validator {
  readonly #recipe: Recipe;
  readonly #session: Session;
  /** Where a head learns the mesh. */
  readonly #canonical: CanonicalFace | undefined;

  private constructor(recipe: Recipe, session: Session, canonical: CanonicalFace | undefined) {
    this.#recipe = recipe;
    this.#session = session;
    this.#canonical = canonical;
  }

  static async create(recipe: Recipe, options: SessionOptions): Promise<Validator> {
    const { b, outputs } = buildNetwork(recipe.network, { name: `${recipe.id}.validation`, parametersAs: 'inputs' });
    const wanted = new Set(recipe.heads.filter(({ kind }) => kind !== 'identity').map(({ output }) => output));
    if (recipe.sampler?.mines !== undefined) wanted.add(recipe.sampler.mines);
    if (wanted.size === 0) for (const output of Object.keys(outputs)) wanted.add(output);
    for (const output of wanted) b.output(outputs[output]!, output);
    const canonical = recipe.heads.some(isMeshHead) ? await loadCanonicalFace() : undefined;
    const session = await createSession(encodeModel(b.graph), options, `validation of ${recipe.id}`);
    return new Validator(recipe, session, canonical);
  }

  async run(samples: Samples, weights: ReadonlyMap<string, Tensor>): Promise<Validation> {
    const { heads } = this.#recipe;
    const measured = heads.flatMap((head, h): Measure[] => {
      const target = head.kind === 'identity' ? undefined : samples.targets[head.target];
      if (!target || head.kind === 'identity') return [];
      if (isClassesHead(head)) return isLabelling(target) ? [new ClassesMeasure(h, head, target)] : [];
      if (isMeshHead(head))
        return isLabelling(target)
          ? []
          : [new MeshMeasure(h, head, valueRows(target, MESH_NAMES, 'validation'), this.#canonical!)];
      const isThere = !isLabelling(target) && head.names.every((name) => target.names.includes(name));
      return isThere ? [new ValuesMeasure(h, head, valueRows(target, head.names, 'validation'))] : [];
    });
    await this.#each(samples, weights, (results, indices) => {
      for (const measure of measured) measure.add(results[measure.head.output]!.data as Float32Array, indices);
    });
    const of = (h: number): Measure | undefined => measured.find(({ place }) => place === h);
    const primary = heads.findIndex(({ kind }) => kind !== 'identity');
    return {
      loss: of(primary)?.loss ?? NaN,
      accuracies: heads.map((_, h) => {
        const measure = of(h);
        return measure instanceof ClassesMeasure ? measure.accuracy : NaN;
      }),
      figures: Object.fromEntries(
        measured.flatMap((measure) =>
          measure instanceof ValuesMeasure ? [[measure.head.output, measure.figures()] as const] : [],
        ),
      ),
      score: of(primary)?.score ?? NaN,
    };
  }

  /** The values of an output for every sample, without augmentation. @returns float32 [N,D] */
  async outputs(samples: Samples, weights: ReadonlyMap<string, Tensor>, output: string): Promise<Tensor<'float32'>> {
    let values = new Float32Array(0);
    let width = 0;
    await this.#each(samples, weights, (results, indices) => {
      const data = results[output]!.data as Float32Array;
      if (width === 0) {
        width = data.length / indices.length;
        values = new Float32Array(samples.count * width);
      }
      indices.forEach((row, i) => values.set(data.subarray(i * width, (i + 1) * width), row * width));
    });
    return { dtype: 'float32', dims: [samples.count, width], data: values };
  }

  async #each(
    samples: Samples,
    weights: ReadonlyMap<string, Tensor>,
    take: (results: Readonly<Record<string, Tensor>>, indices: Int32Array) => void,
  ): Promise<void> {
    // A program may train more than the network that is validated
    const own = new Set(this.#session.inputNames);
    const fixed = Object.fromEntries([...weights].filter(([name]) => own.has(name)));
    for await (const batch of plainBatches(this.#recipe, samples))
      take(await this.#session.run({ ...fixed, ...batch.inputs }), batch.indices);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

type Measure = ClassesMeasure | ValuesMeasure | MeshMeasure;

/** What is measured of a head of classes, batch by batch. */
class ClassesMeasure {
  readonly place: number;
  readonly head: ClassesHead;
  readonly #target: Labelling;
  readonly #rows: Float32Array;
  #loss = 0;
  #count = 0;
  #correct = 0;
  #labelled = 0;

  constructor(place: number, head: ClassesHead, target: Labelling) {
    this.place = place;
    this.head = head;
    this.#target = target;
    this.#rows = classRows(target).values;
  }

  /** @param logits [B,K] */
  add(logits: Float32Array, indices: Int32Array): void {
    const k = this.head.classes.length;
    indices.forEach((row, i) => {
      const z = logits.subarray(i * k, (i + 1) * k);
      this.#loss += crossEntropyOf(z, this.#rows.subarray(row * k, (row + 1) * k));
      this.#count++;
      const label = this.#target.labels[row]!;
      if (label < 0) return;
      this.#labelled++;
      if (argMax(z) === label) this.#correct++;
    });
  }

  get loss(): number {
    return this.#loss / this.#count;
  }

  get accuracy(): number {
    return this.#labelled ? this.#correct / this.#labelled : NaN;
  }

  get score(): number {
    return this.accuracy;
  }
}

/** What is measured of a head of several labels or numbers. */
class ValuesMeasure {
  readonly place: number;
  readonly head: ValuesHead;
  readonly #rows: TargetRows;
  readonly #outputs: Float32Array;

  constructor(place: number, head: ValuesHead, rows: TargetRows) {
    this.place = place;
    this.head = head;
    this.#rows = rows;
    this.#outputs = new Float32Array(rows.values.length);
  }

  /** @param values [B,L] */
  add(values: Float32Array, indices: Int32Array): void {
    const L = this.head.names.length;
    indices.forEach((row, i) => this.#outputs.set(values.subarray(i * L, (i + 1) * L), row * L));
  }

  get loss(): number {
    const { values, mask } = this.#rows;
    let [sum, count] = [0, 0];
    this.#outputs.forEach((z, i) => {
      if (mask?.[i] === 0) return;
      const t = values[i]!;
      // softplus(z) − t·z in a form that cannot overflow, or the squared error
      sum +=
        this.head.kind === 'multilabel' ? Math.max(z, 0) - t * z + Math.log1p(Math.exp(-Math.abs(z))) : (z - t) ** 2;
      count++;
    });
    return sum / count;
  }

  figures(): HeadFigures {
    return figuresOf(this.head, this.#outputs, this.#rows);
  }

  get score(): number {
    return this.figures().mean[MAIN_FIGURE[this.head.kind]]!;
  }
}

/** What is measured of a head that learns the mesh. */
class MeshMeasure {
  readonly place: number;
  readonly head: MeshHead;
  readonly #rows: TargetRows;
  readonly #map: MeshMap;
  readonly #errors: SurfaceErrors;
  #sum = 0;
  #weight = 0;

  constructor(place: number, head: MeshHead, rows: TargetRows, canonical: CanonicalFace) {
    this.place = place;
    this.head = head;
    this.#rows = rows;
    this.#map = new MeshMap(canonical, head.side);
    this.#errors = new SurfaceErrors(canonical);
  }

  /** @param maps [B,3,S,S] */
  add(maps: Float32Array, indices: Int32Array): void {
    const { values, weights } = mapsOf(this.#map, this.#rows, indices);
    weights.data.forEach((weight, i) => {
      this.#sum += weight * (maps[i]! - values.data[i]!) ** 2;
      this.#weight += weight;
    });
    const { values: meshes, mask, width } = this.#rows;
    indices.forEach((row, i) => {
      if (mask?.[row * width] === 0) return;
      const found = this.#map.landmarksOf(maps, 3 * i * this.#map.side ** 2);
      this.#errors.add(found, meshes.subarray(row * width, (row + 1) * width));
    });
  }

  get loss(): number {
    return this.#sum / this.#weight;
  }

  get score(): number {
    return -this.#errors.mean;
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
