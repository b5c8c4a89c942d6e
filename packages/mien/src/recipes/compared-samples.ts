/**
 * The compact network on a manifest, with an embedding that losses shape which compare samples, as the survey of Li & Deng
 * (2020, section 4.1.3) tells of them: pairs, triplets, tuplets of one person, and weak expressions with their peak. Each
 * adds such a loss to the cross-entropy; its sampler makes the groups that it compares.
 */
import {
  classBatchSampler,
  pairSampler,
  peakPairSampler,
  tripletSampler,
  tupletSampler,
  type Sampler,
} from '../data/index.ts';
import { EXPRESSIONS_7 } from '../labels/index.ts';
import {
  contrastiveLoss,
  exponentialTripletLoss,
  groupAt,
  groupRows,
  hardTripletLoss,
  peakPilotedLoss,
  sameRows,
  tripletLoss,
  tupletClustersLoss,
} from '../nn/losses/index.ts';
import { compact } from '../nn/models/index.ts';
import type { GraphBuilder, Value } from '../onnx/index.ts';
import type { Recipe } from '../train/index.ts';
import type { ClassesHead } from '../train/heads.ts';
import { headsLoss } from '../train/heads-loss.ts';
import { lossParts } from '../train/step-graph.ts';
import { compactManifest } from './compact-manifest.ts';

const EMBEDDING = 32;
/** One label an image, also where the data have distributions: samples are of one class or of two. */
const HEAD: ClassesHead = {
  output: 'logits',
  classes: EXPRESSIONS_7,
  target: 'label',
  trainedOn: 'manifest',
  learn: 'label',
};

interface Comparison {
  readonly id: string;
  /** What shapes the embedding, after "with an embedding that". */
  readonly by: string;
  readonly paper: string;
  readonly notes: string;
  readonly sampler: Sampler;
  readonly batchSize: number;
  /** Beside the cross-entropy's 1. */
  readonly weight: number;
  /**
   * @param embedding float32 [N,D], L2-normalized   @param label float32 [N,K], one-hot
   * @returns float32 []
   */
  readonly compare: (b: GraphBuilder, embedding: Value, label: Value) => Value;
}

function compared({ id, by, paper, notes, sampler, batchSize, weight, compare }: Comparison): Recipe {
  return {
    ...compactManifest,
    id,
    title: `Compact network on a manifest's labels, with an embedding that ${by}`,
    paper,
    notes: `Cross-entropy against one label an image, and ${weight} times the loss of embeddings of ${EMBEDDING} numbers of length 1. ${notes}`,
    network: compact({
      widths: [16, 32, 64, 128],
      heads: { logits: EXPRESSIONS_7.length },
      dropout: 0.2,
      embedding: EMBEDDING,
    }),
    heads: [HEAD],
    sampler,
    batchSize,
    loss: (b, outputs, targets, bank, data) => [
      ...lossParts(headsLoss([HEAD])(b, outputs, targets, bank, data), 'labels'),
      { name: 'comparison', weight, value: compare(b, outputs['embedding']!, targets['logits']!) },
    ],
  };
}

const MARGIN = 1;
const TUPLET = { positives: 3, negatives: 5 } as const;
const TUPLET_SIZE = TUPLET.positives + TUPLET.negatives;
const TUPLETS = 3;

