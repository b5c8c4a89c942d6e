/** How FER2013 frames a face, and the mean and deviation of its training pixels. */
import type { Recipe } from 'mien/train';

export const FER2013_FRAMING: Recipe['preprocess'] = {
  width: 48,
  height: 48,
  channels: 'grey',
  mean: [0.508],
  std: [0.255],
  framing: 'fer2013',
  template: { leftEye: [0.31, 0.39], rightEye: [0.69, 0.39], noseTip: [0.5, 0.6], mouthLeft: [0.36, 0.76], mouthRight: [0.64, 0.76] },
};
