/** Detector and mesh with the networks that npm installed: what index.ts leaves out because a browser cannot run it. */
import type { SessionOptions } from '../runtime/index.ts';
import { decodeCanonicalFace, type CanonicalFace } from './canonical-face.ts';
import { MediaPipeMesher, type MesherOptions } from './mesher.ts';
import { loadNetwork } from './networks.ts';
import { readFaceMeshFile } from './packages.ts';
import { PhotoFaceDetector } from './photo-detector.ts';
import { FULL_RANGE, SHORT_RANGE, Ssd } from './ssd.ts';
import { WholeImageDetector } from './whole-image-detector.ts';

export { loadNetwork, type NetworkName } from './networks.ts';

/** @throws {MienError} when the npm package that holds the network is missing or damaged */
export async function loadFaceDetector(session: SessionOptions = {}): Promise<PhotoFaceDetector> {
  const [near, far] = await Promise.all([loadNetwork('face-detection-short-range', session), loadNetwork('face-detection-full-range', session)]);
  return new PhotoFaceDetector({ near: new Ssd(SHORT_RANGE, near), far: new Ssd(FULL_RANGE, far) });
}

/**
 * What MediaPipe's face mesh runtime detects with; with a mesher of one look it gives that runtime's own results.
 * @throws {MienError} when the npm package that holds the network is missing or damaged
 */
export async function loadMediaPipeDetector(): Promise<WholeImageDetector> {
  return new WholeImageDetector(new Ssd(SHORT_RANGE, await loadNetwork('face-detection-short-range'), { maxStep: Infinity }));
}

/**
 * The attention mesh: 478 points, with finer lips and eyes, and irises. It takes longer and rejects more half-hidden faces.
 * @throws {MienError} when the npm package that holds the network is missing or damaged
 */
export async function loadAttentionMesher({ looks, ...session }: MesherOptions & SessionOptions = {}): Promise<MediaPipeMesher> {
  return new MediaPipeMesher(await loadNetwork('face-landmark-with-attention', session), looks === undefined ? {} : { looks });
}

/** @throws {MienError} when the npm package that holds the network is missing or damaged */
export async function loadFaceMesher({ looks, ...session }: MesherOptions & SessionOptions = {}): Promise<MediaPipeMesher> {
  return new MediaPipeMesher(await loadNetwork('face-landmark', session), looks === undefined ? {} : { looks });
}

/** @throws {MienError} when the npm package that holds it is missing or damaged */
export async function loadCanonicalFace(): Promise<CanonicalFace> {
  return decodeCanonicalFace(await readFaceMeshFile('geometry_pipeline_metadata_landmarks.binarypb'));
}
