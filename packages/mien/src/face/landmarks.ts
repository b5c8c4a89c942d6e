/**
 * The 68 landmarks that face datasets annotate (Sagonas et al. 2013, 300-W), read off the mesh, and the few groups
 * of them that alignment uses. Left and right are the subject's own; order and indices from 0:
 * jaw 0–16 (from the subject's right ear to the left), right brow 17–21, left brow 22–26, nose bridge 27–30,
 * nose base 31–35, right eye 36–41, left eye 42–47, outer lips 48–59, inner lips 60–67.
 */
import type { Point2, Point3 } from '../image/index.ts';
import { ShapeError } from '../errors.ts';

/**
 * Mesh vertices of each landmark; where two are given, their midpoint. The correspondence is published by
 * P. Yan (Mediapipe_2_Dlib_Landmarks); deviation: landmark 13 also takes two vertices, as its mirror image 3 does.
 */
export const LANDMARK_VERTICES: readonly (readonly number[])[] = [
  [127],
  [234],
  [93],
  [132, 58],
  [58, 172],
  [136],
  [150],
  [176],
  [152],
  [400],
  [379],
  [365],
  [397, 288],
  [361, 288],
  [323],
  [454],
  [356],
  [70],
  [63],
  [105],
  [66],
  [107],
  [336],
  [296],
  [334],
  [293],
  [300],
  [168, 6],
  [197, 195],
  [5],
  [4],
  [75],
  [97],
  [2],
  [326],
  [305],
  [33],
  [160],
  [158],
  [133],
  [153],
  [144],
  [362],
  [385],
  [387],
  [263],
  [373],
  [380],
  [61],
  [39],
  [37],
  [0],
  [267],
  [269],
  [291],
  [321],
  [314],
  [17],
  [84],
  [91],
  [78],
  [82],
  [13],
  [312],
  [308],
  [317],
  [14],
  [87],
];
export const LANDMARK_COUNT = 68;

/** @param mesh at least the 468 vertices   @returns 68 points; x and y in the mesh's unit */
export function landmarks68(mesh: readonly Point3[]): Point2[] {
  if (mesh.length < 468) throw new ShapeError('landmarks68', `mesh: expected at least 468 points, got ${mesh.length}`);
  return LANDMARK_VERTICES.map((vertices) => meanPoint(vertices.map((v): Point2 => [mesh[v]![0], mesh[v]![1]])));
}

/** As `landmarks68`, with the depth. */
export function landmarks68In3d(mesh: readonly Point3[]): Point3[] {
  const flat = landmarks68(mesh);
  return LANDMARK_VERTICES.map((vertices, i) => {
    const depth = vertices.reduce((sum, v) => sum + mesh[v]![2], 0) / vertices.length;
    return [...flat[i]!, depth];
  });
}

/** What alignment looks at: single points, or means of landmarks. */
export const LANDMARK_GROUPS = {
  rightEye: [36, 37, 38, 39, 40, 41],
  leftEye: [42, 43, 44, 45, 46, 47],
  noseTip: [30],
  mouthRight: [48],
  mouthLeft: [54],
  chin: [8],
} as const satisfies Record<string, readonly number[]>;
export type LandmarkGroup = keyof typeof LANDMARK_GROUPS;

/** The mean position of a group. @param landmarks the 68 */
export function groupCenter(landmarks: readonly Point2[], group: LandmarkGroup): Point2 {
  if (landmarks.length !== LANDMARK_COUNT)
    throw new ShapeError('groupCenter', `landmarks: expected ${LANDMARK_COUNT} points, got ${landmarks.length}`);
  return meanPoint(LANDMARK_GROUPS[group].map((i) => landmarks[i]!));
}

function meanPoint(points: readonly Point2[]): Point2 {
  let [x, y] = [0, 0];
  for (const p of points) {
    x += p[0];
    y += p[1];
  }
  return [x / points.length, y / points.length];
}
