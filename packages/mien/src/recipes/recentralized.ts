/**
 * The network of 3-D re-centralization: the face as it is, the shading of its surface turned to the front, and the
 * distances of its landmarks, joined. Faces are found, reconstructed and turned when the data are loaded, by the same
 * functions as in photos that are recognized.
 *
 * Bao et al., Single-image facial expression recognition using deep 3D re-centralization, ICCV workshops 2019.
 */
import { RAF_ALIGNMENT } from '../face/index.ts';
import { EXPRESSIONS_6, EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8 } from '../labels/index.ts';
import { recentralized, RECENTRALIZED_STREAMS, type RecentralizedStream } from '../nn/models/index.ts';
import { adam, constant } from '../optim/index.ts';
import type { ClassesHead, ExpectedResult, Recipe } from '../train/index.ts';
import { headsLoss } from '../train/heads-loss.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

const PAPER =
  'Bao, Gu, You & Yang, Single-image facial expression recognition using deep 3D re-centralization, ICCV workshops 2019';

/** What the paper's ablation (its table 6) and its focal loss (table 2) change. */
export interface RecentralizedVariant {
  /** What the network looks at. Default: all three. */
  readonly streams?: readonly RecentralizedStream[];
  /** Default `cross-entropy`; `focal` with γ 2 and α 0.25, as the paper has it. */
  readonly loss?: 'cross-entropy' | 'focal';
}

interface Data extends Pick<Recipe, 'data' | 'preprocess' | 'measureTemplate' | 'lr' | 'epochs' | 'batchSize'> {
  readonly classes: readonly string[];
  readonly shadingSize: number;
  readonly widthMultiplier: number;
  readonly notes: string;
  readonly expected?: readonly ExpectedResult[];
}

const describeStreams = (streams: readonly RecentralizedStream[]): string =>
  streams.length === RECENTRALIZED_STREAMS.length ? '' : `, of ${streams.join(' and ')} alone`;

function recipe(
  { classes, shadingSize, widthMultiplier, notes, expected = [], ...data }: Data,
  { streams = RECENTRALIZED_STREAMS, loss = 'cross-entropy' }: RecentralizedVariant = {},
): Recipe {
  const { dataset } = data.data;
  const head: ClassesHead = { output: 'logits', classes, target: 'label', trainedOn: dataset, learn: 'label' };
  const { width, channels } = data.preprocess;
  return {
    ...data,
    id: `recentralized${loss === 'focal' ? '.focal' : ''}.${dataset}`,
    title: `Re-centralized faces: appearance, shading of the frontal surface and landmarks${loss === 'focal' ? ', focal loss' : ''}${describeStreams(streams)}`,
    paper: PAPER,
    notes: `As in the paper: layers, noise, dropout, Adam, patience of 10 epochs, no augmentation. The surface is that of MediaPipe's mesh in place of a position map, and faces in which none is found have a black shading and landmarks in one point. ${notes}`,
    network: recentralized({
      classes: classes.length,
      channels: channels === 'grey' ? 1 : 3,
      size: width,
      shadingSize,
      widthMultiplier,
      streams,
    }),
    inputs: {
      x: { kind: 'image' },
      ...(streams.includes('shading') ? { shading: { kind: 'frontal', view: 'shading', size: shadingSize } } : {}),
      ...(streams.includes('landmarks') ? { landmarks: { kind: 'landmarks', points: 68, from: 'mesh' } } : {}),
    },
    heads: [head],
    loss: headsLoss([head], { logits: loss === 'focal' ? { loss, gamma: 2, alpha: 0.25 } : {} }),
    augment: {},
    optimizer: adam(),
    schedule: constant,
    patience: 10,
    seed: 1,
    expected,
  };
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

/** The paper's own sizes and rates. */
const PUBLISHED = { shadingSize: 100, widthMultiplier: 1, lr: 0.01, batchSize: 128, epochs: 100 } as const;

/** What the paper gives, and for which images. */
const published = (dataset: string, split: string, accuracy: number, source: string): readonly ExpectedResult[] => [
  { dataset, split, accuracy, source: `the paper, ${source}` },
];

const onRafDb = (variant: RecentralizedVariant = {}): Recipe =>
  recipe(
    {
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
      expected: published(
        'raf-db',
        'test',
        variant.loss === 'focal' ? 0.8229 : 0.816,
        'table 2, on its selection of 1,925 images',
      ),
    },
    variant,
  );

const onOuluCasia = (variant: RecentralizedVariant = {}): Recipe =>
  recipe(
    {
      ...PUBLISHED,
      data: { dataset: 'oulu-casia', trainSplit: 'train', validationSplit: 'validation' },
      classes: EXPRESSIONS_6,
      preprocess: RAF_FRAMING,
      notes: "For --protocol oulu-casia.10-fold.6-spread, the paper's frames. Chosen here: grey images.",
      expected: published('oulu-casia', '10 folds', 0.8486, 'table 5'),
    },
    variant,
  );

const onCkPlus = (variant: RecentralizedVariant = {}): Recipe =>
  recipe(
    {
      ...PUBLISHED,
      data: { dataset: 'ck-plus', trainSplit: 'train', validationSplit: 'validation' },
      classes: EXPRESSIONS_7_CONTEMPT,
      preprocess: RAF_FRAMING,
      notes: "For --protocol ck-plus.10-fold.7c-last, the paper's frames. Chosen here: grey images.",
      expected: published('ck-plus', '10 folds', 0.9541, 'table 3'),
    },
    variant,
  );

/** Reduced, so that it trains in minutes on two cores. */
const REDUCED = { shadingSize: 48, widthMultiplier: 0.5, lr: 1e-3, preprocess: FER2013_FRAMING } as const;

const onFerPlus = (variant: RecentralizedVariant = {}): Recipe =>
  recipe(
    {
      ...REDUCED,
      data: ferSplits('ferplus'),
      classes: EXPRESSIONS_8,
      batchSize: 128,
      epochs: 15,
      notes: 'Reduced: 48×48 pixels, half the channels, a learning rate of 0.001, at most 15 epochs.',
    },
    variant,
  );

const onManifest = (variant: RecentralizedVariant = {}): Recipe =>
  recipe(
    {
      ...REDUCED,
      data: { dataset: 'manifest', trainSplit: 'train', validationSplit: 'validation' },
      classes: EXPRESSIONS_7,
      batchSize: 16,
      epochs: 30,
      notes: 'Reduced: 48×48 pixels, half the channels, a learning rate of 0.001, batches of 16, at most 30 epochs.',
    },
    variant,
  );

/** The recipes with other streams or another loss, by dataset: for ablations such as the paper's. */
export const RECENTRALIZED = {
  'raf-db': onRafDb,
  'oulu-casia': onOuluCasia,
  'ck-plus': onCkPlus,
  ferplus: onFerPlus,
  manifest: onManifest,
} as const satisfies Readonly<Record<string, (variant?: RecentralizedVariant) => Recipe>>;

const FOCAL: RecentralizedVariant = { loss: 'focal' };
export const recentralizedRecipes: readonly Recipe[] = [
  onRafDb(),
  onRafDb(FOCAL),
  onOuluCasia(),
  onCkPlus(),
  onFerPlus(),
  onFerPlus(FOCAL),
  onManifest(),
  onManifest(FOCAL),
];
