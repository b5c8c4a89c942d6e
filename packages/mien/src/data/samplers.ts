/**
 * The order in which an epoch shows samples, where it is not each once: balanced classes, and groups of samples for
 * losses that compare them (`groupRows` in nn/ takes a batch apart again). An order depends on the samples, the random
 * numbers and, for mining, the features alone.
 *
 * Shape legend: N samples, G groups of an epoch, S samples of a group, D features.
 */
import { MienError } from '../errors.ts';
import type { Random, Tensor } from '../tensor/index.ts';
import { LABEL, type Labelling, type Samples } from './samples.ts';

export interface SamplerContext {
  readonly random: Random;
  readonly batchSize: number;
  /** [N,D] for a sampler that mines. */
  readonly features?: Tensor<'float32'>;
}

export interface Sampler {
  /** What it does, in a few words. */
  readonly title: string;
  /** S: rows that belong together; a batch must hold whole groups. */
  readonly groupSize: number;
  /** The network's output [N,D] by which groups are chosen, as it stands at the beginning of the epoch. */
  readonly mines?: string;
  /** @returns rows of the source, group after group   @throws {MienError} when the samples allow no group */
  order(samples: Samples, context: SamplerContext): Int32Array;
}

/** The name under which people count as classes. */
export const SUBJECT = 'subject';

export interface TargetOption {
  /** The labelling whose classes count; `subject`: the people. Default: the data's own labels. */
  readonly target?: string;
}

/** Each sample so many times an epoch, in a new order: for data that augmentation makes many of. */
export function repeatedSampler(times: number): Sampler {
  if (!(Number.isInteger(times) && times >= 1))
    throw new MienError(`repeatedSampler: times: expected a whole number from 1, got ${times}`);
  return {
    title: `each sample ${times} times`,
    groupSize: 1,
    order: ({ count }, { random }) => random.permutation(count * times).map((place) => place % count),
  };
}

export interface BalancedOptions extends TargetOption {
  /** [K] How often each class is drawn; default: all that occur alike. */
  readonly weights?: readonly number[];
}

/** As many draws as there are samples, with replacement, each class as often; samples without a label are not drawn. */
export function balancedSampler({ target = LABEL, weights }: BalancedOptions = {}): Sampler {
  return {
    title: `classes of ${target} balanced`,
    groupSize: 1,
    order(samples, { random }) {
      const labelling = classesOf(samples, target);
      return weightedOrder(labelling, weights ?? balancedClassWeights(labelling), random);
    },
  };
}

/** Equal shares for the classes that occur, 0 for the others. */
export function balancedClassWeights({ classes, labels }: Labelling): number[] {
  const present = classes.map((_, k) => labels.includes(k));
  const count = present.filter(Boolean).length;
  return present.map((occurs) => (occurs ? 1 / count : 0));
}

/** N draws: a class by its weight, then one of its samples, evenly. */
function weightedOrder({ classes, labels }: Labelling, classWeights: readonly number[], random: Random): Int32Array {
  if (classWeights.length !== classes.length)
    throw new MienError(`balancedSampler: weights: expected ${classes.length} values, got ${classWeights.length}`);
  const members = membersOf({ classes, labels });
  const weights = classWeights.map((w, k) => (members[k]!.length > 0 ? w : 0));
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0) || weights.some((w) => w < 0)) {
    throw new MienError(
      `balancedSampler: weights: expected weights ≥ 0, above 0 for a class that occurs, got [${classWeights.join(', ')}]`,
    );
  }
  return Int32Array.from(labels, () => {
    let rest = random.uniform() * total;
    let chosen = -1;
    for (let k = 0; k < weights.length; k++) {
      if (weights[k] === 0) continue;
      chosen = k;
      rest -= weights[k]!;
      if (rest < 0) break;
    }
    return pick(members[chosen]!, random);
  });
}

/**
 * Batches of P classes with K samples each, for losses that compare all of a batch (`hardTriplet`, center and island
 * loss). A class with fewer samples repeats them.
 * Source: Hermans et al. 2017, section 2.
 */
