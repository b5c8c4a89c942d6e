/** Detector and mesh together: what is a face is decided by both. */
import type { BoxXYWH, RawImage } from '../image/index.ts';
import { readFaces, type ReadFace } from './read-faces.ts';
import { boundingBox, roiFromMesh } from './roi.ts';
import { intersectionArea, intersectionOverUnion, SAME_FACE_OVERLAP } from './suppression.ts';
import type { Detection, FaceDetector, FaceMesh, FaceMesher } from './types.ts';

export interface Face {
  /** In doubt, the detector's close-up of the face. */
  readonly detection: Detection;
  readonly mesh: FaceMesh;
  /** Around the mesh. */
  readonly box: BoxXYWH;
}

/** Least presence that the mesh must report; MediaPipe's value. */
export const MIN_PRESENCE = 0.5;
/** Least overlap of the detection's box and the mesh's: on a false alarm the mesh wanders off. */
const MIN_AGREEMENT = 0.3;
/** Part of a mesh's box that may lie within another's, where nothing looks closer. */
const SHARED_PART = 0.5;
/** Meshes that overlap by more than this are the same face. */
export const DUPLICATE_OVERLAP = 0.5;

/**
 * The faces of an image, each with its mesh. With a detector that can look closer and a mesher that looks where it is
 * told, a face counts if the two agree in what they see (evidence.ts), whatever way up it is; where none is upright,
 * and where one is not, the whole image is searched turned as well. With others a detection counts if the mesh says
 * that there is a face and lies where the detection does.
 * @returns best detection first, no face twice; empty when there is no face
 */
export async function findFaces(image: RawImage, detector: FaceDetector, mesher: FaceMesher): Promise<Face[]> {
  const { closer } = detector;
  const detections = await detector.detect(image);
  if (!closer || !mesher.meshRois) return distinct(await acceptedByMesh(image, detections, mesher));
  const read = (some: readonly Detection[]): Promise<ReadFace[]> =>
    readFaces(image, some, closer, (photo, rois) => mesher.meshRois!(photo, rois));

  const faces = distinct(await read(detections));
  const turned: Detection[] = [];
  for (const turns of faces.length === 0 ? [1, 2, 3] : turnsOf(faces))
    turned.push(...(await closer.detectTurned(image, (turns * Math.PI) / 2)));
  const others = turned.filter(
    ({ box }) => !faces.some((face) => intersectionOverUnion(face.box, box) > SAME_FACE_OVERLAP),
  );
  return others.length === 0 ? faces : distinct([...faces, ...(await read(others))]);
}

/**
 * The detections that the mesh takes for faces, without those that share a great part with one that detector and mesh are
 * surer of: nothing but a closer look could tell that they are another face.
 */
async function acceptedByMesh(
  image: RawImage,
  detections: readonly Detection[],
  mesher: FaceMesher,
): Promise<ReadFace[]> {
  const meshes = await mesher.meshAll(image, detections);
  const accepted = detections
    .map((detection, i) => {
      const mesh = meshes[i]!;
      return { detection, mesh, box: boundingBox(mesh.points), evidence: detection.score * mesh.score };
    })
    .filter(
      ({ detection, mesh, box }) =>
        mesh.score >= MIN_PRESENCE && intersectionOverUnion(box, detection.box) >= MIN_AGREEMENT,
    );
  return accepted.filter(
    (face) =>
      !accepted.some((other) => other.evidence > face.evidence && sharedPart(other.box, face.box) > SHARED_PART),
  );
}

/** Area that two boxes share, as a share of the smaller one. */
const sharedPart = (a: BoxXYWH, b: BoxXYWH): number =>
  intersectionArea(a, b) / Math.max(Math.min(a.width * a.height, b.width * b.height), Number.MIN_VALUE);

/** Keeps the face with the most evidence where several lie on one place. */
function distinct(faces: readonly (ReadFace & { readonly box?: BoxXYWH })[]): (ReadFace & Face)[] {
  const kept: (ReadFace & Face)[] = [];
  for (const face of [...faces].sort((a, b) => b.evidence - a.evidence)) {
    const box = face.box ?? boundingBox(face.mesh.points);
    if (!kept.some((other) => intersectionOverUnion(other.box, box) > DUPLICATE_OVERLAP)) kept.push({ ...face, box });
  }
  return kept.sort((a, b) => b.detection.score - a.detection.score);
}

/** Quarter turns (clockwise, 1 … 3) by which some of the faces are turned. */
function turnsOf(faces: readonly Face[]): number[] {
  const turns = faces.map(({ mesh }) => (Math.round(roiFromMesh(mesh.points).rotationRad / (Math.PI / 2)) + 4) % 4);
  return [...new Set(turns)].filter((turn) => turn !== 0);
}
