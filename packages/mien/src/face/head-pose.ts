/** Head pose from the mesh. */
import { poseFromRotation, procrustes, type HeadPose } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';
import { ShapeError } from '../errors.ts';
import type { CanonicalFace } from './canonical-face.ts';

/**
 * The turn of the head: the rotation of the similarity that lays the canonical face on the mesh,
 *   min Σᵢ wᵢ ‖s R cᵢ + t − mᵢ‖²,
 * with MediaPipe's weights. Signs (geometry/pose.ts): yaw > 0 turns to the subject's own left, pitch > 0 up, roll > 0
 * clockwise as displayed.
 * Deviation: MediaPipe's geometry pipeline first undoes an assumed perspective (63° vertical field of view); here the
 * projection is taken as parallel, because the camera of a photo, and what was cropped off it, are unknown.
 * @param mesh at least the 468 points, in pixels
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { findFaces, headPose } from 'mienjs/face';
 * import { npmFaceNetworks } from 'mienjs/face/node';
 *
 * const [detector, mesher, canonicalFace] = await Promise.all([
 *   npmFaceNetworks.detector(),
 *   npmFaceNetworks.mesher(),
 *   npmFaceNetworks.canonicalFace(),
 * ]);
 * for (const { mesh } of await findFaces(await decodeImage('photo.jpg'), detector, mesher)) {
 *   const { yawDeg, pitchDeg, rollDeg } = headPose(mesh.points, canonicalFace);
 *   console.log(yawDeg, pitchDeg, rollDeg);
 * }
 * ```
 */
export function headPose(mesh: readonly Point3[], { vertices, weights }: CanonicalFace): HeadPose {
  if (mesh.length < vertices.length)
    throw new ShapeError('headPose', `mesh: expected at least ${vertices.length} points, got ${mesh.length}`);
  return poseFromRotation(procrustes(vertices, mesh.slice(0, vertices.length), { weights, scale: true }).rotation);
}