export function classBatchSampler({
  classes: P,
  samples: K,
  target = LABEL,
}: TargetOption & { readonly classes: number; readonly samples: number }): Sampler {
  return {
    title: `batches of ${P} classes of ${target}, ${K} samples each`,
    groupSize: P * K,
    order(samples, { random }) {
      const members = occurring(samples, target, 'classBatchSampler', P);
      const decks = members.map((rows) => new Deck(rows, random));
      const groups = Math.max(1, Math.floor(samples.count / (P * K)));
      return flatten(groups, P * K, () =>
        [...random.permutation(members.length).subarray(0, P)].flatMap((k) =>
          Array.from({ length: K }, () => decks[k]!.next()),
        ),
      );
    },
  };
}

/**
 * Pairs for contrastive losses: every labelled sample, in a new order each epoch, with one of its class by the chance
 * `like`, otherwise with one of another class. `sameRows` in nn/ tells which from the targets.
 */
export function pairSampler({ target = LABEL, like = 0.5 }: TargetOption & { readonly like?: number } = {}): Sampler {
  if (!(like >= 0 && like <= 1)) throw new MienError(`pairSampler: like: expected a share 0 … 1, got ${like}`);
  return {
    title: `pairs, ${100 * like} % of one class of ${target}`,
    groupSize: 2,
    order(samples, { random }) {
      const labelling = classesOf(samples, target);
      const { anchors, own, others } = partners(labelling, 'pairSampler');
      return flatten(Math.floor(anchors.length / 2), 2, nextOf(anchors, random), (anchor) => [
        anchor,
        random.uniform() < like ? pickOther(own(anchor), anchor, random) : others(anchor, random),
      ]);
    },
  };
}

export interface TripletOptions extends TargetOption {
  /**
   * Chooses positive and negative among some that are drawn, by the distance of the network's output: `hard`, the
   * farthest positive and the nearest negative; `semi-hard`, any positive and the nearest negative beyond it, or the
   * farthest one where none lies beyond (Schroff et al. 2015, section 3.2). Default: any.
   */
  readonly mine?: { readonly output: string; readonly rule: 'hard' | 'semi-hard'; readonly candidates?: number };
}

/** Triplets (anchor, positive of its class, negative of another): every labelled sample is an anchor in three epochs. */
export function tripletSampler({ target = LABEL, mine }: TripletOptions = {}): Sampler {
  const candidates = mine?.candidates ?? 16;
  return {
    title: `triplets of ${target}${mine ? `, ${mine.rule} by ${mine.output}` : ''}`,
    groupSize: 3,
    ...(mine ? { mines: mine.output } : {}),
    order(samples, { random, features }) {
      const { anchors, own, others } = partners(classesOf(samples, target), 'tripletSampler');
      if (mine && !features) throw new MienError(`tripletSampler: needs the features "${mine.output}"`);
      const distance = features && squaredDistances(features);
      return flatten(Math.floor(anchors.length / 3), 3, nextOf(anchors, random), (anchor) => {
        const positive = pickOther(own(anchor), anchor, random);
        if (!mine || !distance) return [anchor, positive, others(anchor, random)];
        const to = (row: number): number => distance(anchor, row);
        const negatives = Array.from({ length: candidates }, () => others(anchor, random)).sort(
          (a, b) => to(a) - to(b),
        );
        if (mine.rule === 'semi-hard')
          return [anchor, positive, negatives.find((row) => to(row) > to(positive)) ?? negatives.at(-1)!];
        const positives = Array.from({ length: candidates }, () => pickOther(own(anchor), anchor, random));
        return [anchor, positives.reduce((a, b) => (to(b) > to(a) ? b : a)), negatives[0]!];
      });
    },
  };
}

/**
 * (N+M)-tuplets: N samples of one class, of different people as far as there are, then M of other classes, of the same
 * people as far as there are: identity-aware hard negatives.
 * Source: Liu et al. 2017 (Li & Deng 2020, section 4.1.3). Deviation: the positives are drawn, not mined online.
 */
