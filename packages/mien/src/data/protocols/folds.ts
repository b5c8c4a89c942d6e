/**
 * A protocol carried out on databases: its folds. They depend on the ids, labels and people of the records alone, not
 * on their order, the machine or its locale.
 */
import { createHash } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { Random } from '../../tensor/index.ts';
import type { Database, FaceRecord } from '../databases/index.ts';
import { inOrderOfRoles } from '../splits.ts';
import { checkLeaks } from './leaks.ts';
import type { Protocol, ProtocolFold, SplitRule } from './protocol.ts';
import { selectRecords } from './select.ts';
import {
  byImage,
  givenFolds,
  holdOut,
  leaveOneSubjectOut,
  officialSplit,
  personFolds,
  type Assignment,
  type Part,
} from './split.ts';

export interface FoldOptions {
  /**
   * `test`: for a model that is trained already. Training parts may then be empty, and the database to train on
   * missing. Default `all`.
   */
  readonly need?: 'all' | 'test';
}

/**
 * The folds of a protocol, checked for leaks.
 * @param databases copies of those that the protocol names, in any order
 * @throws {InputError} naming the protocol: a database is missing, a part of a fold is empty, or there is a leak
 * @example
 * ```ts
 * import { DATABASES } from 'mienjs/data/databases';
 * import { findProtocol, foldsOf } from 'mienjs/data/protocols';
 *
 * const jaffe = await DATABASES.find(({ name }) => name === 'jaffe')!.index('databases/jaffe');
 * for (const { name, train, test } of foldsOf(findProtocol('jaffe.loso.7'), [jaffe]))
 *   console.log(name, train.length, test.length);
 * ```
 */
export function foldsOf(
  protocol: Protocol,
  databases: readonly Database[],
  { need = 'all' }: FoldOptions = {},
): ProtocolFold[] {
  const parts = partRecords(protocol, databases, need);
  for (const fold of parts) {
    for (const part of need === 'test' ? (['test'] as const) : (['train', 'validation', 'test'] as const)) {
      if (fold[part].length === 0)
        throw new InputError(
          protocol.id,
          `fold ${fold.name}: no image to ${part === 'validation' ? 'validate' : part} on${missingSplit(protocol, part, databases)}`,
        );
    }
    if (protocol.split.rule !== 'cross-database') checkLeaks(protocol, fold);
  }
  return parts;
}

/** Why a part of an official split is empty, where the copy lacks it whole. */
function missingSplit({ split, databases }: Protocol, part: Part, given: readonly Database[]): string {
  if (split.rule !== 'official') return '';
  const wanted = split[part];
  const own = given.filter(({ name }) => databases.includes(name));
  const notes = Object.assign({}, ...own.map(({ splitNotes }) => splitNotes)) as Record<string, string>;
  const present = inOrderOfRoles(
    new Set(own.flatMap(({ records }) => records.flatMap(({ split: name }) => name ?? []))),
  ).map((name) => (notes[name] === undefined ? name : `${name} (${notes[name]})`));
  return typeof wanted !== 'string' || own.some(({ records }) => records.some((record) => record.split === wanted))
    ? ''
    : `, as this copy lacks the split ${wanted}; it has ${present.join(', ') || 'none'}`;
}

function partRecords(protocol: Protocol, databases: readonly Database[], need: 'all' | 'test'): ProtocolFold[] {
  const { split } = protocol;
  if (split.rule === 'cross-database') return [crossDatabaseFold(protocol, split, databases, need)];
  const database = findDatabase(protocol, protocol.databases[0]!, databases);
  const trained = selectRecords(database, protocol).records;
  const tested = (
    protocol.testFrames ? selectRecords(database, protocol, protocol.testFrames).records : trained
  ).filter(hasLabel);
  return assignments(protocol, trained, tested).map(({ name, partOf }) => ({
    name,
    train: trained.filter((record) => partOf(record) === 'train'),
    validation: tested.filter((record) => partOf(record) === 'validation'),
    test: tested.filter((record) => partOf(record) === 'test'),
  }));
}

const hasLabel = ({ label }: FaceRecord): boolean => label !== undefined;

function assignments(
  { id, split }: Protocol,
  trained: readonly FaceRecord[],
  tested: readonly FaceRecord[],
): Assignment[] {
  switch (split.rule) {
    case 'official':
      return officialSplit(split, trained);
    case 'given-folds':
      return givenFolds(split);
    case 'person-folds':
      return personFolds(split, [...trained, ...tested], id);
    case 'leave-one-subject-out':
      return leaveOneSubjectOut([...trained, ...tested], id);
    case 'by-image':
      return byImage(split, tested, id);
    case 'cross-database':
      throw new InputError(id, 'parts two databases');
  }
}

function crossDatabaseFold(
  protocol: Protocol,
  split: Extract<SplitRule, { rule: 'cross-database' }>,
  databases: readonly Database[],
  need: 'all' | 'test',
): ProtocolFold {
  const isNeeded = need === 'all' || split.sampledTo !== undefined;
  const source =
    isNeeded || databases.some(({ name }) => name === split.train)
      ? findDatabase(protocol, split.train, databases)
      : undefined;
  let learned = source ? selectRecords(source, protocol).records : [];
  let tested = selectRecords(
    findDatabase(protocol, split.test, databases),
    protocol,
    protocol.testFrames,
  ).records.filter(hasLabel);
  if (split.sampledTo) {
    const size = Math.min(learned.length, tested.length);
    [learned, tested] = [sample(learned, size, split.sampledTo.seed), sample(tested, size, split.sampledTo.seed)];
  }
  const isHeldOut = learned.length > 0 ? holdOut(split.validation, learned) : () => false;
  return {
    name: `${split.train} to ${split.test}`,
    train: learned.filter((record) => !isHeldOut(record)),
    validation: learned.filter((record) => isHeldOut(record) && hasLabel(record)),
    test: tested,
  };
}

/** `size` records, in their order. */
function sample(records: readonly FaceRecord[], size: number, seed: number): FaceRecord[] {
  const chosen = new Random(seed, 'protocol/sample').permutation(records.length).subarray(0, size);
  return Array.from(chosen)
    .sort((a, b) => a - b)
    .map((i) => records[i]!);
}

function findDatabase({ id, databases }: Protocol, name: string, given: readonly Database[]): Database {
  const found = given.find((database) => database.name === name);
  if (!found) throw new InputError(id, `needs ${databases.join(' and ')}, but ${name} is not given`);
  return found;
}

/** The same for equal folds on every machine: SHA-256 over parts, ids and labels, 16 hexadecimal digits. */
export function foldsDigest(folds: readonly ProtocolFold[]): string {
  const hash = createHash('sha256');
  for (const { name, ...parts } of folds) {
    hash.update(`fold ${name}\n`);
    for (const part of ['train', 'validation', 'test'] as const) {
      for (const { id, label } of parts[part]) hash.update(`${part}\t${id}\t${label ?? ''}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}
