/** Detector and mesh with the networks that npm installed: what index.ts leaves out because a browser cannot run it. */
import { decodeCanonicalFace, type CanonicalFace } from './canonical-face.ts';
import { MediaPipeMesher } from './mesher.ts';
import { loadNetwork } from './networks.ts';
import { readFaceMeshFile } from './packages.ts';
import { PhotoFaceDetector } from './photo-detector.ts';
import { FULL_RANGE, Ssd } from './ssd.ts';

export { loadNetwork, type NetworkName } from './networks.ts';

/** @throws {MienError} when the npm package that holds the network is missing or damaged */
export async function loadFaceDetector(): Promise<PhotoFaceDetector> {
  return new PhotoFaceDetector(new Ssd(FULL_RANGE, await loadNetwork('face-detection-full-range')));
}

/** @throws {MienError} when the npm package that holds the network is missing or damaged */
export async function loadFaceMesher(): Promise<MediaPipeMesher> {
  return new MediaPipeMesher(await loadNetwork('face-landmark'));
}

/** @throws {MienError} when the npm package that holds it is missing or damaged */
export async function loadCanonicalFace(): Promise<CanonicalFace> {
  return decodeCanonicalFace(await readFaceMeshFile('geometry_pipeline_metadata_landmarks.binarypb'));
}
