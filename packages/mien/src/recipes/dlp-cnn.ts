/**
 * DLP-CNN and what Li & Deng 2019 compares it with: baseDCNN trained by softmax loss alone, or with center, island or
 * locality-preserving loss on its features; on RAF-DB as the paper has it, and at 48×48 on FER+.
 *
 * Li & Deng, Reliable crowdsourcing and deep locality-preserving learning for unconstrained facial expression
 * recognition, IEEE Transactions on Image Processing 28(1), 2019. Its figures come from SVMs on the features (`mien
 * features`), those of the 11 compound expressions too: the networks are trained on the 7 basic ones alone (section
 * V-C).
 */
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import {
  bankNeighborMeans,
  batchNeighborMeans,
  centerLoss,
  crossEntropyLoss,
  islandLoss,
  localityPreservingLoss,
} from '../nn/losses/index.ts';
import { baseDcnn } from '../nn/models/index.ts';
import { sgd } from '../optim/index.ts';
import type { LossFunction, Recipe, RecipeFamily, SweepParameters } from '../train/index.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

const PAPER =
  'Li & Deng, Reliable crowdsourcing and deep locality-preserving learning for unconstrained facial expression recognition, IEEE TIP 28(1), 2019';

/** What a method adds to the softmax loss: λ·loss over the features [N,2000]. */
interface Method {
  readonly id: string;
  readonly title: string;
  readonly notes?: string;
  readonly keepsBank?: boolean;
  readonly loss: LossFunction;
}

export interface LocalityOptions {
  /**
   * λ, the weight of the locality-preserving loss. Default 0.003, Li & Deng's (2019) best of 0, 0.003, 0.03 and 0.1.
   */
  readonly lambda?: number;
  /** Neighbours. Default 20, Li & Deng's (2019) best of 10 to 60. */
  readonly k?: number;
  /**
   * Among which neighbours are sought: the whole training set (Li & Deng 2019, section V-C), or the batch (its
   * algorithm 2).
   */
  readonly pool?: 'bank' | 'batch';
}

const softmaxLoss: Method = {
  id: 'base-dcnn',
  title: 'baseDCNN, softmax loss',
  loss: (b, { logits }, targets) => crossEntropyLoss(b, logits!, targets['logits']!),
};

/** Adds to the softmax loss. */
const withLoss =
  (
    name: string,
    weight: number,
    build: (...parts: Parameters<LossFunction>) => ReturnType<typeof crossEntropyLoss>,
  ): LossFunction =>
  (b, outputs, targets, bank) => [
    { name: 'softmax', value: crossEntropyLoss(b, outputs['logits']!, targets['logits']!) },
    { name, weight, value: build(b, outputs, targets, bank) },
  ];

// The mean over the batch, as the Caffe layers behind both papers have it: Li & Deng's (2019) λ belongs to it
const centerMethod = ({ lambda }: { readonly lambda: number } = { lambda: 0.003 }): Method => ({
  id: 'center',
  title: 'baseDCNN, softmax and center loss',
  notes: `λ = ${lambda}.`,
  loss: withLoss('center', lambda, (b, { features }, targets) =>
    centerLoss(b, 'center', features!, targets['logits']!, { rate: 0.5, reduction: 'mean' }),
  ),
});

/** `lambda1`: the weight of the centers' angles within the loss. */
interface IslandSetting {
  readonly lambda: number;
  readonly lambda1: number;
}
const ISLAND: IslandSetting = { lambda: 0.003, lambda1: 10 };

const islandMethod = ({ lambda, lambda1 }: IslandSetting = ISLAND): Method => ({
  id: 'island',
  title: 'baseDCNN, softmax and island loss',
  loss: withLoss('island', lambda, (b, { features }, targets) =>
    islandLoss(b, 'island', features!, targets['logits']!, { rate: 0.5, lambda1, reduction: 'mean' }),
  ),
  notes: `λ = ${lambda}, λ₁ = ${lambda1}. Li & Deng 2019 does not try island loss; the default λ is that of center loss, λ₁ the island paper's.`,
});

const [center, island] = [centerMethod(), islandMethod()];

function localityPreservingMethod({ lambda = 0.003, k = 20, pool = 'bank' }: LocalityOptions = {}): Method {
  return {
    id: 'dlp-cnn',
    title: 'DLP-CNN: baseDCNN, softmax and locality-preserving loss',
    notes: `λ = ${lambda}, the ${k} nearest of the class in the ${pool === 'bank' ? 'whole training set' : 'batch'}.`,
    keepsBank: pool === 'bank',
    loss: withLoss('locality', lambda, (b, { features }, targets, bank) =>
      localityPreservingLoss(
        b,
        features!,
        bank ? bankNeighborMeans(b, features!, bank, k) : batchNeighborMeans(b, features!, targets['logits']!, k),
      ),
    ),
  };
}

/** ÷10 at these shares of the run. */
const stepsAt =
  (...shares: readonly number[]): Recipe['schedule'] =>
  ({ step, totalSteps }) =>
    0.1 ** shares.filter((share) => step >= share * totalSteps).length;

