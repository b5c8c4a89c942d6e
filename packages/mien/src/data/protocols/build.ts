/** Short ways to declare protocols, for the files of the list. */
import { EXPRESSIONS_6, EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8 } from '../../labels/index.ts';
import { ALL_FRAMES } from './frames.ts';
import type { HoldOut, Protocol, SplitRule } from './protocol.ts';

/** What an id ends in, and the classes that it stands for. */
export const CLASS_SETS = {
  6: EXPRESSIONS_6,
  /** With neutral. */
  7: EXPRESSIONS_7,
  /** With contempt, without neutral. */
  '7c': EXPRESSIONS_7_CONTEMPT,
  8: EXPRESSIONS_8,
  own: 'own',
} as const;
type ClassSet = keyof typeof CLASS_SETS;

export interface Declared extends Partial<Omit<Protocol, 'id' | 'databases' | 'classes' | 'split'>> {
  readonly source: string;
}

/** Nine in ten to train, where the source keeps nothing to validate. */
export const TENTH: HoldOut = { share: 0.1, seed: 1 };

/** Images are scored, all frames are taken, and people are apart, unless `more` says otherwise. */
export function declare(
  database: string,
  splitName: string,
  classes: ClassSet,
  split: SplitRule,
  more: Declared,
  suffix = '',
): Protocol {
  return {
    id: `${database}.${splitName}.${classes}${suffix && `-${suffix}`}`,
    databases: [database],
    classes: CLASS_SETS[classes],
    split,
    frames: ALL_FRAMES,
    personIndependent: split.rule !== 'by-image',
    scored: 'images',
    ...more,
  };
}

export function nFold(database: string, folds: number, classes: ClassSet, more: Declared, suffix?: string): Protocol {
  return declare(database, `${folds}-fold`, classes, { rule: 'person-folds', folds }, more, suffix);
}

export function loso(database: string, classes: ClassSet, more: Declared, suffix?: string): Protocol {
  return declare(database, 'loso', classes, { rule: 'leave-one-subject-out' }, more, suffix);
}

export function official(
  database: string,
  classes: ClassSet,
  splits: { train: string; validation?: string; test: string },
  more: Declared,
): Protocol {
  return declare(
    database,
    'official',
    classes,
    { rule: 'official', ...splits, validation: splits.validation ?? TENTH },
    more,
  );
}
