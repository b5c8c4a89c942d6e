/**
 * Partners: images of another database that are shown beside the samples of a batch, unpaired. Each sample gets an image
 * of its own class, of one of some people (characters), and an image of that person with a neutral face. Which, depends
 * on (seed, epoch, batch) alone.
 *
 * Shape legend: N samples of the partners, B batch, I people, C channels, H height, W width.
 */
import { InputError } from '../errors.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';
import { cropToInput, channelCount, imageFormat, type InputSpec, inputSize, pixelsToTensor } from './image-input.ts';
import type { PreprocessSpec } from './preprocess.ts';
import { peopleOf } from './samplers.ts';
import type { Samples } from './samples.ts';

export interface PartnerSpec {
  /** Where they are from. */
  readonly dataset: string;
  /** How many of its people (characters) are shown: as many as the network knows. */
  readonly count: number;
  /** Their names; default: the first ones, in the order of names. */
  readonly people?: readonly string[];
  /** The class of a face at rest. */
  readonly neutral: string;
  /**
   * What their images are brought to, aligned to the template where their data have landmarks; a cut is at a random place.
   */
  readonly preprocess: InputSpec & Pick<PreprocessSpec, 'template'>;
}

/** Names of what a batch feeds besides its own. */
export const PARTNER_FEEDS = ['partner', 'neutral', 'person'] as const;
export type PartnerFeed = (typeof PARTNER_FEEDS)[number];

export class Partners {
  /** [I] */
  readonly people: readonly string[];
  /** [I,C,H,W] A neutral image of each person: the one that is nearest to the mean of all of them. */
  readonly references: Float32Array;
  readonly #samples: Samples;
  readonly #spec: PartnerSpec;
  /** Rows by person, then by class of the samples that they are partners of. */
  readonly #rows: readonly (readonly Int32Array[])[];
  readonly #neutral: readonly Int32Array[];

  /**
   * @param classes those of the samples that they are partners of
   * @throws {InputError} when a person is unknown, a class has no image, or a person is never neutral
   */
  constructor(samples: Samples, spec: PartnerSpec, classes: readonly string[]) {
    const { dataset, neutral } = spec;
    const known = peopleOf(samples);
    const people = spec.people ?? known.slice(0, spec.count);
    const unknown = people.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new InputError(dataset, `has no "${unknown}", expected some of ${known.join(', ') || '(nobody is named)'}`);
    if (people.length !== spec.count)
      throw new InputError(
        dataset,
        `expected ${spec.count} ${spec.count === 1 ? 'character' : 'characters'}, found ${people.length}: ${people.join(', ')}`,
      );
    const { classes: own, labels } = samples.labelling;
    const rowsOf = (person: string, name: string): Int32Array =>
      Int32Array.from(labels.keys()).filter((i) => samples.subjects?.[i] === person && own[labels[i]!] === name);
    this.people = people;
    this.#samples = samples;
    this.#spec = spec;
    this.#rows = people.map((person) => classes.map((name) => rowsOf(person, name)));
    this.#neutral = people.map((person) => rowsOf(person, neutral));
    people.forEach((person, p) => {
      if (this.#neutral[p]!.length === 0) throw new InputError(dataset, `has no image of ${person} that is ${neutral}`);
    });
    classes.forEach((name, k) => {
      if (this.#rows.every((rows) => rows[k]!.length === 0))
        throw new InputError(dataset, `has no image of ${people.join(', ')} that shows ${name}`);
    });
    this.references = this.#chooseReferences();
  }

  /** What images of the partners are brought to. */
  static formatOf({ preprocess }: PartnerSpec): ReturnType<typeof imageFormat> {
    return imageFormat(preprocess);
  }

  /** Shapes of the feeds, by name. */
  shapes(batchSize: number): Record<PartnerFeed, readonly number[]> {
    const image = [batchSize, ...this.#imageDims];
    return { partner: image, neutral: image, person: [batchSize, this.people.length] };
  }

  /**
   * For each sample of a batch: `partner`, an image of its class; `neutral`, one of the same person at rest; `person`, a
   * one-hot row.
   * @param labels [B] of the samples   @throws {InputError} for a sample without a label
   */
  feeds(
    labels: ArrayLike<number>,
    { seed, epoch, batch }: { readonly seed: number; readonly epoch: number; readonly batch: number },
  ): Record<PartnerFeed, Tensor<'float32'>> {
    const random = new Random(seed, `partners/${epoch}/${batch}`);
    const B = labels.length;
    const size = inputSize(this.#spec.preprocess);
    const partner = new Float32Array(B * size);
    const neutral = new Float32Array(B * size);
    const person = new Float32Array(B * this.people.length);
    for (let i = 0; i < B; i++) {
      const p = this.#personFor(labels[i]!, random);
      this.#write(pick(this.#rows[p]![labels[i]!]!, random), random, partner, i * size);
      this.#write(pick(this.#neutral[p]!, random), random, neutral, i * size);
      person[i * this.people.length + p] = 1;
    }
    const dims = [B, ...this.#imageDims];
    return {
      partner: tensor('float32', dims, partner),
      neutral: tensor('float32', dims, neutral),
      person: tensor('float32', [B, this.people.length], person),
    };
  }

  get #imageDims(): readonly number[] {
    const { channels, height, width } = this.#spec.preprocess;
    return [channelCount(channels), height, width];
  }

  /** Any of those that have an image of this class. */
  #personFor(label: number, random: Random): number {
    const able = this.#rows.flatMap((rows, p) => ((rows[label]?.length ?? 0) > 0 ? [p] : []));
    if (able.length === 0)
      throw new InputError(
        this.#spec.dataset,
        'a sample without a label has no partner: only labelled ones can be shown',
      );
    return able[random.int(able.length)]!;
  }

  /** Writes an image, cut at a random place, or at the centre without random numbers. */
  #write(row: number, random: Random | undefined, out: Float32Array, at: number): void {
    const { preprocess } = this.#spec;
    const { width, height, channels, pixels } = this.#samples.images;
    const stored = width * height * channels;
    const cut = random
      ? ([random.int(width - preprocess.width + 1), random.int(height - preprocess.height + 1)] as const)
      : ([] as const);
    pixelsToTensor(
      cropToInput(pixels.subarray(row * stored, (row + 1) * stored), preprocess, ...cut),
      preprocess,
      out,
      at,
    );
  }

  #chooseReferences(): Float32Array {
    const size = inputSize(this.#spec.preprocess);
    const chosen = new Float32Array(this.people.length * size);
    const image = new Float32Array(size);
    this.#neutral.forEach((rows, p) => {
      const mean = new Float64Array(size);
      for (const row of rows) {
        this.#write(row, undefined, image, 0);
        image.forEach((v, i) => (mean[i]! += v / rows.length));
      }
      let least = Infinity;
      for (const row of rows) {
        this.#write(row, undefined, image, 0);
        const distance = image.reduce((sum, v, i) => sum + (v - mean[i]!) ** 2, 0);
        if (distance >= least) continue;
        least = distance;
        chosen.set(image, p * size);
      }
    });
    return chosen;
  }
}

const pick = (rows: Int32Array, random: Random): number => rows[random.int(rows.length)]!;
