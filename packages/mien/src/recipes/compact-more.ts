/**
 * The compact network beyond one image and one class, on a manifest (see docs/guides/beyond-one-class.md): with heads for
 * whatever the data have to learn, and with landmarks beside the image; and the CNN-LSTM and C3D on clips.
 */
import { MESH, type Dataset } from '../data/index.ts';
import { EXPRESSIONS_7 } from '../labels/index.ts';
import { c3d, cnnLstm, compact } from '../nn/models/index.ts';
import type { Recipe } from '../train/index.ts';
import { labelHead, widthOf, type Head } from '../train/heads.ts';
import { headsLoss, type HeadLossOptions } from '../train/heads-loss.ts';
import { compactManifest } from './compact-manifest.ts';

const WIDTHS = [16, 32, 64, 128] as const;
const OF_MANIFEST = 'manifest';

/** A head for the data's own labels, unless there are none, and for every target of labels or numbers. */
function headsFor({
  classes,
  furtherTargets = {},
  withoutLabels,
}: Pick<Dataset, 'classes' | 'furtherTargets' | 'withoutLabels'>): Head[] {
  const values = Object.entries(furtherTargets).flatMap(([target, description]): Head[] =>
    description.kind === 'classes' || target === MESH
      ? []
      : [{ kind: description.kind, output: target, names: description.names, target, trainedOn: OF_MANIFEST }],
  );
  return [...(withoutLabels && values.length > 0 ? [] : [labelHead('logits', classes, OF_MANIFEST)]), ...values];
}

/** Numbers are compared by their concordance, as the field measures them; intensities by their distance. */
const lossOf = (head: Head): HeadLossOptions =>
  head.kind === 'regression' ? { loss: head.output === 'affect' ? 'concordance' : 'smooth-l1' } : {};

function tasks(heads: readonly Head[]): Recipe {
  return {
    ...compactManifest,
    id: 'compact.tasks',
    title: 'Compact network with a head for each thing that a manifest tells: expression, action units, valence …',
    notes:
      'Heads are made for the columns that the manifest has; what an image lacks is masked. The first head chooses the epoch: by accuracy, mean F1 or mean concordance.',
    network: compact({
      widths: WIDTHS,
      heads: Object.fromEntries(heads.map((head) => [head.output, widthOf(head)])),
      dropout: 0.2,
    }),
    heads,
    loss: headsLoss(heads, Object.fromEntries(heads.map((head) => [head.output, lossOf(head)]))),
  };
}

export const compactTasks = tasks([labelHead('logits', EXPRESSIONS_7, OF_MANIFEST)]);

const LANDMARKS = 68;
export const compactLandmarks: Recipe = {
  ...compactManifest,
  id: 'compact.landmarks',
  title: "Compact network on a manifest's images and their 68 landmarks",
  notes: 'Each image needs 68 landmarks, in the column "landmarks". In photos, recognition finds them itself.',
  network: compact({ widths: WIDTHS, heads: { logits: EXPRESSIONS_7.length }, dropout: 0.2, landmarks: LANDMARKS }),
  inputs: { x: { kind: 'image' }, landmarks: { kind: 'landmarks', points: LANDMARKS } },
};

const CLIP = { kind: 'even', frames: 8 } as const;
const OF_SEQUENCES =
  'The column "sequence" says which images are frames of one sequence, "frame" their order. A clip has the label of its most intense frame (column "intensity"), otherwise of its last. Under a protocol it learns the protocol\'s classes.';

export const cnnLstmOf = (classes: readonly string[]): Recipe => ({
  ...compactManifest,
  id: 'cnn-lstm.manifest',
  title: "CNN-LSTM on a manifest's sequences, 8 frames of each at even distances",
  notes: `${OF_SEQUENCES} Sequences of fewer frames are taken whole.`,
  network: cnnLstm({
    classes: classes.length,
    frames: CLIP.frames,
    size: 48,
    widthMultiplier: 0.5,
    lengths: true,
  }),
  heads: [labelHead('logits', classes, OF_MANIFEST)],
  inputs: { x: { kind: 'clip', rule: CLIP }, frames: { kind: 'length', of: 'x' } },
});
export const cnnLstmManifest = cnnLstmOf(EXPRESSIONS_7);

const WINDOWS = { kind: 'windows', frames: 16, stride: 8 } as const;

export const c3dOf = (classes: readonly string[]): Recipe => ({
  ...compactManifest,
  id: 'c3d.manifest',
  title: "C3D on a manifest's sequences, in windows of 16 frames",
  paper:
    'Tran, Bourdev, Fergus, Torresani & Paluri, Learning spatiotemporal features with 3D convolutional networks, 2015',
  notes: `${OF_SEQUENCES} Windows are 8 frames apart, the answer to a sequence is the mean over its windows, and what a shorter sequence lacks is black. Chosen here: grey frames of 48×48 px in place of RGB of 112×112, an eighth of the paper's widths, training from scratch.`,
  network: c3d({ classes: classes.length, channels: 1, frames: WINDOWS.frames, size: 48, widthMultiplier: 1 / 8 }),
  heads: [labelHead('logits', classes, OF_MANIFEST)],
  inputs: { x: { kind: 'clip', rule: WINDOWS } },
});
export const c3dManifest = c3dOf(EXPRESSIONS_7);

/** The recipe for the data, where it learns whatever they tell. */
export const tasksFor = (dataset: Pick<Dataset, 'classes' | 'furtherTargets' | 'withoutLabels'>): Recipe =>
  tasks(headsFor(dataset));
