/**
 * The network of re-centralization beside those that its paper compares it with, as that paper's table 7: a photo to an
 * answer with all that comes before the network, and the network alone. Weights are those that training starts from: times do
 * not depend on them.
 */
import { createRecognizer, decodeImage, MienError, type Recognizer } from 'mienjs';
import { crop, type RawImage } from 'mienjs/image';
import { countParameters, inputShape, inputSizes } from 'mienjs/nn';
import { RECIPES } from 'mienjs/recipes';
import { createSession, type Session } from 'mienjs/runtime';
import { Random, sizeOf, tensor, type Tensor } from 'mienjs/tensor';
import { exportModel, type Recipe } from 'mienjs/train';
import { composePhoto } from './photo.ts';
import { cpuMillisecondsPerRun, interleave } from './timing.ts';

export interface ComparisonRow {
  readonly bench: 'comparison';
  readonly recipe: string;
  /** Side of the face, px. */
  readonly face: number;
  /** What the network takes beside the face. */
  readonly further: string;
  readonly parameters: number;
  /** CPU time of the network on one face: the least of the rounds, as all that disturbs adds to it. */
  readonly networkMs: number;
  /** CPU time of a photo of 512×512 px with one face to its answer, likewise. */
  readonly photoMs: number;
}

const METHODS = ['recentralized', 'dlp-cnn', 'dtagn', 'phrnn-mscnn', 'shape-shading', 'face-inception', 'ltnet'];

/** The published sizes first, then those that are reduced. */
const FORMS = ['ck-plus', 'ferplus'] as const;

const find = (id: string): Recipe => {
  const recipe = RECIPES.find((other) => other.id === id);
  if (!recipe) throw new MienError(`bench comparison: there is no recipe "${id}"`);
  return recipe;
};

/** DLP-CNN is published for RAF-DB, whose faces are aligned in photos as those of the other recipes are. */
function recipeOf(method: string, form: (typeof FORMS)[number]): Recipe {
  if (method !== 'dlp-cnn' || form === 'ferplus') return find(`${method}.${form}`);
  const own = find('dlp-cnn.raf-db');
  const { framing, template } = find('recentralized.ck-plus').preprocess;
  return { ...own, preprocess: { ...own.preprocess, framing, ...(template ? { template } : {}) } };
}

interface Side {
  readonly recipe: Recipe;
  readonly session: Session;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly recognizer: Recognizer;
}

async function open(recipe: Recipe): Promise<Side> {
  const model = exportModel(recipe, new Map());
  const random = new Random(1, 'face');
  const inputs = Object.fromEntries(
    Object.entries(inputSizes(recipe.network)).map(([name, size]) => {
      const dims = inputShape(1, size);
      return [
        name,
        tensor(
          'float32',
          dims,
          Float32Array.from({ length: sizeOf(dims) }, () => random.range(-0.5, 0.5)),
        ),
      ];
    }),
  );
  return {
    recipe,
    session: await createSession(model, { threads: 1 }),
    inputs,
    recognizer: await createRecognizer({ model, threads: 1 }),
  };
}

/** One face of 256 px. */
const photoOf = async (): Promise<RawImage> =>
  crop(await decodeImage(await composePhoto(1)), { x: 0, y: 104, width: 512, height: 512 });

export async function benchComparison(rounds: number, log: (line: string) => void): Promise<ComparisonRow[]> {
  const photo = await photoOf();
  const rows: ComparisonRow[] = [];
  for (const form of FORMS) {
    log(form === 'ck-plus' ? 'published sizes' : 'reduced sizes');
    const sides = await Promise.all(METHODS.map((method) => open(recipeOf(method, form))));
    const alone = await interleave(
      sides.map(
        ({ session, inputs }) =>
          () =>
            cpuMillisecondsPerRun(() => session.run(inputs)),
      ),
      rounds,
    );
    const whole = await interleave(
      sides.map(
        ({ recognizer }) =>
          () =>
            cpuMillisecondsPerRun(async () => {
              const { faces } = await recognizer.recognize(photo);
              if (faces.length !== 1)
                throw new MienError(`bench comparison: the photo shows one face, ${faces.length} were found`);
            }),
      ),
      rounds,
    );
    for (const [i, { recipe, session, recognizer }] of sides.entries()) {
      rows.push({
        bench: 'comparison',
        recipe: recipe.id,
        face: recipe.preprocess.width,
        further: Object.keys(recipe.network.furtherInputs ?? {}).join(', ') || '–',
        parameters: countParameters(recipe.network),
        networkMs: Math.min(...alone[i]!),
        photoMs: Math.min(...whole[i]!),
      });
      await session.release();
      await recognizer.release();
    }
  }
  return rows;
}