/** What the recipes share: Li & Deng 2019, section V-B. */
function recipe(
  { id, title, notes, keepsBank, loss }: Method,
  data: Pick<Recipe, 'data' | 'network' | 'preprocess' | 'schedule' | 'epochs' | 'augment' | 'measureTemplate'> & {
    readonly classes: readonly string[];
    readonly suffix: string;
    readonly notes: string;
    readonly expected: Recipe['expected'];
  },
): Recipe {
  const { classes, suffix, notes: dataNotes, expected, ...rest } = data;
  return {
    ...rest,
    id: `${id}.${suffix}`,
    title,
    paper: PAPER,
    notes: [notes, dataNotes].filter(Boolean).join(' '),
    heads: [{ output: 'logits', classes, target: 'label', trainedOn: data.data.dataset, learn: 'label' }],
    loss,
    ...(keepsBank ? { bank: { output: 'features' } } : {}),
    optimizer: sgd({ momentum: 0.9 }),
    groups: [
      { match: (name) => name.endsWith('bias'), weightDecay: 0 },
      { match: (name) => name.startsWith('fc2'), weightDecay: 2.5e-3 },
      { match: () => true, weightDecay: 5e-4 },
    ],
    lr: 0.01,
    batchSize: 64,
    seed: 1,
    expected,
  };
}

const RAF_DB_NETWORK = baseDcnn({ classes: 7 });

// 20,000 steps of 12,271 images; ÷10 after 5,000 and 18,000
/** RAF-DB as Li & Deng (2019, section V-B) train on it, whatever the network: its data, input and schedule. */
export const onRafDbData: Pick<
  Recipe,
  'paper' | 'data' | 'preprocess' | 'measureTemplate' | 'augment' | 'schedule' | 'epochs'
> = {
  paper: PAPER,
  data: { dataset: 'raf-db', trainSplit: 'train', validationSplit: 'test' },
  preprocess: {
    width: 90,
    height: 90,
    channels: 'grey',
    cropFrom: { width: 100, height: 100 },
    mean: [0],
    std: [1],
    framing: 'none',
  },
  measureTemplate: true,
  augment: {},
  schedule: stepsAt(0.25, 0.9),
  epochs: 104,
};

/** @param accuracy that the paper gives for a support vector machine on the features, table VI */
const onRafDb = (method: Method, accuracy?: number): Recipe =>
  recipe(method, {
    expected:
      accuracy === undefined
        ? []
        : [
            {
              dataset: 'raf-db',
              split: 'test',
              accuracy,
              by: 'svm',
              source: 'the paper, table VI: a support vector machine on the features',
            },
          ],
    ...onRafDbData,
    suffix: 'raf-db',
    classes: EXPRESSIONS_7,
    network: RAF_DB_NETWORK,
    notes:
      'As the paper sets it, with the basic test set as validation samples; the centre is its test crop by assumption. Biases are not decayed.',
  });

/** @param accuracy the mean of three seeds (`npm run study`) */
const onFerPlus = (method: Method, accuracy?: number): Recipe =>
  recipe(method, {
    expected:
      accuracy === undefined
        ? []
        : [{ dataset: 'ferplus', split: 'PublicTest', accuracy, source: 'mean of three seeds' }],
    suffix: 'ferplus',
    data: ferSplits('ferplus'),
    classes: EXPRESSIONS_8,
    network: baseDcnn({ classes: 8, size: 42, widthMultiplier: 0.25 }),
    preprocess: { ...FER2013_FRAMING, width: 42, height: 42, cropFrom: { width: 48, height: 48 }, mean: [0], std: [1] },
    augment: { flip: 0.5 },
    schedule: stepsAt(0.6, 0.9),
    epochs: 8,
    notes:
      'A quarter of the channels and features, 42×42 of 48×48 pixels, mirrored at random, and 8 epochs, so that it trains in minutes on two cores.',
  });

export const baseDcnnRafDb = onRafDb(softmaxLoss, 0.8286);
export const centerRafDb = onRafDb(center, 0.8368);
export const islandRafDb = onRafDb(island);
export const dlpCnnRafDb = onRafDb(localityPreservingMethod(), 0.8413);
export const baseDcnnFerPlus = onFerPlus(softmaxLoss, 0.7175);
export const centerFerPlus = onFerPlus(center, 0.7202);
export const islandFerPlus = onFerPlus(island, 0.7062);
export const dlpCnnFerPlus = onFerPlus(localityPreservingMethod(), 0.713);

/** For sweeps as those of Li & Deng 2019, figs 8 and 10b: λ of 0, 0.003, 0.03 and 0.1, and k from 10 to 60. */
const family = <P extends SweepParameters>(
  recipe: Recipe,
  parameters: P,
  make: (parameters: P) => Recipe,
): RecipeFamily<P> => ({ id: recipe.id, title: recipe.title, parameters, make });

const LOCALITY = { lambda: 0.003, k: 20 };
const CENTER = { lambda: 0.003 };

export const DLP_CNN_FAMILIES: readonly RecipeFamily[] = [
  family(dlpCnnRafDb, LOCALITY, (p) => onRafDb(localityPreservingMethod(p))),
  family(dlpCnnFerPlus, LOCALITY, (p) => onFerPlus(localityPreservingMethod(p))),
  family(centerRafDb, CENTER, (p) => onRafDb(centerMethod(p))),
  family(centerFerPlus, CENTER, (p) => onFerPlus(centerMethod(p))),
  family(islandRafDb, { ...ISLAND }, (p) => onRafDb(islandMethod(p))),
  family(islandFerPlus, { ...ISLAND }, (p) => onFerPlus(islandMethod(p))),
] as readonly RecipeFamily[];
