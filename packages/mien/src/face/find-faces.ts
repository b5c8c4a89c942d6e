/** Detector and mesh together: what is a face is decided by both. */
import type { RawImage } from '../image/index.ts';
import { boundingBox } from './roi.ts';
import { intersectionOverUnion } from './suppression.ts';
import type { Detection, FaceDetector, FaceMesh, FaceMesher } from './types.ts';

export interface Face {
  readonly detection: Detection;
  readonly mesh: FaceMesh;
}

/** Least presence that the mesh must report; MediaPipe's value. */
const MIN_PRESENCE = 0.5;
/** Least overlap of the detection's box and the mesh's: on a false alarm the mesh wanders off. */
const MIN_AGREEMENT = 0.3;
/** Meshes that overlap by more than this are the same face. */
const DUPLICATE_OVERLAP = 0.5;

/**
 * The faces of an image, each with its mesh. A detection counts if the mesh network says that there is a face
 * (presence), the mesh lies where the detection does, and no better face lies on the same place.
 * @returns best detection first; empty when there is no face
 */
export async function findFaces(image: RawImage, detector: FaceDetector, mesher: FaceMesher): Promise<Face[]> {
  const detections = await detector.detect(image);
  const meshes = await mesher.meshAll(image, detections);
  const kept: (Face & { box: ReturnType<typeof boundingBox> })[] = [];
  detections.forEach((detection, i) => {
    const mesh = meshes[i]!;
    const box = boundingBox(mesh.points);
    if (mesh.score < MIN_PRESENCE || intersectionOverUnion(box, detection.box) < MIN_AGREEMENT) return;
    if (kept.some((face) => intersectionOverUnion(face.box, box) > DUPLICATE_OVERLAP)) return;
    kept.push({ detection, mesh, box });
  });
  return kept.map(({ detection, mesh }) => ({ detection, mesh }));
}
