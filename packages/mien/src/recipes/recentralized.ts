/**
 * The network of 3-D re-centralization: the face as it is, the shading of its surface turned to the front, and the
 * distances of its landmarks, joined. Faces are found, reconstructed and turned when the data are loaded, by the same
 * functions as in photos that are recognized.
 *
 * Bao et al., Single-image facial expression recognition using deep 3D re-centralization, ICCV workshops 2019.
 */
import { recentralized, RECENTRALIZED_STREAMS, type RecentralizedStream } from '../nn/models/index.ts';
import { adam, constant } from '../optim/index.ts';
import type { ClassesHead, Recipe } from '../train/index.ts';
import { headsLoss } from '../train/heads-loss.ts';
import {
  publishedBy,
  RECENTRALIZED_DATA,
  type RecentralizedData,
  type RecentralizedDataset,
} from './recentralized-data.ts';

const PAPER =
  'Bao, Gu, You & Yang, Single-image facial expression recognition using deep 3D re-centralization, ICCV workshops 2019';

/** What the paper's ablation (its table 6) and its focal loss (table 2) change. */
export interface RecentralizedVariant {
  /** What the network looks at. Default: all three. */
  readonly streams?: readonly RecentralizedStream[];
  /** Default `cross-entropy`; `focal` with γ 2 and α 0.25, as the paper has it. */
  readonly loss?: 'cross-entropy' | 'focal';
}

const describeStreams = (streams: readonly RecentralizedStream[]): string =>
  streams.length === RECENTRALIZED_STREAMS.length ? '' : `, of ${streams.join(' and ')} alone`;

/** What the paper gives for the whole network, by loss. */
const ACCURACY: Partial<Record<RecentralizedDataset, Partial<Record<'cross-entropy' | 'focal', number>>>> = {
  'raf-db': { 'cross-entropy': 0.816, focal: 0.8229 },
  'oulu-casia': { 'cross-entropy': 0.8486 },
  'ck-plus': { 'cross-entropy': 0.9541 },
};

function recipe(
  name: RecentralizedDataset,
  { streams = RECENTRALIZED_STREAMS, loss = 'cross-entropy' }: RecentralizedVariant = {},
): Recipe {
  const source: RecentralizedData = RECENTRALIZED_DATA[name];
  const { classes, reduced, notes, published: _, ...data } = source;
  const shadingSize = reduced ? 48 : 100;
  const { dataset } = data.data;
  const head: ClassesHead = { output: 'logits', classes, target: 'label', trainedOn: dataset, learn: 'label' };
  const { width, channels } = data.preprocess;
  return {
    ...data,
    lr: reduced ? 1e-3 : 0.01,
    id: `recentralized${loss === 'focal' ? '.focal' : ''}.${dataset}`,
    title: `Re-centralized faces: appearance, shading of the frontal surface and landmarks${loss === 'focal' ? ', focal loss' : ''}${describeStreams(streams)}`,
    paper: PAPER,
    notes: `As in the paper: layers, noise, dropout, Adam, patience of 10 epochs, no augmentation. The surface is that of MediaPipe's mesh in place of a position map, and faces in which none is found have a black shading and landmarks in one point. ${notes}${reduced ? ' Half the channels, a learning rate of 0.001.' : ''}`,
    network: recentralized({
      classes: classes.length,
      channels: channels === 'grey' ? 1 : 3,
      size: width,
      shadingSize,
      widthMultiplier: reduced ? 0.5 : 1,
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
    expected: publishedBy(source, ACCURACY[name]?.[loss]),
  };
}

const on =
  (name: RecentralizedDataset) =>
  (variant?: RecentralizedVariant): Recipe =>
    recipe(name, variant);

/** The recipes with other streams or another loss, by dataset: for ablations such as the paper's. */
export const RECENTRALIZED = {
  'raf-db': on('raf-db'),
  'oulu-casia': on('oulu-casia'),
  'ck-plus': on('ck-plus'),
  ferplus: on('ferplus'),
  manifest: on('manifest'),
} as const satisfies Readonly<Record<RecentralizedDataset, (variant?: RecentralizedVariant) => Recipe>>;

const FOCAL: RecentralizedVariant = { loss: 'focal' };
export const recentralizedRecipes: readonly Recipe[] = [
  recipe('raf-db'),
  recipe('raf-db', FOCAL),
  recipe('oulu-casia'),
  recipe('ck-plus'),
  recipe('ferplus'),
  recipe('ferplus', FOCAL),
  recipe('manifest'),
  recipe('manifest', FOCAL),
];
