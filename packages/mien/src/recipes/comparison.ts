/**
 * The networks that Bao et al. 2019 (Single-image facial expression recognition using deep 3D re-centralization, ICCV
 * workshops, tables 2, 3 and 5) compare theirs with, trained on the same data in the same way: one frame, no augmentation,
 * landmarks from the face mesh. DLP-CNN, the sixth of them, is in dlp-cnn.ts.
 */
import { pairSampler, type ModelInputs } from '../data/index.ts';
import { EXPRESSIONS_7 } from '../labels/index.ts';
import { applyNetwork, type Network, type NetworkBuilder } from '../nn/index.ts';
import { contrastiveLoss, crossEntropyLoss, groupRows, sameRows } from '../nn/losses/index.ts';
import { dtagn, faceInception, latentTruth, phrnnMscnn, PRINCIPAL, shapeShading } from '../nn/models/index.ts';
import type { Value } from '../onnx/index.ts';
import { adam, constant } from '../optim/index.ts';
import type { ClassesHead, LossFunction, LossPart, ProgramContext, Recipe, StepDefinition } from '../train/index.ts';
import { headsLoss } from '../train/heads-loss.ts';
import { inPhases } from '../train/phases.ts';
import {
  publishedBy,
  RECENTRALIZED_DATA,
  type RecentralizedData,
  type RecentralizedDataset,
} from './recentralized-data.ts';

/** The size of a network, and what it tells apart. */
interface Size {
  readonly classes: readonly string[];
  readonly dataset: RecentralizedDataset;
  /** Side of the face, px. */
  readonly size: number;
  /** Factor on the widths of the layers. */
  readonly widthMultiplier: number;
}

type Trained = Pick<Recipe, 'network' | 'heads'> &
  Partial<Pick<Recipe, 'inputs' | 'loss' | 'program' | 'principal' | 'sampler' | 'groups' | 'schedule' | 'lr'>>;

interface Method {
  readonly id: string;
  readonly title: string;
  readonly paper: string;
  readonly notes: string;
  /** Side of the face in the paper, px. */
  readonly size: number;
  readonly train: (size: Size) => Trained;
  /** Accuracies that Bao et al. 2019 give. */
  readonly accuracy: Partial<Record<RecentralizedDataset, number>>;
}

const WITH_LANDMARKS: ModelInputs = {
  x: { kind: 'image' },
  landmarks: { kind: 'landmarks', points: 68, from: 'mesh' },
};

const labelHead = ({ classes, dataset }: Size): ClassesHead => ({
  output: 'logits',
  classes,
  target: 'label',
  trainedOn: dataset,
  learn: 'label',
});

/** A network whose logits learn the labels, and nothing else. */
function byLabels(size: Size, network: Network, inputs?: ModelInputs): Trained {
  const heads = [labelHead(size)];
  return { network, heads, loss: headsLoss(heads), ...(inputs ? { inputs } : {}) };
}

const shapeAndShading: Method = {
  id: 'shape-shading',
  title: 'Distances, angles and Gabor responses at landmarks, in a kernel discriminant',
  paper:
    'Benitez-Quiroz, Srinivasan & Martinez, EmotioNet: an accurate, real-time algorithm for the automatic annotation of a million facial expressions in the wild, CVPR 2016',
  notes:
    'Features as in the paper, from 68 landmarks. Chosen here: 150 principal components, 1,024 random features of the kernel, softmax regression in place of a subclass discriminant; `mien features` fits one to the trained file. Trained with Adam at 0.003; only the last layer learns.',
  size: 100,
  train: (size) => ({
    ...byLabels(
      size,
      shapeShading({
        classes: size.classes.length,
        size: size.size,
        // In the images' pixels, whatever their size
        eyeDistance: 0.4 * size.size,
      }),
      WITH_LANDMARKS,
    ),
    principal: { output: 'descriptors', layer: PRINCIPAL },
    groups: [{ match: (name) => name.endsWith('.weight'), weightDecay: 1e-4 }],
    lr: 3e-3,
  }),
  accuracy: { 'raf-db': 0.7183, 'oulu-casia': 0.7833, 'ck-plus': 0.9235 },
};

