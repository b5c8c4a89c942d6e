/** Recognition with estimates of action units beside the expressions of each face. */
import type { RawImage, Recognizer } from 'mienjs';
import { ActionUnitEstimator } from 'mienjs/animate';
import { npmFaceNetworks } from 'mienjs/face/node';
import type { FaceResult } from 'mienjs/results';

/** What photos are recognised with. */
export interface FaceReader {
  readonly model: string;
  recognize(image: RawImage): Promise<{ readonly faces: readonly FaceResult[] }>;
}

export async function withActionUnits(recognizer: Recognizer): Promise<FaceReader> {
  const estimator = await ActionUnitEstimator.create(await npmFaceNetworks.canonicalFace());
  return {
    model: recognizer.model,
    async recognize(image) {
      const found = await recognizer.findFaces(image);
      const faces = await recognizer.predictFaces(image, found);
      return {
        faces: faces.map((face, i) => ({ ...face, actionUnits: estimator.estimate(found[i]!.mesh.points) })),
      };
    },
  };
}
