/**
 * What is written of a recipe's generator: its model file, and after each epoch a sheet of its pictures of the same few
 * faces, so that a collapse is seen early.
 */
import { join } from 'node:path';
import {
  encodeGeneratorMetadata,
  epochBatches,
  pictureScale,
  pixelsOf,
  selectSamples,
  type Samples,
} from '../data/index.ts';
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
      kind: generator.kind ?? 'transfer',
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
/** Faces that are drawn of each class, the first without noise. */
const DRAWN = 6;

/** The folder, in that of the run, for sheets. */
export const SHEETS = 'samples';

/** A row of a sheet: what the generator is fed. */
type Row = Readonly<Record<string, Tensor>>;

export class SampleSheets {
  readonly #session: Session;
  readonly #out: string;
  /** Faces that stand above the pictures. */
  readonly #faces: readonly RawImage[];
  readonly #rows: readonly Row[];
  readonly #scale: ReturnType<typeof pictureScale>;

  private constructor(
    session: Session,
    out: string,
    faces: readonly RawImage[],
    rows: readonly Row[],
    scale: ReturnType<typeof pictureScale>,
  ) {
    this.#session = session;
    this.#out = out;
    this.#faces = faces;
    this.#rows = rows;
    this.#scale = scale;
  }

  /** Undefined for a recipe without a generator. @param of the faces: the first ones of each class are taken */
  static async create(
    recipe: Recipe,
    { samples, people, out }: { readonly samples: Samples; readonly people: readonly string[]; readonly out: string },
    options: SessionOptions,
  ): Promise<SampleSheets | undefined> {
    const { generator } = recipe;
    if (!generator) return undefined;
    const { kind = 'transfer' } = generator;
    const x = kind === 'class' ? undefined : facesOf(recipe, samples);
    if (kind !== 'class' && !x) return undefined;
    const rows =
      kind === 'class'
        ? classRows(samples.classes.length, generator.noise)
        : kind === 'reconstruction'
          ? [{ x: x! }]
          : transferRows(x!, people.length, generator.noise);
    const { b, outputs } = buildNetwork(generator.network, { name: `${recipe.id}.sheet`, parametersAs: 'inputs' });
    b.output(outputs['picture']!, 'picture');
    await makeFolder(join(out, SHEETS));
    const input = preprocessOf(recipe);
    const faces = x ? pixelsOf(x, input) : [];
    const session = await createSession(encodeModel(b.graph), options, `pictures of ${recipe.id}`);
    return new SampleSheets(session, out, faces, rows, pictureScale({ kind, input }));
  }

  /**
   * `epoch-001.png`. Of a transfer a column a face: the face itself, its picture as each person without noise, and as the
   * first person with noise. Of a reconstruction: the faces, and what is made of them. Of classes a column a class, and
   * below one another faces of the same noise, the first without.
   */
  async write(epoch: number, weights: ReadonlyMap<string, Tensor>): Promise<void> {
    const own = new Set(this.#session.inputNames);
    const fixed = Object.fromEntries([...weights].filter(([name]) => own.has(name)));
    const rows: (readonly RawImage[])[] = this.#faces.length > 0 ? [this.#faces] : [];
    for (const row of this.#rows) {
      const results = await this.#session.run({ ...fixed, ...row });
      rows.push(pixelsOf(results['picture']!, this.#scale));
    }
    await writeImage(join(this.#out, SHEETS, `epoch-${String(epoch).padStart(3, '0')}.png`), tiled(rows));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The first faces of each class, [F,C,H,W]; undefined where there are none. */
function facesOf(recipe: Recipe, samples: Samples): Tensor<'float32'> | undefined {
  if (samples.count === 0) return undefined;
  const { inputs } = recipe;
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
  return batch?.inputs['x'];
}

function transferRows(x: Tensor, people: number, noise: number): Row[] {
  const [F] = x.dims as [number];
  return Array.from({ length: people + NOISY_ROWS }, (_, row) => {
    const person = row < people ? row : 0;
    const random = new Random(row, 'sheet');
    const z = Float32Array.from({ length: noise }, () => (row < people ? 0 : random.range(-1, 1)));
    return {
      x,
      identity: repeated(F, people, (i) => Number(i === person)),
      z: repeated(F, noise, (i) => z[i]!),
    };
  });
}

function classRows(classes: number, noise: number): Row[] {
  const one = Float32Array.from({ length: classes * classes }, (_, i) => Number(i % (classes + 1) === 0));
  return Array.from({ length: DRAWN }, (_, row) => {
    const random = new Random(row, 'sheet');
    const z = Float32Array.from({ length: noise }, () => (row === 0 ? 0 : random.normal()));
    return { x: tensor('float32', [classes, classes], one), z: repeated(classes, noise, (i) => z[i]!) };
  });
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
