/** One look at the whole image, as MediaPipe's own face detection does: fast, for a few large faces. */
import type { RawImage } from '../image/index.ts';
import { wholeImage } from './roi.ts';
import type { Ssd } from './ssd.ts';
import { MIN_DETECTION_SCORE, SAME_FACE_OVERLAP, weightedSuppression } from './suppression.ts';
import type { Detection, FaceDetector } from './types.ts';

export class WholeImageDetector implements FaceDetector {
  readonly #ssd: Ssd;

  constructor(ssd: Ssd) {
    this.#ssd = ssd;
  }

  async detect(image: RawImage): Promise<Detection[]> {
    return weightedSuppression(
      (await this.#ssd.detect(image, [wholeImage(image)], MIN_DETECTION_SCORE)).flat(),
      SAME_FACE_OVERLAP,
    );
  }
}
