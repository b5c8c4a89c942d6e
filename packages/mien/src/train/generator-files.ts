/**
 * What is written of a recipe's generator: its model file, and after each epoch a sheet of its pictures of the same few
 * faces, so that a collapse is seen early.
 */
import { join } from 'node:path';
import { encodeGeneratorMetadata, epochBatches, pixelsOf, selectSamples, type Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { makeFolder, writeWhole } from '../files/index.ts';
import { rawImage, type RawImage } from '../image/index.ts';
import { writeImage } from '../image/node.ts';
import { buildNetwork, encodeNetwork } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';
import { preprocessOf } from './export.ts';
import { classesHeads } from './heads.ts';
import type { Recipe } from './recipe.ts';

/**
 * The generator's model file, with what `FaceGenerator` needs to know in its metadata.
 * @param people the names of its identities   @throws {MienError} for a recipe without a generator
 */
export function exportGenerator(
  recipe: Recipe,
  weights: ReadonlyMap<string, Tensor>,
  people: readonly string[],
): Uint8Array {
  const { id, generator } = recipe;
  if (!generator) throw new MienError(`${id}: has no generator`);
  const { classes: _, ...preprocess } = preprocessOf(recipe);
  return encodeNetwork(generator.network, weights, {
    name: `${id}.generator`,
    outputs: ['picture'],
    metadata: encodeGeneratorMetadata({
      name: `${id}.generator`,
      recipe: id,
      people: [...people],
      expressions: [...(classesHeads(recipe)[0]?.classes ?? [])],
      noise: generator.noise,
      input: preprocess,
    }),
  });
}

/** Writes `ID.generator.onnx`. */
export async function writeGenerator(
  recipe: Recipe,
  weights: ReadonlyMap<string, Tensor>,
  { people, out }: { readonly people: readonly string[]; readonly out: string },
): Promise<void> {
  await writeWhole(join(out, `${recipe.id}.generator.onnx`), exportGenerator(recipe, weights, people));
}

/** Faces of a class on the sheet. */
const FACES = 2;
/** Pictures of a face with noise, below the one without. */
const NOISY_ROWS = 2;

/** The folder, in that of the run, for sheets. */
export const SHEETS = 'samples';

export class SampleSheets {
  readonly #session: Session;
  readonly #recipe: Recipe;
  readonly #out: string;
  readonly #people: number;
  /** [F,C,H,W] */
  readonly #faces: Tensor<'float32'>;

  private constructor(recipe: Recipe, session: Session, faces: Tensor<'float32'>, people: number, out: string) {
    this.#recipe = recipe;
    this.#session = session;
    this.#faces = faces;
    this.#people = people;
    this.#out = out;
  }

  /** Undefined for a recipe without a generator. @param of the faces: the first ones of each class are taken */
  static async create(
    recipe: Recipe,
    { samples, people, out }: { readonly samples: Samples; readonly people: readonly string[]; readonly out: string },
    options: SessionOptions,
  ): Promise<SampleSheets | undefined> {
    const { generator, inputs } = recipe;
    if (!generator || samples.count === 0) return undefined;
    const { b, outputs } = buildNetwork(generator.network, { name: `${recipe.id}.sheet`, parametersAs: 'inputs' });
    b.output(outputs['picture']!, 'picture');
    const rows = samples.classes.flatMap((_, k) =>
      [...samples.labels.keys()].filter((i) => samples.labels[i] === k).slice(0, FACES),
    );
    const [batch] = [
      ...epochBatches({
        samples: selectSamples(samples, Int32Array.from(rows)),
        ...(inputs ? { inputs } : {}),
        batchSize: Math.max(1, rows.length),
        seed: 0,
        epoch: 0,
        preprocess: preprocessOf(recipe),
      }),
    ];
    if (!batch) return undefined;
    const session = await createSession(encodeModel(b.graph), options, `pictures of ${recipe.id}`);
    await makeFolder(join(out, SHEETS));
    return new SampleSheets(recipe, session, batch.inputs['x']!, people.length, out);
  }

  /**
   * `epoch-001.png`: a column a face; the face itself, its picture as each person without noise, and as the first person
   * with noise.
   */
  async write(epoch: number, weights: ReadonlyMap<string, Tensor>): Promise<void> {
    const own = new Set(this.#session.inputNames);
    const fixed = Object.fromEntries([...weights].filter(([name]) => own.has(name)));
    const x = this.#faces;
    const [F] = x.dims as [number];
    const Z = this.#recipe.generator!.noise;
    const pictures: Tensor[] = [];
    for (let row = 0; row < this.#people + NOISY_ROWS; row++) {
      const person = row < this.#people ? row : 0;
      const random = new Random(row, 'sheet');
      const noise = Float32Array.from({ length: Z }, () => (row < this.#people ? 0 : random.range(-1, 1)));
      const results = await this.#session.run({
        ...fixed,
        x,
        identity: repeated(F, this.#people, (i) => Number(i === person)),
        z: repeated(F, Z, (i) => noise[i]!),
      });
      pictures.push(results['picture']!);
    }
    const { preprocess } = this.#recipe;
    const rows = [pixelsOf(x, preprocess), ...pictures.map((p) => pixelsOf(p))];
    await writeImage(join(this.#out, SHEETS, `epoch-${String(epoch).padStart(3, '0')}.png`), tiled(rows));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** [rows,width], the same values in every row. */
function repeated(rows: number, width: number, value: (i: number) => number): Tensor {
  return tensor(
    'float32',
    [rows, width],
    Float32Array.from({ length: rows * width }, (_, i) => value(i % width)),
  );
}

/** Images of one size as a grid, row by row, in colour. */
function tiled(rows: readonly (readonly RawImage[])[]): RawImage {
  const { width, height } = rows[0]![0]!;
  const columns = rows[0]!.length;
  const out = new Uint8Array(columns * width * rows.length * height * 3);
  rows.forEach((images, r) =>
    images.forEach(({ data, channels }, c) => {
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let k = 0; k < 3; k++)
            out[3 * ((r * height + y) * columns * width + c * width + x) + k] =
              data[(y * width + x) * channels + (channels === 1 ? 0 : k)]!;
    }),
  );
  return rawImage(columns * width, rows.length * height, 3, out);
}
