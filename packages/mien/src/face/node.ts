/**
 * Detector and mesh with the networks that npm installed: what a browser cannot run.
 * @module
 */
import { readText } from '../files/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import type { CanonicalFace } from './canonical-face.ts';
import type { MediaPipeMesher, MesherOptions } from './mesher.ts';
import { parseCascade } from './haar/cascade.ts';
import { HaarDetector, type HaarOptions } from './haar/haar-detector.ts';
import { FaceNetworks } from './networks.ts';
import { NPM_FACE_FILES } from './npm-files.ts';
import type { PhotoFaceDetector } from './photo-detector.ts';
import type { ReconstructorOptions } from './reconstruct/mesh-reconstructor.ts';
import { loadRecentering, type Recentering } from './reconstruct/recenter-faces.ts';
import type { WholeImageDetector } from './whole-image-detector.ts';

export { NPM_FACE_FILES, readFaceNetwork } from './npm-files.ts';
export * from './drawn/index.ts';
export { SURFACES_MARKER, writeSurfaces, type WriteSurfacesOptions } from './drawn/write-surfaces.ts';
export { readPositionMapReconstructor } from './reconstruct/read-position-map.ts';

/**
 * The networks of the installed npm packages. Its methods, and the functions below, throw {MienError} when a package is
 * missing or damaged.
 */
export const npmFaceNetworks = new FaceNetworks(NPM_FACE_FILES);

export const loadFaceDetector = (session?: SessionOptions): Promise<PhotoFaceDetector> =>
  npmFaceNetworks.detector(session);
export const loadMediaPipeDetector = (session?: SessionOptions): Promise<WholeImageDetector> =>
  npmFaceNetworks.mediaPipeDetector(session);
export const loadFaceMesher = (options?: MesherOptions & SessionOptions): Promise<MediaPipeMesher> =>
  npmFaceNetworks.mesher(options);
export const loadAttentionMesher = (options?: MesherOptions & SessionOptions): Promise<MediaPipeMesher> =>
  npmFaceNetworks.attentionMesher(options);
export const loadCanonicalFace = (): Promise<CanonicalFace> => npmFaceNetworks.canonicalFace();
/** As `loadRecentering` of face/, with these networks. */
export const loadNpmRecentering = (options?: ReconstructorOptions & SessionOptions): Promise<Recentering> =>
  loadRecentering(npmFaceNetworks, options);

/**
 * A detector with a cascade file of OpenCV's, such as haarcascade_frontalface_alt2.xml.
 * @throws {InputError} when the file cannot be read or is no cascade of Haar features
 */
export async function readHaarDetector(file: string, options?: HaarOptions): Promise<HaarDetector> {
  return new HaarDetector(parseCascade(await readText(file), file), options);
}
