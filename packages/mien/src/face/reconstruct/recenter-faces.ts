/** A photo to its faces, each turned to the front: detection, mesh, reconstruction, re-centralization in one call. */
import type { RawImage } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { findFaces, type Face } from '../find-faces.ts';
import type { FaceNetworks } from '../networks.ts';
import type { FaceDetector, FaceMesher } from '../types.ts';
import type { SessionOptions } from '../../runtime/index.ts';
import { MeshReconstructor, type ReconstructorOptions } from './mesh-reconstructor.ts';
import { recenter, type RecenteredFace, type RecenterOptions } from './recenter.ts';
import type { FaceReconstruction, FaceReconstructor } from './reconstructor.ts';

/** What it takes; `loadRecentering` gives all of it. */
export interface Recentering {
  readonly detector: FaceDetector;
  readonly mesher: FaceMesher;
  readonly reconstructor: FaceReconstructor;
  readonly canonical: CanonicalFace;
}

/**
 * All that `recenterFaces` takes, with the surface of MediaPipe's mesh.
 * @throws {MienError} when the networks' files are missing or damaged
 */
export async function loadRecentering(
  networks: Pick<FaceNetworks, 'detector' | 'mesher' | 'canonicalFace'>,
  { visibility, ...session }: ReconstructorOptions & SessionOptions = {},
): Promise<Recentering> {
  const [detector, mesher, canonical] = await Promise.all([
    networks.detector(session),
    networks.mesher(session),
    networks.canonicalFace(),
  ]);
  const reconstructor = new MeshReconstructor(canonical, visibility === undefined ? {} : { visibility });
  return { detector, mesher, reconstructor, canonical };
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
