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
/** How much larger than a face a frame around it is that is not another face, and how far its nose may lie from that face, in units of the face's box. */
const LARGER_FRAME = 1.5;
const NOSE_SLACK = 0.1;
/** Less evidence at the first look is not worth a second one: of 418 doubtful faces that were read in the end, the least had 0.29. */
const MIN_FIRST_EVIDENCE = 0.2;
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
  const isSecond = (d: Detection): boolean =>
    detections.some((other) => other.score > d.score && isOfFace(d, other.box));
  const seconds = detections.filter(isSecond);
  const faces = await readEach(
    image,
    detections.filter((d) => !seconds.includes(d)),
    closer,
    meshRois,
  );
  const boxes = faces.map(({ mesh }) => boundingBox(mesh.points));
  const others = seconds.filter((d) => !boxes.some((box) => isOfFace(d, box)));
  return others.length === 0 ? faces : [...faces, ...(await readEach(image, others, closer, meshRois))];
}

/** As `readFaces`, all at once. */
async function readEach(
  image: RawImage,
  detections: readonly Detection[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<ReadFace[]> {
  const looks = (await meshRois(image, detections.map(roiFromDetection))).map((mesh, i) =>
    readFace(detections[i]!, mesh),
  );
  const isSettled = ({ mesh, evidence }: ReadFace): boolean =>
    evidence >= SURE_AT_FIRST && roiDistance(mesh.roi, roiFromMesh(mesh.points)) < SETTLED;
  const unsettled = looks.filter((face) => !isSettled(face) && face.evidence >= MIN_FIRST_EVIDENCE);
  const second = await lookAgain(image, unsettled, meshRois);
  const sure = [...looks.filter(isSettled), ...second.filter(({ evidence }) => evidence >= SURE_EVIDENCE)];
  const taken = sure.map(({ mesh }) => boundingBox(mesh.points));
  const isOpen = ({ detection, evidence }: ReadFace): boolean =>
    evidence < SURE_EVIDENCE && !taken.some((box) => isOfFace(detection, box));

  // Each reading is checked by a close-up of the square that its mesh fills; alone, that may be enough
  const checked = await check(image, second.filter(isOpen), closer);
  const open = [
    ...checked.map(({ face: { detection }, reading }) => ({ detection, reading })),
    ...looks
      .filter((face) => face.evidence < MIN_FIRST_EVIDENCE && isOpen(face))
      .map(({ detection }) => ({ detection, reading: undefined })),
  ];
  const isClear = ({ reading }: Doubtful): boolean => reading !== undefined && reading.evidence >= SURE_EVIDENCE;
  return [
    ...sure,
    ...open.filter(isClear).map(({ reading }) => reading!),
    ...(await examine(
      image,
      open.filter((face) => !isClear(face)),
      closer,
      meshRois,
    )),
  ];
}

const readFace = (detection: Detection, mesh: FaceMesh): ReadFace => ({
  detection,
  mesh,
  evidence: evidenceOf(detection, mesh),
});

/** The faces as the mesh sees them in the squares that it gave itself. */
async function lookAgain<T extends ReadFace>(image: RawImage, faces: readonly T[], meshRois: MeshRois): Promise<T[]> {
  const meshes = await meshRois(
    image,
    faces.map(({ mesh }) => roiFromMesh(mesh.points)),
  );
  return faces.map((face, i) => ({ ...face, ...readFace(face.detection, meshes[i]!) }));
}

/** Each face as the detector sees it in the square that its mesh fills; undefined where it sees none. */
async function check<T extends ReadFace>(
  image: RawImage,
  faces: readonly T[],
  closer: CloserLook,
): Promise<{ face: T; reading: ReadFace | undefined }[]> {
  const closeUps = await closer.lookAt(
    image,
    faces.map(({ mesh }) => roiFromMesh(mesh.points)),
  );
  return faces.map((face, i) => {
    const detection = closeUps[i];
    return { face, reading: detection && readFace(detection, face.mesh) };
  });
}

/** Whether a detection is of the face in the box: it overlaps it, or is a frame around it. */
const isOfFace = (detection: Detection, face: BoxXYWH): boolean =>
  intersectionOverUnion(face, detection.box) > SAME_FACE_OVERLAP || isAround(detection, face);

/**
 * Whether a detection is a much larger frame whose nose is that of the face in the box, as the short-range network gives
 * beside the right one.
 */
function isAround({ box, keypoints: [, , [x, y]] }: Detection, face: BoxXYWH): boolean {
  const isLarger = Math.max(box.width, box.height) > LARGER_FRAME * Math.max(face.width, face.height);
  const [u, v] = [(x - face.x) / face.width, (y - face.y) / face.height];
  return isLarger && Math.min(u, v) > -NOSE_SLACK && Math.max(u, v) < 1 + NOSE_SLACK;
}

/** A detection that may be a face, and what its close-up makes of it as it was read. */
interface Doubtful {
  readonly detection: Detection;
  readonly reading: ReadFace | undefined;
}

/** The doubtful faces that are consistent as they were read, or in one of four orientations. */
async function examine(
  image: RawImage,
  doubtful: readonly Doubtful[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<ReadFace[]> {
  if (doubtful.length === 0) return [];
  const turned = await check(image, await readTurned(image, doubtful, closer, meshRois), closer);
  const best = doubtful.flatMap((face) => {
    const [top, ...others] = [
      face.reading,
      ...turned.filter((attempt) => attempt.face.of === face).map(({ reading }) => reading),
    ]
      .flatMap((reading) => reading ?? [])
      .sort((a, b) => b.evidence - a.evidence);
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
  doubtful: readonly Doubtful[],
  closer: CloserLook,
  meshRois: MeshRois,
): Promise<(ReadFace & { readonly of: Doubtful })[]> {
  const closeUps = await closer.lookAt(
    image,
    doubtful.flatMap(({ detection: { box } }) => QUARTER_TURNS.map((turn) => squareAround(box, CLOSE_UP, turn))),
  );
  const attempts = doubtful.flatMap((of, i) => {
    const turned = closeUps
      .slice(i * QUARTER_TURNS.length, (i + 1) * QUARTER_TURNS.length)
      .flatMap((detection) => detection ?? []);
    const best = Math.max(...turned.map(({ score }) => score));
    return turned.filter(({ score }) => score > best - SCORE_RANGE).map((detection) => ({ of, detection }));
  });
  const first = await meshRois(
    image,
    attempts.map(({ detection }) => roiFromDetection(detection)),
  );
  const promising = attempts
    .map(({ of, detection }, i) => ({ of, ...readFace(detection, first[i]!) }))
    .filter(({ mesh, evidence }) => evidence >= MIN_FIRST_EVIDENCE && presenceLogit(mesh) > MIN_FIRST_PRESENCE);
  return lookAgain(image, promising, meshRois);
}

function upsideDown(roi: Roi): Roi {
  return { ...roi, rotationRad: roi.rotationRad + Math.PI };
}
