/**
 * The networks that answer beside `fast` in the default model: both are wider, and each learns in a way of its own, so
 * that they err on other faces.
 *
 *   default.wide     mixed faces (mixup), smoothed labels of FER2013, squeeze-and-excitation
 *   default.taught   taught by `fast` besides the labels: its answers are steadier than one annotator's
 */
import type { Network } from '../nn/index.ts';
import { wide, type WideOptions } from '../nn/models/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { decayExceptNorms } from './decay.ts';
import { FER2013_FRAMING, FER_HEADS, ferLosses, ferSplits } from './framing.ts';

const EPOCHS = 32;
const NOTES = `The weights of 0.1.0 come from a run that was planned for 36 epochs and shortened to ${EPOCHS} on resuming after epoch 6, which moved the learning-rate schedule of the epochs that followed.`;

const networkOf = (options: Pick<WideOptions, 'stages' | 'squeeze' | 'dropout'>): Network =>
  wide({ stem: 24, heads: { ferplus: 8, fer2013: 7 }, ...options });

const member = (own: {
  readonly id: string;
  readonly title: string;
  readonly network: Network;
  readonly seed: number;
  readonly smoothing: number;
}): Recipe => ({
  id: own.id,
  title: own.title,
  notes: NOTES,
  data: ferSplits('ferplus-votes'),
  network: own.network,
  heads: FER_HEADS,
  loss: ferLosses(own.smoothing),
  preprocess: FER2013_FRAMING,
  augment: {
    flip: 0.5,
    shift: 0.08,
    rotationDeg: 12,
    scale: [0.87, 1.13],
    shearDeg: 3,
    brightness: 0.12,
    contrast: 0.25,
    noise: 0.02,
    sideLight: { probability: 0.1, range: [0.1, 0.7] },
    blur: { probability: 0.1, range: [0.4, 1.4] },
    lowResolution: { probability: 0.1, range: [24, 40] },
    jpeg: { probability: 0.1, range: [15, 70] },
    erase: { probability: 0.25, area: [0.02, 0.12], aspect: [0.5, 2] },
  },
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  groups: decayExceptNorms(5e-4, 'pool.weight'),
  lr: 0.1,
  schedule: oneCycle({ peakAt: 0.15, start: 0.1, end: 1e-3 }),
  epochs: EPOCHS,
  batchSize: 64,
  clipNorm: 5,
  emaDecay: 0.999,
  priorShift: true,
  seed: own.seed,
  expected: [],
});

export const defaultWide: Recipe = {
  ...member({
    id: 'default.wide',
    title: 'Wide network on FER+ distributions and FER2013 labels, with mixed faces',
    network: networkOf({
      stages: [
        { channels: 64, depth: 2 },
        { channels: 128, depth: 2 },
        { channels: 224, depth: 3 },
      ],
      squeeze: 8,
      dropout: 0.3,
    }),
    smoothing: 0.1,
    seed: 2,
  }),
  mixup: { alpha: 0.2, active: (epoch) => epoch < EPOCHS - 5 },
};

export const defaultTaught: Recipe = {
  ...member({
    id: 'default.taught',
    title: 'Wide network on FER+ distributions and FER2013 labels, taught by the model fast',
    network: networkOf({
      stages: [
        { channels: 64, depth: 2 },
        { channels: 128, depth: 2 },
        { channels: 256, depth: 2 },
      ],
      dropout: 0.3,
    }),
    smoothing: 0,
    seed: 3,
  }),
  distil: { teachers: ['fast'], temperature: 2, weight: 0.5 },
};
