/** A photo to its faces, each turned to the front: detection, mesh, reconstruction, re-centralization in one call. */
import type { RawImage } from '../../image/index.ts';
import { findFaces, type Face } from '../find-faces.ts';
import type { FaceDetector, FaceMesher } from '../types.ts';
import { recenter, type CanonicalFrame, type RecenteredFace, type RecenterOptions } from './recenter.ts';
import type { FaceReconstruction, FaceReconstructor } from './reconstructor.ts';

/** What it takes; `FaceNetworks.recentering` gives all of it. */
export interface Recentering {
  readonly detector: FaceDetector;
  readonly mesher: FaceMesher;
  readonly reconstructor: FaceReconstructor;
  readonly canonical: CanonicalFrame;
}

export interface ReconstructedFace {
  readonly face: Face;
  readonly reconstruction: FaceReconstruction;
  readonly frontal: RecenteredFace;
}

/**
 * @returns the faces in the order of `findFaces`; empty when there is none
 * @throws {ShapeError} when a face's points do not determine how it is turned
 */
export async function recenterFaces(
  image: RawImage,
  { detector, mesher, reconstructor, canonical }: Recentering,
  options: RecenterOptions = {},
): Promise<ReconstructedFace[]> {
  const faces: ReconstructedFace[] = [];
  for (const face of await findFaces(image, detector, mesher)) {
    const reconstruction = await reconstructor.reconstruct(image, face);
    faces.push({ face, reconstruction, frontal: recenter(image, reconstruction, canonical, options) });
  }
  return faces;
}