export function tupletSampler({
  positives: N,
  negatives: M,
  target = LABEL,
}: TargetOption & { readonly positives: number; readonly negatives: number }): Sampler {
  return {
    title: `tuplets of ${N} samples of a class of ${target} and ${M} of others`,
    groupSize: N + M,
    order(samples, { random }) {
      const { subjects } = samples;
      if (!subjects) throw new MienError('tupletSampler: needs the people of the samples, which the data do not tell');
      const { classes, labels } = classesOf(samples, target);
      const members = membersOf({ classes, labels });
      const able = members.flatMap((rows, k) => (rows.length > 0 && rows.length < labelled(labels) ? [k] : []));
      if (able.length < 2) throw new MienError(`tupletSampler: needs samples of two classes of ${target} or more`);
      const byPerson = new Map<string, number[]>();
      subjects.forEach((subject, row) => {
        if (subject === null || labels[row]! < 0) return;
        const rows = byPerson.get(subject);
        if (rows) rows.push(row);
        else byPerson.set(subject, [row]);
      });
      return flatten(Math.max(1, Math.floor(samples.count / (N + M))), N + M, () => {
        const k = able[random.int(able.length)]!;
        const chosen = distinctPeople(members[k]!, N, subjects, random);
        const hard = [...new Set(chosen.map((row) => subjects[row] ?? null))]
          .flatMap((subject) => (subject === null ? [] : byPerson.get(subject)!))
          .filter((row) => labels[row] !== k);
        const elsewhere = able.filter((other) => other !== k);
        const other = (): number => pick(members[elsewhere[random.int(elsewhere.length)]!]!, random);
        return [...chosen, ...(hard.length > 0 ? draw(hard, M, random) : Array.from({ length: M }, other))];
      });
    },
  };
}

/**
 * Pairs (peak, weaker) of one person and class, for the peak-piloted loss (Zhao et al. 2016): the most intense sample of
 * each person and class with each of the others.
 * @param intensity a regression target of one number, such as the manifest's column `intensity`
 */
export function peakPairSampler({ intensity, target = LABEL }: TargetOption & { readonly intensity: string }): Sampler {
  return {
    title: `pairs of the peak by ${intensity} and a weaker sample of the same person and class of ${target}`,
    groupSize: 2,
    order(samples, { random }) {
      const { labels } = classesOf(samples, target);
      const table = samples.targets[intensity];
      if (!table || 'classes' in table || !samples.subjects)
        throw new MienError(`peakPairSampler: needs people and the numbers "${intensity}", which the data do not have`);
      const L = table.names.length;
      const groups = new Map<string, number[]>();
      samples.subjects.forEach((subject, row) => {
        if (subject === null || labels[row]! < 0 || Number.isNaN(table.values[row * L]!)) return;
        const key = JSON.stringify([subject, labels[row]]);
        groups.set(key, [...(groups.get(key) ?? []), row]);
      });
      const pairs = [...groups.values()].flatMap((rows) => {
        const peak = rows.reduce((a, b) => (table.values[b * L]! > table.values[a * L]! ? b : a));
        return rows.filter((row) => row !== peak).map((row) => [peak, row]);
      });
      if (pairs.length === 0) throw new MienError('peakPairSampler: no person has two samples of a class');
      return Int32Array.from([...random.permutation(pairs.length)].flatMap((i) => pairs[i]!));
    },
  };
}

/** The classes of a target, or the people. @throws {InputError} when the samples have no such classes */
export function classesOf(samples: Samples, target: string): Labelling {
  if (target !== SUBJECT || samples.targets[target]) return samples.labellingOf(target);
  const people = peopleOf(samples);
  return {
    classes: people,
    labels: Int32Array.from(samples.subjects ?? [], (subject) => (subject === null ? -1 : people.indexOf(subject))),
  };
}

/** The people of the samples, in the order of their names. */
export const peopleOf = ({ subjects = [] }: Pick<Samples, 'subjects'>): string[] =>
  [...new Set(subjects.filter((subject) => subject !== null))].sort();

/** Rows by class. */
const membersOf = ({ classes, labels }: Labelling): number[][] => {
  const members: number[][] = classes.map(() => []);
  labels.forEach((label, row) => members[label]?.push(row));
  return members;
};

