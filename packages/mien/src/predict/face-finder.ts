/** Finds the face of an image for alignment, with the networks that npm installed. */
import type { FindFace } from '../data/node.ts';
import { detectFivePoints } from '../face/index.ts';
import { loadFaceDetector, loadFaceMesher } from '../face/node.ts';
import type { SessionOptions } from '../runtime/index.ts';

/** For databases without landmarks. @throws {MienError} when the packages with the face networks are not installed */
export async function loadFaceFinder(session: SessionOptions = {}): Promise<FindFace> {
  const detector = await loadFaceDetector(session);
  const mesher = await loadFaceMesher(session);
  return (image) => detectFivePoints(image, detector, mesher);
}
