/**
 * A start from a face network, as Li & Deng (2020, section 4.1.1) describe it: networks that learned to tell people apart
 * are fine-tuned to tell expressions apart. dlib's network for people on FER+ distributions and FER2013 labels at once, as the
 * networks of the default model learn them; and the same network from scratch, at the same cost. `npm run study:face-network` trains both.
 */
import { DLIB_DIVISOR, DLIB_MEANS, faceResNet } from '../nn/models/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { decayExceptNorms } from './decay.ts';
import { fastRecipe } from './fast.ts';
import { FER2013_FRAMING, FER_HEADS, ferLosses, ferSplits } from './framing.ts';

const SIZE = 80;
/** Of a grey pixel that stands for red, green and blue. */
const MEAN = DLIB_MEANS.reduce((sum, mean) => sum + mean, 0) / DLIB_MEANS.length;

/** One network and one run for both: what differs is where the weights start, and the rate that suits it. */
const onFaceResNet = (own: Pick<Recipe, 'id' | 'title' | 'notes' | 'lr'> & Partial<Pick<Recipe, 'start'>>): Recipe => ({
  paper: 'Li & Deng, Deep facial expression recognition: a survey, 2020, section 4.1.1',
  data: ferSplits('ferplus'),
  network: faceResNet({ heads: { ferplus: 8, fer2013: 7 }, channels: 1, size: SIZE, dropout: 0.2 }),
  heads: FER_HEADS,
  loss: ferLosses(),
  preprocess: { ...FER2013_FRAMING, width: SIZE, height: SIZE, mean: [MEAN / 255], std: [DLIB_DIVISOR / 255] },
  augment: fastRecipe.augment,
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  groups: decayExceptNorms(5e-4),
  schedule: oneCycle({ peakAt: 0.2, start: 0.1, end: 1e-3 }),
  epochs: 8,
  batchSize: 64,
  clipNorm: 5,
  emaDecay: 0.998,
  priorShift: true,
  seed: 1,
  expected: [],
  ...own,
});

export const FACE_NETWORK_RECIPES: readonly Recipe[] = [
  onFaceResNet({
    id: 'face-resnet.ferplus',
    title: "dlib's face recognition network, fine-tuned on FER+ distributions and FER2013 labels",
    notes:
      "The weights start from dlib's face recognition network, as the npm package @vladmandic/face-api holds it: `npm install @vladmandic/face-api`, which Mien does not depend on. Its author has released the weights into the public domain; the photos that they were learned from (FaceScrub, VGG-Face and others from the web) were collected for research. Chosen here: grey images of 80 px in place of RGB ones of 150, normalizations measured on training images.",
    start: 'face-api',
    lr: 0.02,
  }),
  onFaceResNet({
    id: 'face-resnet.scratch.ferplus',
    title: "dlib's face recognition network from scratch, on FER+ distributions and FER2013 labels",
    notes:
      'What face-resnet.ferplus is compared with: the same run without its start, at a rate that suits seeded weights.',
    lr: 0.1,
  }),
];