const labelled = (labels: Int32Array): number => labels.reduce((count, label) => count + Number(label >= 0), 0);

function occurring(samples: Samples, target: string, sampler: string, least: number): number[][] {
  const members = membersOf(classesOf(samples, target)).filter((rows) => rows.length > 0);
  if (members.length < least)
    throw new MienError(`${sampler}: needs samples of ${least} classes of ${target}, found ${members.length}`);
  return members;
}

/** Samples with a partner of their class and of another. */
function partners(
  { classes, labels }: Labelling,
  sampler: string,
): {
  anchors: number[];
  own: (row: number) => number[];
  others: (row: number, random: Random) => number;
} {
  const members = membersOf({ classes, labels });
  const all = members.flat();
  const anchors = all.filter((row) => members[labels[row]!]!.length > 1 && members[labels[row]!]!.length < all.length);
  if (anchors.length < 3)
    throw new MienError(
      `${sampler}: needs two samples or more of each of two classes, found ${anchors.length} such samples`,
    );
  return {
    anchors,
    own: (row) => members[labels[row]!]!,
    others(row, random) {
      for (;;) {
        const other = pick(all, random);
        if (labels[other] !== labels[row]) return other;
      }
    },
  };
}

/** A new permutation of the rows, one after another. */
function nextOf(rows: readonly number[], random: Random): () => number {
  const order = random.permutation(rows.length);
  let at = 0;
  return () => rows[order[at++ % order.length]!]!;
}

function flatten(groups: number, size: number, make: () => readonly number[]): Int32Array;
function flatten(
  groups: number,
  size: number,
  next: () => number,
  make: (row: number) => readonly number[],
): Int32Array;
function flatten(
  groups: number,
  size: number,
  next: () => number | readonly number[],
  make?: (row: number) => readonly number[],
): Int32Array {
  const order = new Int32Array(groups * size);
  for (let g = 0; g < groups; g++) {
    const row = next();
    order.set(typeof row === 'number' ? make!(row) : row, g * size);
  }
  return order;
}

const pick = (rows: readonly number[], random: Random): number => rows[random.int(rows.length)]!;

/** Another row than this one. */
function pickOther(rows: readonly number[], row: number, random: Random): number {
  const place = random.int(rows.length - 1);
  return rows[place] === row ? rows.at(-1)! : rows[place]!;
}

/** n of the rows, none twice as long as there are enough. */
function draw(rows: readonly number[], n: number, random: Random): number[] {
  const order = random.permutation(rows.length);
  return Array.from({ length: n }, (_, i) => rows[order[i % order.length]!]!);
}

/** Tries for each row that is to be of somebody else, before anybody will do. */
const TRIES = 20;

/** n of the rows, of different people as far as a number of tries finds them. */
function distinctPeople(
  rows: readonly number[],
  n: number,
  subjects: readonly (string | null)[],
  random: Random,
): number[] {
  const chosen: number[] = [];
  const people = new Set<string | null>();
  for (let i = 0; i < TRIES * n && chosen.length < n; i++) {
    const row = pick(rows, random);
    const subject = subjects[row] ?? null;
    if (people.has(subject)) continue;
    people.add(subject);
    chosen.push(row);
  }
  const rest = rows.length > chosen.length ? rows.filter((row) => !chosen.includes(row)) : rows;
  return [...chosen, ...(chosen.length < n ? draw(rest, n - chosen.length, random) : [])];
}

/** Gives rows one by one, each once before any again. */
class Deck {
  readonly #rows: readonly number[];
  readonly #random: Random;
  #rest: number[] = [];

  constructor(rows: readonly number[], random: Random) {
    this.#rows = rows;
    this.#random = random;
  }

  next(): number {
    if (this.#rest.length === 0) this.#rest = draw(this.#rows, this.#rows.length, this.#random);
    return this.#rest.pop()!;
  }
}

function squaredDistances({ dims, data }: Tensor<'float32'>): (a: number, b: number) => number {
  const D = dims[1]!;
  return (a, b) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += (data[a * D + d]! - data[b * D + d]!) ** 2;
    return sum;
  };
}
