/** A protocol on the synthetic database, and a recipe that learns it in seconds. */
import type { Protocol } from 'mienjs/data/protocols';
import { compact } from 'mienjs/nn/models';
import { imageRecipe, type Recipe } from 'mienjs/train';
import type { SyntheticOptions } from './synthetic-database.ts';

/** Two classes, 9 people with four labelled sequences each. */
export const SYNTHETIC: SyntheticOptions & { name: string; classes: readonly string[] } = {
  name: 'synthetic',
  people: 9,
  sequences: 5,
  frames: 4,
  classes: ['happiness', 'sadness'],
};

/** The last two frames, 3 folds of people. */
export const SYNTHETIC_PROTOCOL: Protocol = {
  id: 'synthetic.3-fold.2',
  databases: [SYNTHETIC.name],
  source: 'this test',
  classes: SYNTHETIC.classes,
  frames: { expression: { rule: 'from-end', places: [0, 1] }, firstIsNeutral: false },
  split: { rule: 'person-folds', folds: 3 },
  personIndependent: true,
  scored: 'images',
};

/** 24 images to train on in each fold. */
export const stripesRecipe: Recipe = imageRecipe(
  { name: 'manifest', classes: SYNTHETIC.classes },
  {
    id: 'tiny.stripes',
    network: compact({ widths: [8, 8], heads: { logits: 2 }, dropout: 0 }),
    epochs: 6,
    batchSize: 6,
    lr: 0.02,
  },
);
