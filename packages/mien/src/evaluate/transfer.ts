/**
 * How good the pictures of a generator are: whether they show the expressions that they should, of whom they should,
 * how far they are from real ones, and how much noise varies them. All of it is asked of a judge, a network that was
 * trained on other pictures of the characters, and stands between what true pictures reach and what a picture at rest
 * does.
 *
 * Shape legend: N faces, K expressions, D features.
 */
import { EXPRESSIONS_8 } from '../labels/index.ts';
import { imageAt, imageFormat, labelledImages, selectSamples, type Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import type { RawImage } from '../image/index.ts';
import { frechetDistance, meanPairDifference } from '../metrics/index.ts';
import { extractFeatures, readModelBytes } from '../predict/node.ts';
import { ExpressionClassifier, type FaceGenerator } from '../predict/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import type { Tensor } from '../tensor/index.ts';

export interface TransferOptions extends SessionOptions {
  readonly generator: FaceGenerator;
  /** Whom the pictures show; default the generator's first. */
  readonly person?: string;
  /** With labels, brought to what the generator takes; none of them trained it. */
  readonly faces: Samples;
  /** Pictures of characters with labels, a neutral one among them, brought to what the judge takes; none trained anything. */
  readonly characters: Samples;
  /**
   * The .onnx file of a classifier of expressions on characters. Where it has an output `character`, that is asked whom
   * pictures show.
   */
  readonly judge: string | Uint8Array;
  /** Faces that noise is varied on, and pictures of each. Default 24 and 6. */
  readonly varied?: number;
  readonly variations?: number;
}

/** Shares are 0 … 1; NaN where there is nothing to measure. */
export interface TransferMeasures {
  /** Faces. */
  readonly n: number;
  /** Share of the pictures in which the judge sees the face's expression; mean over expressions. */
  readonly intended: number;
  /** The same by expression. */
  readonly byExpression: Readonly<Record<string, number>>;
  /** The share of true pictures of the person whose expression the judge sees: nothing can be much better. */
  readonly ceiling: number;
  /** The share that the person's neutral pictures would have in place of generated ones. */
  readonly floor: number;
  /** Share of the pictures in which the judge sees the person. NaN without an output for it. */
  readonly identity: number;
  /** Fréchet distances to true pictures of the person on the judge's features, of as many pictures each. */
  readonly frechet: {
    readonly generated: number;
    /** Between two halves of the true pictures: what a perfect generator has. */
    readonly real: number;
    /** Between true pictures of this and of other characters. */
    readonly others: number;
    /** Pictures on each side. */
    readonly pictures: number;
  };
  /** Mean difference of two pictures, in levels of 0 … 255. */
  readonly diversity: {
    /** Between pictures of one face with other noise. */
    readonly noise: number;
    /** Between pictures of faces with one expression, without noise. */
    readonly faces: number;
    /** Between true pictures with one expression. */
    readonly real: number;
  };
}

/**
 * Measures a generator on faces that it has not seen.
 * @throws {MienError} when the person has no neutral picture, or too few of them are there
 */
export async function measureTransfer(options: TransferOptions): Promise<TransferMeasures> {
  const { generator, faces, characters, judge, varied = 24, variations = 6, ...session } = options;
  const person = options.person ?? generator.people[0]!;
  const { threads, device } = session;
  const runtime = { ...(threads === undefined ? {} : { threads }), ...(device ? { device } : {}) };
  const own = rowsOf(characters, (i) => characters.subjects?.[i] === person);
  const shown = rowsOf(own, (i) => faces.classes.includes(own.classes[own.labels[i]!]!));
  const neutral = rowsOf(own, (i) => own.classes[own.labels[i]!] === EXPRESSIONS_8[0]);
  if (neutral.count === 0 || shown.count < 4)
    throw new MienError(`${person}: expected neutral pictures and some with expressions, found ${own.count} in all`);

  const chips = imagesOf(faces);
  const pictures = await generator.generate(chips, { person });
  const classifier = await ExpressionClassifier.create((await readModelBytes(judge)).bytes, 'judge', runtime);
  try {
    const seen = await seenIn(classifier, fit(pictures, classifier));
    const inShown = await seenIn(classifier, imagesOf(shown));
    const atRest = await seenIn(classifier, imagesOf(neutral));
    const wanted = Array.from(faces.labels, (label) => faces.classes[label]!);
    const byExpression = shareByClass(wanted, seen.expressions, faces.classes);
    // Half of the true pictures against the other half, and as many of everything else
    const half = Math.floor(Math.min(shown.count / 2, pictures.length));
    const others = rowsOf(
      characters,
      (i) => characters.subjects?.[i] !== person && faces.classes.includes(characters.classes[characters.labels[i]!]!),
    );
    const features = (samples: Samples): Promise<Tensor<'float32'>> => extractFeatures(judge, samples, runtime);
    const [even, odd] = [0, 1].map((side) =>
      evenly(
        rowsOf(shown, (i) => i % 2 === side),
        half,
      ),
    ) as [Samples, Samples];
    const real = await features(even);
    const distanceTo = async (samples: Samples): Promise<number> =>
      samples.count < 2 || real.dims[0]! < 2 ? NaN : frechetDistance(real, await features(samples));
    return {
      n: faces.count,
      intended: mean(Object.values(byExpression)),
      byExpression,
      ceiling: mean(
        Object.values(
          shareByClass(
            Array.from(shown.labels, (label) => shown.classes[label]!),
            inShown.expressions,
            faces.classes,
          ),
        ),
      ),
      // A neutral picture is what it is, whatever it should show
      floor: mean(
        faces.classes.map((name) => atRest.expressions.filter((e) => e === name).length / atRest.expressions.length),
      ),
      identity: seen.characters ? seen.characters.filter((c) => c === person).length / pictures.length : NaN,
      frechet: {
        generated: await distanceTo(asSamples(evenlyOf(fit(pictures, classifier), half))),
        real: await distanceTo(odd),
        others: await distanceTo(evenly(others, half)),
        pictures: half,
      },
      diversity: {
        noise: await noiseDiversity(generator, evenlyOf(chips, varied), person, variations),
        faces: withinClasses(pictures, wanted),
        real: withinClasses(
          imagesOf(shown),
          Array.from(shown.labels, (label) => shown.classes[label]!),
        ),
      },
    };
  } finally {
    await classifier.release();
  }
}

/** What the judge says of pictures: the most probable expression, and the character where it tells one. */
async function seenIn(
  classifier: ExpressionClassifier,
  pictures: readonly RawImage[],
): Promise<{ expressions: string[]; characters: string[] | undefined }> {
  const answers = await classifier.classify(pictures);
  const top = (h: number): string[] => {
    const { head, probabilities } = answers[h]!;
    const K = head.classes.length;
    return pictures.map((_, i) => {
      const row = [...probabilities.subarray(i * K, (i + 1) * K)];
      return head.classes[row.indexOf(Math.max(...row))]!;
    });
  };
  const who = answers.findIndex(({ head }) => head.output === 'character');
  return { expressions: top(0), characters: who < 0 ? undefined : top(who) };
}

/** By class, the share of the pictures that show it among those that should. */
function shareByClass(
  wanted: readonly string[],
  seen: readonly string[],
  classes: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    classes.flatMap((name) => {
      const rows = [...wanted.keys()].filter((i) => wanted[i] === name);
      return rows.length === 0 ? [] : [[name, rows.filter((i) => seen[i] === name).length / rows.length]];
    }),
  );
}

