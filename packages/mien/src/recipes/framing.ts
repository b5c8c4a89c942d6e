/** What recipes on FER2013's images share: splits, heads, how a face is framed, mean and deviation of the training pixels. */
import { FER2013_TEMPLATE, withMirrorImage } from '../face/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import type { Recipe } from '../train/index.ts';

/** The splits of FER2013, which FER+ shares. */
export const ferSplits = (dataset: string) => ({
  dataset,
  trainSplit: 'Training',
  validationSplit: 'PublicTest',
});

/** As options of recipes. */
export const FERPLUS = { ...ferSplits('ferplus'), classes: EXPRESSIONS_8 } as const;

/** FER+'s distributions and FER2013's own labels, of the same images. */
export const FER_HEADS: Recipe['heads'] = [
  { output: 'ferplus', classes: EXPRESSIONS_8, target: 'label', trainedOn: 'ferplus' },
  { output: 'fer2013', classes: EXPRESSIONS_7, target: 'fer2013', trainedOn: 'fer2013' },
];

/** The cross-entropy of each of `FER_HEADS`. @param smoothing of FER2013's labels; FER+'s are distributions already */
export const ferLosses =
  (smoothing = 0): NonNullable<Recipe['loss']> =>
  (b, outputs, targets) => [
    { name: 'ferplus', value: crossEntropyLoss(b, outputs['ferplus']!, targets['ferplus']!) },
    { name: 'fer2013', value: crossEntropyLoss(b, outputs['fer2013']!, targets['fer2013']!, { smoothing }) },
  ];

type Point = [x: number, y: number];
/** A spec's points are lists that may be written. */
const point = ([x, y]: readonly [number, number]): Point => [x, y];

// Training mirrors every other image
const { leftEye, rightEye, noseTip, mouthLeft, mouthRight } = withMirrorImage(FER2013_TEMPLATE);

export const FER2013_FRAMING: Recipe['preprocess'] = {
  width: 48,
  height: 48,
  channels: 'grey',
  mean: [0.508],
  std: [0.255],
  framing: 'fer2013',
  template: {
    leftEye: point(leftEye),
    rightEye: point(rightEye),
    noseTip: point(noseTip),
    mouthLeft: point(mouthLeft),
    mouthRight: point(mouthRight),
  },
};