export const COMPARED_SAMPLES_RECIPES: readonly Recipe[] = [
  compared({
    id: 'compact.contrastive',
    by: 'pairs shape',
    paper: 'Hadsell, Chopra & LeCun, Dimensionality reduction by learning an invariant mapping, CVPR 2006',
    notes: `Half of the pairs are of one expression; margin ${MARGIN}.`,
    sampler: pairSampler(),
    batchSize: 24,
    weight: 0.5,
    compare(b, embedding, label) {
      const [left, right] = groupRows(b, embedding, 2);
      const [a, c] = groupRows(b, label, 2);
      return contrastiveLoss(b, left!, right!, sameRows(b, a!, c!), { margin: MARGIN });
    },
  }),
  compared({
    id: 'compact.triplets',
    by: 'semi-hard triplets shape',
    paper:
      'Schroff, Kalenichenko & Philbin, FaceNet: a unified embedding for face recognition and clustering, CVPR 2015',
    notes: 'Margin 0.2.',
    sampler: tripletSampler({ mine: { output: 'embedding', rule: 'semi-hard' } }),
    batchSize: 24,
    weight: 0.5,
    compare(b, embedding) {
      const [anchor, positive, negative] = groupRows(b, embedding, 3);
      return tripletLoss(b, anchor!, positive!, negative!);
    },
  }),
  compared({
    id: 'compact.triplets-exponential',
    by: 'triplets shape, the harder ones more',
    paper:
      'Guo, Tao, Yu, Xiong, Li & Tao, Deep neural networks with relativity learning for facial expression recognition, ICME workshops 2016',
    notes: 'The loss as the survey tells of it in words.',
    sampler: tripletSampler(),
    batchSize: 24,
    weight: 0.2,
    compare(b, embedding) {
      const [anchor, positive, negative] = groupRows(b, embedding, 3);
      return exponentialTripletLoss(b, anchor!, positive!, negative!);
    },
  }),
  compared({
    id: 'compact.triplets-hard',
    by: 'the hardest triplets of each batch shape',
    paper: 'Hermans, Beyer & Leibe, In defense of the triplet loss for person re-identification, 2017',
    notes: 'Batches of two classes with twelve samples each; margin 0.2.',
    sampler: classBatchSampler({ classes: 2, samples: 12 }),
    batchSize: 24,
    weight: 0.5,
    compare: (b, embedding, label) => hardTripletLoss(b, embedding, label),
  }),
  compared({
    id: 'compact.tuplets',
    by: 'tuplets of the same people shape',
    paper:
      'Liu, Vijaya Kumar, You & Jia, Adaptive deep metric learning for identity-aware facial expression recognition, CVPR workshops 2017',
    notes: `Needs a column "subject". Tuplets of ${TUPLET.positives} faces of one expression and ${TUPLET.negatives} others of the same people; reference distance and margin 0.5, which adapt in the paper.`,
    sampler: tupletSampler(TUPLET),
    batchSize: TUPLET_SIZE * TUPLETS,
    weight: 0.5,
    compare(b, embedding) {
      const losses = Array.from({ length: TUPLETS }, (_, t) => {
        const tuplet = groupAt(b, embedding, TUPLET_SIZE, t);
        const members = (from: number, to: number): Value =>
          b.op('Slice', [tuplet, b.ints([from]), b.ints([to]), b.ints([0])]);
        return tupletClustersLoss(b, members(0, TUPLET.positives), members(TUPLET.positives, TUPLET_SIZE), {
          reference: 0.5,
          margin: 0.5,
        });
      });
      return b.op('Div', [losses.reduce((sum, loss) => b.op('Add', [sum, loss])), TUPLETS]);
    },
  }),
  compared({
    id: 'compact.peak-piloted',
    by: "weak expressions share with the person's peak",
    paper:
      'Zhao, Liang, Liu, Li, Han, Vasconcelos & Yan, Peak-piloted deep network for facial expression recognition, ECCV 2016',
    notes:
      'Needs the columns "subject" and "intensity". Pairs of the most intense image of a person and class with each of the others; what is drawn to the other is the weak image alone (peak gradient suppression). Chosen here: embeddings in place of the paper\'s layers.',
    sampler: peakPairSampler({ intensity: 'intensity' }),
    batchSize: 24,
    weight: 0.5,
    compare(b, embedding) {
      const [peak, weak] = groupRows(b, embedding, 2);
      return peakPilotedLoss(b, peak!, weak!);
    },
  }),
];