async function noiseDiversity(
  generator: FaceGenerator,
  chips: readonly RawImage[],
  person: string,
  variations: number,
): Promise<number> {
  const rounds: RawImage[][] = [];
  for (let seed = 1; seed <= variations; seed++) rounds.push(await generator.generate(chips, { person, seed }));
  return mean(chips.map((_, i) => meanPairDifference(rounds.map((pictures) => pictures[i]!.data))));
}

/** Pictures of a class that are compared, at most: pairs grow with their square. */
const COMPARED = 12;

function withinClasses(pictures: readonly RawImage[], labels: readonly string[]): number {
  const classes = [...new Set(labels)];
  return mean(
    classes
      .map((name) =>
        meanPairDifference(
          evenlyOf(
            pictures.filter((_, i) => labels[i] === name),
            COMPARED,
          ).map(({ data }) => data),
        ),
      )
      .filter((value) => !Number.isNaN(value)),
  );
}

/** Pictures as the judge takes them. @throws {MienError} when it takes another size */
function fit(pictures: readonly RawImage[], { preprocess }: ExpressionClassifier): readonly RawImage[] {
  const { width, height } = imageFormat(preprocess);
  const wrong = pictures.find((picture) => picture.width !== width || picture.height !== height);
  if (wrong) throw new MienError(`judge: expected pictures of ${width}×${height}, got ${wrong.width}×${wrong.height}`);
  return pictures;
}

const rowsOf = (samples: Samples, holds: (i: number) => boolean): Samples =>
  selectSamples(samples, Int32Array.from(samples.labels.keys()).filter(holds));

const evenly = (samples: Samples, count: number): Samples =>
  selectSamples(samples, Int32Array.from(evenlyOf([...samples.ids.keys()], count)));

/** So many items, from all over the list. */
function evenlyOf<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

const imagesOf = ({ images }: Samples): RawImage[] =>
  Array.from({ length: images.count }, (_, i) => imageAt(images, i));

/** Pictures of one size, without labels. */
function asSamples(pictures: readonly RawImage[]): Samples {
  const { width = 1, height = 1, channels = 3 } = pictures[0] ?? {};
  const size = width * height * channels;
  const pixels = new Uint8Array(pictures.length * size);
  pictures.forEach(({ data }, i) => pixels.set(data, i * size));
  return labelledImages({
    images: { count: pictures.length, width, height, channels, pixels },
    classes: ['picture'],
    labels: new Int32Array(pictures.length),
    ids: pictures.map((_, i) => `#${i}`),
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
