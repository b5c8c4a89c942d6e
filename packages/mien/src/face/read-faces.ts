/**
 * What a detection shows: the mesh, looked at as often as it takes, and whether the two agree (evidence.ts). Doubtful
 * faces are tried upright, upside down and on either side, each with a close-up of the detector's own.
 */
import type { BoxXYWH, RawImage } from '../image/index.ts';
import {
  evidenceOf,
  isConsistent,
  MIN_DISTINCT_EVIDENCE,
  presenceLogit,
  SURE_AT_FIRST,
  SURE_EVIDENCE,
} from './evidence.ts';
import {
  angleBetween,
  boundingBox,
  CLOSE_UP,
  roiDistance,
  roiFromDetection,
  roiFromMesh,
  squareAround,
} from './roi.ts';
import { intersectionOverUnion, SAME_FACE_OVERLAP } from './suppression.ts';
import type { CloserLook, Detection, FaceMesh, FaceMesher, Roi } from './types.ts';

/** A face as it was read, and how much speaks for it. */
export interface ReadFace {
  readonly detection: Detection;
  readonly mesh: FaceMesh;
  readonly evidence: number;
}

/** A second look changes little where the mesh's own square is as near as this to the one that it was read from. */
const SETTLED = 0.06;
/** How much larger than a face a frame around it is that is not another face. */
const LARGER_FRAME = 1.5;
/** An orientation counts if its close-up scores at most this less than the best of the four. */
const SCORE_RANGE = 0.25;
/** Least presence (logit) of an orientation's first look. */
const MIN_FIRST_PRESENCE = -5;
/** Readings that are turned by less than this, rad, are of one orientation. */
const SAME_ORIENTATION = Math.PI / 4;
const QUARTER_TURNS = [0, 1, 2, 3].map((k) => (k * Math.PI) / 2);

type MeshRois = NonNullable<FaceMesher['meshRois']>;

/**
 * @returns the faces that are consistent, each with the mesh and the detection that agree; in no order, and possibly
 *   some twice
 */
export async function readFaces(
  image: RawImage,
  detections: readonly Detection[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<ReadFace[]> {
  const first = await meshRois(image, detections.map(roiFromDetection));
  const isSettled = (mesh: FaceMesh, i: number): boolean =>
    evidenceOf(detections[i]!, mesh) >= SURE_AT_FIRST && roiDistance(mesh.roi, roiFromMesh(mesh.points)) < SETTLED;
  const settled = first.map(isSettled);
  const second = await meshRois(
    image,
    first.filter((_, i) => !settled[i]).map(({ points }) => roiFromMesh(points)),
  );
  const faces = detections.map((detection, i): ReadFace => {
    const mesh = settled[i] ? first[i]! : second.shift()!;
    return { detection, mesh, evidence: evidenceOf(detection, mesh) };
  });
  const sure = faces.filter((face) => face.evidence >= SURE_EVIDENCE);
  const taken = sure.map(({ mesh }) => boundingBox(mesh.points));
  const doubtful = faces.filter(
    ({ detection, evidence }) => evidence < SURE_EVIDENCE && !taken.some((box) => isOfFace(detection, box)),
  );
  return [...sure, ...(await examine(image, doubtful, closer, meshRois))];
}

/**
 * Whether a detection is of the face in the box: it overlaps it, or is a much larger frame whose nose is that face's,
 * as the short-range network gives beside the right one.
 */
function isOfFace({ box, keypoints: [, , [x, y]] }: Detection, face: BoxXYWH): boolean {
  if (intersectionOverUnion(face, box) > SAME_FACE_OVERLAP) return true;
  const isLarger = Math.max(box.width, box.height) > LARGER_FRAME * Math.max(face.width, face.height);
  return isLarger && x > face.x && x < face.x + face.width && y > face.y && y < face.y + face.height;
}

/**
 * The doubtful faces that are consistent as they were read, or in one of four orientations. Each reading is checked by
 * a close-up of the square that its mesh fills.
 */
async function examine(
  image: RawImage,
  doubtful: readonly ReadFace[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<ReadFace[]> {
  if (doubtful.length === 0) return [];
  const meshes = [
    ...doubtful.map(({ mesh }, face) => ({ face, mesh })),
    ...(await readTurned(
      image,
      doubtful.map(({ detection }) => detection),
      closer,
      meshRois,
    )),
  ];
  const checks = await closer.lookAt(
    image,
    meshes.map(({ mesh }) => roiFromMesh(mesh.points)),
  );
  const read = meshes.flatMap(({ face, mesh }, i) => {
    const detection = checks[i];
    return detection ? [{ face, detection, mesh, evidence: evidenceOf(detection, mesh) }] : [];
  });
  const best = doubtful.flatMap((_, face) => {
    const [top, ...others] = read.filter((r) => r.face === face).sort((a, b) => b.evidence - a.evidence);
    if (!top || top.evidence < MIN_DISTINCT_EVIDENCE) return [];
    const next = others.find(
      ({ mesh }) => angleBetween(mesh.roi.rotationRad, top.mesh.roi.rotationRad) > SAME_ORIENTATION,
    );
    return [{ ...top, runnerUp: next?.evidence ?? -Infinity }];
  });
  const flipped = await meshRois(
    image,
    best.map(({ mesh }) => upsideDown(roiFromMesh(mesh.points))),
  );
  return best.filter((reading, i) => isConsistent({ ...reading, flipped: flipped[i]! }));
}

/** Two looks at each doubtful face in each orientation in which a close-up shows one. */
async function readTurned(
  image: RawImage,
  doubtful: readonly Detection[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<{ face: number; mesh: FaceMesh }[]> {
  const closeUps = await closer.lookAt(
    image,
    doubtful.flatMap(({ box }) => QUARTER_TURNS.map((turn) => squareAround(box, CLOSE_UP, turn))),
  );
  const attempts = doubtful.flatMap((_, face) => {
    const turned = closeUps
      .slice(face * QUARTER_TURNS.length, (face + 1) * QUARTER_TURNS.length)
      .flatMap((detection) => detection ?? []);
    const best = Math.max(...turned.map(({ score }) => score));
    return turned.filter(({ score }) => score > best - SCORE_RANGE).map((detection) => ({ face, detection }));
  });
  const first = await meshRois(
    image,
    attempts.map(({ detection }) => roiFromDetection(detection)),
  );
  const present = attempts
    .map(({ face }, i) => ({ face, mesh: first[i]! }))
    .filter(({ mesh }) => presenceLogit(mesh) > MIN_FIRST_PRESENCE);
  const second = await meshRois(
    image,
    present.map(({ mesh }) => roiFromMesh(mesh.points)),
  );
  return present.map(({ face }, i) => ({ face, mesh: second[i]! }));
}

function upsideDown(roi: Roi): Roi {
  return { ...roi, rotationRad: roi.rotationRad + Math.PI };
}