/** λ₃ of joint fine-tuning; λ₁ and λ₂ are 1. */
const JOINT_WEIGHT = 0.1;
/** Share of the epochs in which the two networks are trained apart. */
const APART = 0.75;
/** Trained together are the last two layers of each; which ones the paper takes is shown in a figure of it, and chosen here. */
const isFineTuned = (parameter: string): boolean => /^(appearance|geometry)\.(fc2|logits)\./.test(parameter);

/**
 * The losses of the two networks, each by itself.
 * @param target float32 [N,K]
 */
export const apartLosses = (
  b: NetworkBuilder,
  outputs: Readonly<Record<string, Value>>,
  target: Value,
): readonly LossPart[] =>
  ['appearance', 'geometry'].map((name) => ({ name, value: crossEntropyLoss(b, outputs[name]!, target) }));

/**
 * L = L_appearance + L_geometry + 0.1·L_joint, the last of the softmax of the summed logits.
 * Source: Jung et al. 2015, the weights as recalled from it.
 */
export const jointLosses = (
  b: NetworkBuilder,
  outputs: Readonly<Record<string, Value>>,
  target: Value,
): readonly LossPart[] => [
  ...apartLosses(b, outputs, target),
  { name: 'joint', weight: JOINT_WEIGHT, value: crossEntropyLoss(b, outputs['logits']!, target) },
];

const appearanceGeometry: Method = {
  id: 'dtagn',
  title: 'DTAGN on one frame: appearance and geometry, fine-tuned together',
  paper:
    'Jung, Lee, Yim, Park & Kim, Joint fine-tuning in deep neural networks for facial expression recognition, ICCV 2015',
  notes:
    'As in the paper: both networks apart at first, then their last two layers together, by three losses weighted 1, 1 and 0.1. Chosen here: Adam at 0.001, a tenth of it in fine-tuning, three quarters of the epochs apart.',
  size: 64,
  train(size) {
    const network = dtagn({ ...size, classes: size.classes.length });
    const { round, judgedFrom, schedule } = inPhases([
      { steps: ['apart'], share: APART },
      { steps: ['joint'], share: 1 - APART },
    ]);
    const step = ({ feeds }: ProgramContext, losses: typeof apartLosses): StepDefinition => ({
      inputs: { x: feeds['x']!, landmarks: feeds['landmarks']!, 'target.logits': feeds['target.logits']! },
      optimizer: adam(),
      build: (b, { 'target.logits': target, ...inputs }) => ({
        losses: losses(b, applyNetwork(b, network, inputs), target!),
      }),
    });
    return {
      network,
      inputs: WITH_LANDMARKS,
      heads: [labelHead(size)],
      program: {
        steps: (context) => ({
          apart: step(context, apartLosses),
          joint: {
            ...step(context, jointLosses),
            groups: [{ match: (parameter) => !isFineTuned(parameter), frozen: 'layers' }],
          },
        }),
        round,
        judgedFrom,
        lrScale: { joint: 0.1 },
      },
      schedule,
    };
  },
  accuracy: { 'raf-db': 0.8014, 'oulu-casia': 0.6681, 'ck-plus': 0.896 },
};

/** Share of the verification signal. */
const VERIFICATION = 0.1;

/** Each part's cross-entropy, and the contrastive loss of the appearance's features over pairs. */
export const evolutionalLoss: LossFunction = (b, outputs, targets) => {
  const target = targets['logits']!;
  const [left, right] = groupRows(b, outputs['features']!, 2);
  const [one, other] = groupRows(b, target, 2);
  return [
    ...['parts', 'appearance'].map((name) => ({ name, value: crossEntropyLoss(b, outputs[name]!, target) })),
    {
      name: 'verification',
      weight: VERIFICATION,
      value: contrastiveLoss(b, left!, right!, sameRows(b, one!, other!)),
    },
  ];
};

const partsAndAppearance: Method = {
  id: 'phrnn-mscnn',
  title: 'PHRNN–MSCNN on one frame: landmarks part by part, and an appearance that tells pairs apart',
  paper:
    'Zhang, Huang, Du & Wang, Facial expression recognition based on deep evolutional spatial-temporal networks, IEEE TIP 26(9), 2017',
  notes:
    'As in the paper: four parts, joined two by two; the appearance learns labels and, by the contrastive loss of pairs, whether two faces have one expression. Chosen here: Adam at 0.001, a tenth of the contrastive loss, half of the pairs of one class, equal shares of both networks.',
  size: 64,
  train: (size) => ({
    network: phrnnMscnn({ ...size, classes: size.classes.length }),
    inputs: WITH_LANDMARKS,
    heads: [labelHead(size)],
    loss: evolutionalLoss,
    sampler: pairSampler(),
  }),
  accuracy: { 'raf-db': 0.7692, 'oulu-casia': 0.8222, 'ck-plus': 0.9052 },
};

