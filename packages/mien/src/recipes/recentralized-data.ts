/**
 * The databases of Bao et al. 2019 (Single-image facial expression recognition using deep 3D re-centralization, ICCV
 * workshops), as it trains its network and those that it compares it with; FER+ and people's own images beside them.
 */
import { RAF_ALIGNMENT } from '../face/index.ts';
import { EXPRESSIONS_6, EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8 } from '../labels/index.ts';
import type { ExpectedResult, Recipe } from '../train/index.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

/** A database, and how a network is trained on it. */
export interface RecentralizedData extends Pick<
  Recipe,
  'data' | 'preprocess' | 'measureTemplate' | 'epochs' | 'batchSize'
> {
  readonly classes: readonly string[];
  /** Whether networks are made smaller, so that they train in minutes on two cores. */
  readonly reduced: boolean;
  /** What differs from the paper. */
  readonly notes: string;
  /** For which images the paper gives accuracies. */
  readonly published?: { readonly split: string; readonly table: string };
}

/** Grey faces of 100×100 px, framed as RAF-DB frames its own. */
const RAF_FRAMING: Recipe['preprocess'] = {
  width: 100,
  height: 100,
  channels: 'grey',
  mean: [0.5],
  std: [0.25],
  framing: 'raf-db',
  template: {
    leftEye: [...RAF_ALIGNMENT.template.leftEye],
    rightEye: [...RAF_ALIGNMENT.template.rightEye],
    noseTip: [...RAF_ALIGNMENT.template.noseTip],
    mouthLeft: [...RAF_ALIGNMENT.template.mouthLeft],
    mouthRight: [...RAF_ALIGNMENT.template.mouthRight],
  },
};

const PUBLISHED = { reduced: false, batchSize: 128, epochs: 100 } as const;

export const RECENTRALIZED_DATA = {
  'raf-db': {
    ...PUBLISHED,
    data: { dataset: 'raf-db', trainSplit: 'train', validationSplit: 'test' },
    classes: EXPRESSIONS_7,
    // The database's own aligned images, whatever frames them
    preprocess: {
      width: 100,
      height: 100,
      channels: 'grey',
      mean: [0.5],
      std: [0.25],
      framing: 'none',
    },
    measureTemplate: true,
    notes:
      'All images, where the paper leaves out small faces and images of several (7,693 and 1,925 remain, its list is not published). Chosen here: grey images, at most 100 epochs.',
    published: { split: 'test', table: 'table 2, on its selection of 1,925 images' },
  },
  'oulu-casia': {
    ...PUBLISHED,
    data: { dataset: 'oulu-casia', trainSplit: 'train', validationSplit: 'validation' },
    classes: EXPRESSIONS_6,
    preprocess: RAF_FRAMING,
    notes: "For --protocol oulu-casia.10-fold.6-spread, the paper's frames. Chosen here: grey images.",
    published: { split: '10 folds', table: 'table 5' },
  },
  'ck-plus': {
    ...PUBLISHED,
    data: { dataset: 'ck-plus', trainSplit: 'train', validationSplit: 'validation' },
    classes: EXPRESSIONS_7_CONTEMPT,
    preprocess: RAF_FRAMING,
    notes: "For --protocol ck-plus.10-fold.7c-last, the paper's frames. Chosen here: grey images.",
    published: { split: '10 folds', table: 'table 3' },
  },
  ferplus: {
    reduced: true,
    data: ferSplits('ferplus'),
    classes: EXPRESSIONS_8,
    preprocess: FER2013_FRAMING,
    batchSize: 128,
    epochs: 15,
    notes: 'Reduced: 48×48 pixels, at most 15 epochs.',
  },
  manifest: {
    reduced: true,
    data: { dataset: 'manifest', trainSplit: 'train', validationSplit: 'validation' },
    classes: EXPRESSIONS_7,
    preprocess: FER2013_FRAMING,
    batchSize: 16,
    epochs: 30,
    notes: 'Reduced: 48×48 pixels, batches of 16, at most 30 epochs.',
  },
} as const satisfies Readonly<Record<string, RecentralizedData>>;
export type RecentralizedDataset = keyof typeof RECENTRALIZED_DATA;

/** What the paper gives. */
export const publishedBy = (
  { data, published }: RecentralizedData,
  accuracy: number | undefined,
): readonly ExpectedResult[] =>
  published === undefined || accuracy === undefined
    ? []
    : [{ dataset: data.dataset, split: published.split, accuracy, source: `Bao et al. 2019, ${published.table}` }];
