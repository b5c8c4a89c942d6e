/** Recognition with estimates of action units beside the expressions of each face. */
import type { CanonicalFace } from '../face/index.ts';
import type { RawImage } from '../image/index.ts';
import type { FacePrediction, Recognizer } from '../predict/index.ts';
import { ActionUnitEstimator, type UnitEstimate } from './action-units.ts';

/** A face with its expressions and the estimates of its units. */
export interface FaceWithUnits extends FacePrediction {
  readonly actionUnits: readonly UnitEstimate[];
}

/** A recognizer whose faces have action units. */
export interface UnitReader {
  /** Name of the expression model. */
  readonly model: string;
  recognize(image: RawImage): Promise<{ readonly faces: readonly FaceWithUnits[] }>;
}

/**
 * @param canonical the canonical face of the recognizer's mesh (`npmFaceNetworks.canonicalFace()` in Node)
 * @returns a reader that gives each face `actionUnits` as well; the recognizer stays its owner's to release
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 * import { withActionUnits } from 'mienjs/animate';
 * import { npmFaceNetworks } from 'mienjs/face/node';
 *
 * const reader = await withActionUnits(await createRecognizer(), await npmFaceNetworks.canonicalFace());
 * const { faces } = await reader.recognize(await decodeImage('photo.jpg'));
 * console.log(faces[0]?.actionUnits);
 * ```
 */
export async function withActionUnits(
  recognizer: Pick<Recognizer, 'model' | 'findFaces' | 'predictFaces'>,
  canonical: CanonicalFace,
): Promise<UnitReader> {
  const estimator = await ActionUnitEstimator.create(canonical);
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
