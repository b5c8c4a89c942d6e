/** Two heads on generated images: a class, and an action unit that is missing for some. */
import { labelledImages, type Dataset, type Samples } from 'mienjs/data';
import { trainModel } from 'mienjs/evaluate';
import { flatten, linear, relu } from 'mienjs/nn';
import { headsLoss, imageRecipe, labelHead, type Head, type ModelCard } from 'mienjs/train';

const CLASSES = ['neutral', 'happiness'];

/** 8×8 images: bright when happy; the left half says whether AU12 is there. */
function make(count: number): Samples {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const units = Float32Array.from({ length: count }, (_, i) => (i % 5 === 0 ? NaN : Math.floor(i / 2) % 2));
  const pixels = Uint8Array.from({ length: count * 64 }, (_, p) => {
    const [i, x] = [Math.floor(p / 64), p % 8];
    return 60 + 80 * labels[i]! + (x < 4 && units[i] === 1 ? 60 : 0) + (p % 7);
  });
  return labelledImages({
    images: { count, width: 8, height: 8, channels: 1, pixels },
    classes: CLASSES,
    labels,
    ids: Array.from(labels, (_, i) => `${i}`),
    targets: { actionUnits: { kind: 'multilabel', names: ['AU12'], values: units } },
  });
}

const dataset: Dataset = {
  name: 'generated',
  classes: CLASSES,
  splits: ['train', 'validation'],
  loadSplit: (split) => Promise.resolve(make(split === 'train' ? 64 : 30)),
};

// The first head chooses the epoch: here by the mean F1 of its labels
const heads: Head[] = [
  { kind: 'multilabel', output: 'units', names: ['AU12'], target: 'actionUnits', trainedOn: 'generated' },
  labelHead('logits', CLASSES, 'generated'),
];
const recipe = imageRecipe(dataset, {
  id: 'two-heads',
  network: {
    name: 'two-heads',
    input: { channels: 1, height: 8, width: 8 },
    build(b, x) {
      const v = relu(b, linear(b, 'fc', flatten(b, x), { features: 16 }));
      return { logits: linear(b, 'logits', v, { features: 2 }), units: linear(b, 'units', v, { features: 1 }) };
    },
  },
  heads,
  loss: headsLoss(heads, { logits: { classWeights: 'balanced', weight: 0.5 } }),
  lr: 1e-2,
  epochs: 20,
  batchSize: 16,
});

/** Trains into a folder. @returns the card: `metrics` of the classes, `valueMetrics` of the labels */
export async function trainTwoHeads(out: string, signal?: AbortSignal): Promise<ModelCard> {
  const { card } = await trainModel(recipe, { dataset, out, licence: 'generated', ...(signal ? { signal } : {}) });
  return card;
}
