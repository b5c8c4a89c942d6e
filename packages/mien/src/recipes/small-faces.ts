/** What recipes on small grey faces have in common. */
import { adam } from '../optim/index.ts';
import { labelHead } from '../train/heads.ts';
import { FER2013_FRAMING } from './framing.ts';

export interface SmallFacesOptions {
  readonly dataset: string;
  readonly trainSplit?: string;
  readonly validationSplit?: string;
  readonly classes: readonly string[];
  /** Side of the face, px. Default 24. */
  readonly size?: number;
  readonly epochs?: number;
  /** Default 100. */
  readonly batchSize?: number;
}

/** Faces of 24×24 px, by Adam. */
export const onSmallFaces = (
  { dataset, trainSplit = 'train', validationSplit = 'validation', classes, size = 24, ...o }: SmallFacesOptions,
  epochs: number,
) => ({
  data: { dataset, trainSplit, validationSplit },
  heads: [labelHead('logits', classes, dataset)],
  preprocess: { ...FER2013_FRAMING, width: size, height: size },
  augment: { flip: 0.5 },
  optimizer: adam(),
  groups: [{ match: (name: string) => name.endsWith('.weight'), weightDecay: 1e-4 }],
  lr: 1e-3,
  seed: 1,
  epochs: o.epochs ?? epochs,
  batchSize: o.batchSize ?? 100,
  expected: [],
});
