/** What the splits of data are for: by their names, in whatever of the usual spellings, and never by their order. */
import { InputError } from '../errors.ts';
import type { Dataset, LabelledImages } from './dataset.ts';

/** In the order in which a model meets them. */
export const SPLIT_ROLES = ['train', 'validation', 'test'] as const;
export type SplitRole = (typeof SPLIT_ROLES)[number];

/** FER2013's usages among them: its PublicTest chose the models of the contest, its PrivateTest decided it. */
const SPELLINGS: Readonly<Record<SplitRole, RegExp>> = {
  train: /^(train(ing)?|trn|learn(ing)?|fit)$/,
  validation: /^(val(id(ate|ation)?)?|dev(el(opment)?)?|publictest|heldout)$/,
  test: /^(test(ing)?|tst|eval(uation)?|privatetest)$/,
};

/** The role that a split's name tells; undefined where it tells none: `all`, `Set1`. */
export function roleOfSplit(name: string): SplitRole | undefined {
  const word = name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace(/(?<=.{3})(set|split|data|images|faces)$/, '');
  return SPLIT_ROLES.find((role) => SPELLINGS[role].test(word));
}

/** Splits in the order of their roles: train, validation, test, then those without a role, as given. */
export function inOrderOfRoles(splits: Iterable<string>): string[] {
  const place = (name: string): number => {
    const role = roleOfSplit(name);
    return role === undefined ? SPLIT_ROLES.length : SPLIT_ROLES.indexOf(role);
  };
  return [...splits].sort((a, b) => place(a) - place(b));
}

/** `Train and Val`, `a, b and c` */
const listed = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1');

const sourceOf = ({ source, name }: Dataset): string => source ?? name;

const labelled = ({ splits, unlabelled = [] }: Dataset): string[] =>
  splits.filter((name) => !unlabelled.includes(name));

/**
 * The split that a user names: by its own name, in whatever case, or else by its role (`test`, `val` …).
 * @throws {InputError} when the data have none of that name; names those that they have
 */
export function findSplit(dataset: Dataset, wanted: string): string {
  const { splits, splitNotes = {} } = dataset;
  const role = roleOfSplit(wanted);
  const byRole = role === undefined ? [] : splits.filter((split) => roleOfSplit(split) === role);
  const found =
    splits.find((split) => split === wanted) ??
    splits.find((split) => split.toLowerCase() === wanted.toLowerCase()) ??
    (byRole.length === 1 ? byRole[0] : undefined);
  if (found !== undefined) return found;
  const present = splits.map((split) => (splitNotes[split] === undefined ? split : `${split} (${splitNotes[split]})`));
  throw new InputError(
    sourceOf(dataset),
    `has no split "${wanted}": expected one of ${present.join(', ') || '(none: it holds no images)'}`,
  );
}

/**
 * The split to measure on, where none is named: the test split; where its labels are not given out, or there is none,
 * the validation split; data without splits are measured whole.
 * @throws {InputError} when no split is for that; names those that there are
 */
export function testSplit(dataset: Dataset): string {
  const found = splitOfRole(dataset, ['test', 'validation']) ?? onlyWithoutRole(dataset);
  if (found !== undefined) return found;
  throw new InputError(
    sourceOf(dataset),
    dataset.splits.length === 0
      ? 'holds no images, so there is no split to evaluate'
      : `has neither a test nor a validation split with labels: choose one of ${listed(dataset.splits)}`,
  );
}

/** The split to train on. @throws {InputError} when nothing tells which it is */
export function trainSplit(dataset: Dataset): string {
  const found = splitOfRole(dataset, ['train']) ?? onlyWithoutRole(dataset);
  if (found !== undefined) return found;
  throw new InputError(sourceOf(dataset), `has no training split: expected one of ${listed(dataset.splits)}`);
}

function splitOfRole(dataset: Dataset, roles: readonly SplitRole[]): string | undefined {
  for (const role of roles) {
    const found = labelled(dataset).filter((name) => roleOfSplit(name) === role);
    if (found.length > 1)
      throw new InputError(sourceOf(dataset), `has several ${role} splits: choose one of ${listed(found)}`);
    if (found.length === 1) return found[0];
  }
  return undefined;
}

function onlyWithoutRole(dataset: Dataset): string | undefined {
  const names = labelled(dataset);
  return names.length === 1 && roleOfSplit(names[0]!) === undefined ? names[0] : undefined;
}

/**
 * The splits that a model may have met before it is measured on this one: those of the roles before, and for a split
 * without a role none.
 */
export function splitsBefore({ splits }: Dataset, split: string): string[] {
  const role = roleOfSplit(split);
  if (role === undefined) return [];
  const place = SPLIT_ROLES.indexOf(role);
  return splits.filter((name) => name !== split && SPLIT_ROLES.slice(0, place).includes(roleOfSplit(name)!));
}

/**
 * @throws {InputError} when there is nothing to measure on: no image, or none with a label; names the splits that have
 *   labels
 */
export function requireLabels(dataset: Dataset, split: string, { count, labels }: LabelledImages): void {
  if (labels.some((label) => label >= 0)) return;
  const others = labelled(dataset).filter((name) => name !== split);
  const what = count === 0 ? 'has no images to measure on' : 'has no labels, so there is nothing to measure';
  throw new InputError(
    sourceOf(dataset),
    `its split "${split}" ${what}${others.length > 0 ? `; ${listed(others)} ${others.length > 1 ? 'have some' : 'has some'}` : ''}`,
  );
}
