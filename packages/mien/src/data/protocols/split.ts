/** Split rules: which part of each fold a record is in. */
import { InputError } from '../../errors.ts';
import { Random } from '../../tensor/index.ts';
import type { FaceRecord } from '../databases/index.ts';
import type { Amount, HoldOut, SplitRule } from './protocol.ts';
import { compareCodeUnits } from '../../files/index.ts';

export type Part = 'train' | 'validation' | 'test';

export interface Assignment {
  readonly name: string;
  partOf(record: FaceRecord): Part | undefined;
}

type Rule<R extends SplitRule['rule']> = Extract<SplitRule, { rule: R }>;

/** @param record names the first one without a subject in the error   @param id of the protocol */
function subjectOf(record: FaceRecord, id: string): string {
  if (record.subject === undefined) throw new InputError(id, `parts people, but ${record.id} names no subject`);
  return record.subject;
}

/** Sorted, each once. */
const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort(compareCodeUnits);

/** @throws {InputError} when there are fewer people than folds, or a record names none */
export function personFolds(
  { folds, seed }: Pick<Rule<'person-folds'>, 'folds' | 'seed'>,
  records: readonly FaceRecord[],
  id: string,
): Assignment[] {
  const sorted = distinct(records.map((record) => subjectOf(record, id)));
  const people =
    seed === undefined
      ? sorted
      : Array.from(new Random(seed, 'protocol/people').permutation(sorted.length), (i) => sorted[i]!);
  if (people.length < folds) throw new InputError(id, `has ${folds} folds, but the data have ${people.length} people`);
  const group = new Map(people.map((person, i) => [person, i % folds]));
  return Array.from({ length: folds }, (_, k) => assignByGroup(String(k + 1), group, k, folds));
}

/** @throws {InputError} when there are fewer than three people, or a record names none */
export function leaveOneSubjectOut(records: readonly FaceRecord[], id: string): Assignment[] {
  const people = distinct(records.map((record) => subjectOf(record, id)));
  if (people.length < 3)
    throw new InputError(
      id,
      `needs three people, one to test and one to validate on, but the data have ${people.length}`,
    );
  const group = new Map(people.map((person, i) => [person, i]));
  return people.map((person, k) => assignByGroup(person, group, k, people.length));
}

function assignByGroup(name: string, group: ReadonlyMap<string, number>, test: number, folds: number): Assignment {
  const validation = (test + 1) % folds;
  return {
    name,
    partOf({ subject }) {
      const own = group.get(subject!);
      return own === test ? 'test' : own === validation ? 'validation' : 'train';
    },
  };
}

export function givenFolds({ attributes, train, validation, test }: Rule<'given-folds'>): Assignment[] {
  const partOfValue = new Map<string | number | undefined, Part>([
    [train, 'train'],
    [validation, 'validation'],
    [test, 'test'],
  ]);
  return attributes.map((attribute) => ({
    name: attribute,
    partOf: (record) => partOfValue.get(record.attributes?.[attribute]),
  }));
}

/** @param records all of the protocol's; those of the training split are held out from where the rule says so */
export function officialSplit(
  { train, validation, test }: Rule<'official'>,
  records: readonly FaceRecord[],
): Assignment[] {
  const held =
    typeof validation === 'string'
      ? undefined
      : holdOut(
          validation,
          records.filter(({ split }) => split === train),
        );
  return [
    {
      name: 'official',
      partOf(record) {
        if (record.split === test) return 'test';
        if (record.split === validation) return 'validation';
        if (record.split !== train) return undefined;
        return held?.(record) ? 'validation' : 'train';
      },
    },
  ];
}

/**
 * Holds out a share of the units: people where every record names one, otherwise sequences, and stills one by one.
 * @returns whether a record is held out
 */
export function holdOut({ share, seed }: HoldOut, records: readonly FaceRecord[]): (record: FaceRecord) => boolean {
  const byPerson = records.every(({ subject }) => subject !== undefined);
  const unitOf = ({ id, sequence, subject }: FaceRecord): string => (byPerson ? subject! : (sequence ?? id));
  const units = distinct(records.map(unitOf));
  const order = new Random(seed, 'protocol/held-out').permutation(units.length);
  const held = new Set(Array.from(order.subarray(0, Math.max(1, Math.round(share * units.length))), (i) => units[i]!));
  return (record) => held.has(unitOf(record));
}

/**
 * @param records sorted by id, all with a label
 * @throws {InputError} when a class, or the whole, has fewer images than are to be taken
 */
export function byImage(
  { seed, test, validation }: Rule<'by-image'>,
  records: readonly FaceRecord[],
  id: string,
): Assignment[] {
  const shuffled = Array.from(new Random(seed, 'protocol/images').permutation(records.length), (i) => records[i]!);
  const tested = take(test, shuffled, records.length, id);
  const validated = take(
    validation,
    shuffled.filter((record) => !tested.has(record.id)),
    records.length,
    id,
  );
  return [
    {
      name: `seed ${seed}`,
      partOf: (record) => (tested.has(record.id) ? 'test' : validated.has(record.id) ? 'validation' : 'train'),
    },
  ];
}

/** The first images in the order given. @param total what shares are of   @returns their ids */
function take(amount: Amount, shuffled: readonly FaceRecord[], total: number, id: string): Set<string> {
  if ('imagesPerClass' in amount) {
    const left = new Map<string, number>();
    const taken = shuffled.filter(({ label }) => {
      const seen = left.get(label!) ?? 0;
      left.set(label!, seen + 1);
      return seen < amount.imagesPerClass;
    });
    for (const [label, count] of left) {
      if (count < amount.imagesPerClass)
        throw new InputError(
          id,
          `takes ${amount.imagesPerClass} images of each class, but the data have ${count} of ${label}`,
        );
    }
    return new Set(taken.map((record) => record.id));
  }
  const count = 'share' in amount ? Math.round(amount.share * total) : amount.images;
  if (count > shuffled.length)
    throw new InputError(id, `takes ${count} images, but the data have ${shuffled.length} left`);
  return new Set(shuffled.slice(0, count).map((record) => record.id));
}
