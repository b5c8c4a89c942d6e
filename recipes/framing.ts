/** How FER2013 frames a face, and the mean and deviation of its training pixels. */
import { FER2013_TEMPLATE } from 'mien/face';
import type { Recipe } from 'mien/train';

type Point = [x: number, y: number];

/** Training mirrors every other image, so the frame that a network learns is the template's mean with its mirror image. */
function mirrored(side: readonly [number, number], other: readonly [number, number]): Point {
  return [(side[0] + 1 - other[0]) / 2, (side[1] + other[1]) / 2];
}

const { leftEye, rightEye, noseTip, mouthLeft, mouthRight } = FER2013_TEMPLATE;

export const FER2013_FRAMING: Recipe['preprocess'] = {
  width: 48,
  height: 48,
  channels: 'grey',
  mean: [0.508],
  std: [0.255],
  framing: 'fer2013',
  template: {
    leftEye: mirrored(leftEye, rightEye),
    rightEye: mirrored(rightEye, leftEye),
    noseTip: mirrored(noseTip, noseTip),
    mouthLeft: mirrored(mouthLeft, mouthRight),
    mouthRight: mirrored(mouthRight, mouthLeft),
  },
};