const inception: Method = {
  id: 'face-inception',
  title: 'Two convolutions and Inception blocks',
  paper:
    'Mollahosseini, Chan & Mahoor, Going deeper in facial expression recognition using deep neural networks, WACV 2016',
  notes: 'Chosen here: Adam at 0.001, batch normalisation.',
  size: 48,
  train: (size) => byLabels(size, faceInception({ ...size, classes: size.classes.length })),
  accuracy: { 'raf-db': 0.6928, 'oulu-casia': 0.6278, 'ck-plus': 0.8257 },
};

/** The loss of what the labellings say: −Σₘ log P, by the names of their outputs. */
export const labellingsLoss =
  (heads: readonly ClassesHead[]): LossFunction =>
  (b, outputs, targets) =>
    heads.map(({ output }) => ({ name: output, value: crossEntropyLoss(b, outputs[output]!, targets[output]!) }));

const latent: Method = {
  id: 'ltnet',
  title: 'LTNet: a truth behind the labels, which each labelling sees through a matrix of its own',
  paper: 'Zeng, Shan & Chen, Facial expression recognition with inconsistently annotated datasets, ECCV 2018',
  notes:
    'The loss is the likelihood of all labels; of votes, of each vote. Chosen here: ResNet-18, Adam at 0.001, a tenth of it for the matrices. FER+ has two labellings of the same images, its own votes and FER2013’s labels; other data have one here.',
  size: 100,
  train(size) {
    const { classes, dataset } = size;
    const labellings: readonly ClassesHead[] = [
      { output: dataset, classes, target: 'label', trainedOn: dataset },
      ...(dataset === 'ferplus'
        ? [{ output: 'fer2013', classes: EXPRESSIONS_7, target: 'fer2013', trainedOn: 'fer2013' }]
        : []),
    ];
    return {
      network: latentTruth({
        classes,
        labellings: Object.fromEntries(labellings.map((head) => [head.output, head.classes])),
        size: size.size,
        widthMultiplier: size.widthMultiplier,
      }),
      heads: [{ ...labelHead(size), learn: 'distribution' }, ...labellings],
      loss: labellingsLoss(labellings),
      groups: [{ match: (name) => name.startsWith('transition.'), lrScale: 0.1 }],
    };
  },
  accuracy: { 'raf-db': 0.7947, 'oulu-casia': 0.6102, 'ck-plus': 0.841 },
};

/** Side of reduced faces, px. */
const REDUCED = 48;

function recipe({ id, train, size, accuracy, notes, ...method }: Method, name: RecentralizedDataset): Recipe {
  const source: RecentralizedData = RECENTRALIZED_DATA[name];
  const { classes, reduced, published: _, notes: dataNotes, ...data } = source;
  const side = reduced ? REDUCED : size;
  return {
    ...data,
    ...method,
    id: `${id}.${name}`,
    notes: `${notes} One frame, no augmentation, as Bao et al. 2019 compare it. ${dataNotes}${reduced && id !== shapeAndShading.id ? ' Half the channels.' : ''}`,
    preprocess: { ...data.preprocess, width: side, height: side },
    augment: {},
    optimizer: adam(),
    lr: 1e-3,
    schedule: constant,
    patience: 10,
    seed: 1,
    expected: publishedBy(source, accuracy[name]),
    ...train({ classes, dataset: name, size: side, widthMultiplier: reduced ? 0.5 : 1 }),
  };
}

const METHODS: readonly Method[] = [shapeAndShading, appearanceGeometry, partsAndAppearance, inception, latent];

export const COMPARISON_RECIPES: readonly Recipe[] = METHODS.flatMap((method) =>
  (Object.keys(RECENTRALIZED_DATA) as RecentralizedDataset[]).map((name) => recipe(method, name)),
);
