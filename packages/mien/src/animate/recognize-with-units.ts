/** Recognition with estimates of action units beside the expressions of each face. */
import type { CanonicalFace } from '../face/index.ts';
import type { Point3, RawImage } from '../image/index.ts';
import { ActionUnitEstimator, type UnitEstimate } from './action-units.ts';

/** What is needed of a recognizer: faces `F` with their meshes, and what it says `P` of each. */
export interface FaceRecognizer<F extends { readonly mesh: { readonly points: readonly Point3[] } }, P> {
  /** Name of the expression model. */
  readonly model: string;
  findFaces(image: RawImage): Promise<readonly F[]>;
  predictFaces(image: RawImage, faces: readonly F[]): Promise<readonly P[]>;
}

/** A recognizer whose faces have action units. */
export interface UnitReader<P> {
  /** Name of the expression model. */
  readonly model: string;
  recognize(
    image: RawImage,
  ): Promise<{ readonly faces: readonly (P & { readonly actionUnits: readonly UnitEstimate[] })[] }>;
}

/**
 * @param recognizer a `Recognizer`; it stays its owner's to release
 * @param canonical the canonical face of the recognizer's mesh (`npmFaceNetworks.canonicalFace()` in Node)
 * @returns a reader that gives each face `actionUnits` as well
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
export async function withActionUnits<F extends { readonly mesh: { readonly points: readonly Point3[] } }, P>(
  recognizer: FaceRecognizer<F, P>,
  canonical: CanonicalFace,
): Promise<UnitReader<P>> {
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
