/**
 * Cross-database protocols: train on one database, test on all of another (Li & Deng 2019, section III-B; Li & Deng
 * 2020, section 6).
 */
import { CLASS_SETS, TENTH } from './build.ts';
import { LAST, MIDDLE_THREE } from './frames.ts';
import type { FrameSelection, Protocol } from './protocol.ts';

interface Pair {
  readonly train: string;
  readonly test: string;
  readonly classes: 6 | 7;
  readonly frames: FrameSelection;
  /** The larger one sampled down to the smaller. */
  readonly isBalanced?: boolean;
}

function cross({ train, test, classes, frames, isBalanced = false }: Pair): Protocol {
  return {
    id: `${train}-to-${test}.${classes}${isBalanced ? '-balanced' : ''}`,
    databases: [train, test],
    source: isBalanced
      ? 'Li & Deng 2019 (RAF-DB), section III-B, Fig. 6'
      : 'after Li & Deng 2019 (RAF-DB), sections III-B and V-D',
    notes: isBalanced
      ? 'The larger database is sampled down to the size of the smaller, seed 1; the paper does not say which images.'
      : 'All images of both.',
    classes: CLASS_SETS[classes],
    ...(train === 'mmi' || test === 'mmi' ? { where: { mmi: { view: ['frontal'] } } } : {}),
    frames,
    split: {
      rule: 'cross-database',
      train,
      test,
      validation: TENTH,
      ...(isBalanced ? { sampledTo: { size: 'smaller', seed: 1 } } : {}),
    },
    personIndependent: true,
    scored: 'images',
  };
}

/** Both ways between RAF-DB and each. */
const PARTNERS = [
  { name: 'ck-plus', classes: 6, frames: LAST },
  { name: 'jaffe', classes: 7, frames: LAST },
  { name: 'mmi', classes: 6, frames: MIDDLE_THREE },
  { name: 'sfew', classes: 7, frames: LAST },
  { name: 'fer2013', classes: 7, frames: LAST },
  { name: 'affectnet', classes: 7, frames: LAST },
] as const;

export const CROSS_DATABASE_PROTOCOLS: readonly Protocol[] = [
  cross({ train: 'raf-db', test: 'ck-plus', classes: 6, frames: LAST, isBalanced: true }),
  cross({ train: 'ck-plus', test: 'raf-db', classes: 6, frames: LAST, isBalanced: true }),
  ...PARTNERS.flatMap(({ name, classes, frames }) => [
    cross({ train: 'raf-db', test: name, classes, frames }),
    cross({ train: name, test: 'raf-db', classes, frames }),
  ]),
];
