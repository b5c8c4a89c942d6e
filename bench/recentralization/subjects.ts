/**
 * Faces of which everything is known: surfaces and textures read off the demo photos of @vladmandic/face-api (which npm
 * installs; nothing of them is kept), mixed at random, and drawn from any side under any light.
 */
import { join } from 'node:path';
import { decodeImage } from 'mienjs';
import { FaceSurface, findFaces, landmarks68In3d, MeshReconstructor, recenter, type CanonicalFace } from 'mienjs/face';
import { loadFaceDetector, loadFaceMesher } from 'mienjs/face/node';
import { applyRigid, KdTree } from 'mienjs/geometry';
import type { Point3 } from 'mienjs/image';
import { Random } from 'mienjs/tensor';
import { folderOf } from '../installed.ts';

/** A face that looks along −z, cm, in the frame of the canonical face. */
export interface Subject {
  /** The 468 points. */
  readonly mesh: readonly Point3[];
  /** uint8 [V,3] for the vertices of `FaceSurface`. */
  readonly colors: Uint8Array;
}

const PHOTOS = [1, 2, 3, 4, 5, 6];
/** Faces that are turned further than this are not used: too much of them is guessed. */
const MAX_YAW_DEG = 25;
const MAX_PITCH_DEG = 28;
/** How much mixed faces differ from one another, in deviations of the faces that they are mixed from. */
const DIVERSITY = 1.5;

/** The faces of the demo photos that look more or less into the camera. */
export async function readSubjects(canonical: CanonicalFace): Promise<Subject[]> {
  const [detector, mesher] = await Promise.all([loadFaceDetector(), loadFaceMesher()]);
  const reconstructor = new MeshReconstructor(canonical);
  const mirror = mirrorVertices(canonical);
  const folder = join(folderOf('@vladmandic/face-api'), 'demo');
  const subjects: Subject[] = [];
  for (const photo of PHOTOS) {
    const image = await decodeImage(join(folder, `sample${photo}.jpg`));
    for (const { mesh } of await findFaces(image, detector, mesher)) {
      const face = reconstructor.reconstructMesh(image, mesh.points);
      const { transform, pose } = recenter(image, face, canonical);
      if (Math.abs(pose.yawDeg) > MAX_YAW_DEG || Math.abs(pose.pitchDeg) > MAX_PITCH_DEG) continue;
      subjects.push({
        mesh: mesh.points.slice(0, canonical.vertices.length).map((point) => applyRigid(transform, point)),
        colors: completed(face.colors, face.visible, mirror),
      });
    }
  }
  return subjects;
}

/** For each vertex of the surface the one on the other side of the face. */
function mirrorVertices(canonical: CanonicalFace): Uint32Array {
  const { positions } = new FaceSurface(canonical).densify(canonical.vertices);
  const tree = new KdTree(positions);
  const nearest = new Uint32Array(1);
  return Uint32Array.from(
    { length: positions.length / 3 },
    (_, i) => tree.nearest(-positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!, nearest)[0]!,
  );
}

/** What was hidden has the color of the other side. */
function completed(colors: Uint8Array, visible: Uint8Array, mirror: Uint32Array): Uint8Array {
  const out = colors.slice();
  visible.forEach((seen, i) => {
    if (!seen) out.set(colors.subarray(3 * mirror[i]!, 3 * mirror[i]! + 3), 3 * i);
  });
  return out;
}

/**
 * Faces whose shapes differ from the mean face by random multiples of how each of the faces does, Σ w (s − s̄), and whose
 * textures are those of one of them.
 * @param count with the same seed, the first of a larger number are the same
 */
export function mixSubjects(subjects: readonly Subject[], count: number, seed: number): Subject[] {
  const random = new Random(seed, 'mixed faces');
  const mean = subjects[0]!.mesh.map((_, v): Point3 => averageOf(subjects.map(({ mesh }) => mesh[v]!)));
  return Array.from({ length: count }, () => {
    const weights = subjects.map(() => (DIVERSITY * random.normal()) / Math.sqrt(subjects.length));
    const { colors } = subjects[random.int(subjects.length)]!;
    const mesh = mean.map((middle, v): Point3 => {
      const at = (axis: 0 | 1 | 2): number =>
        subjects.reduce((sum, other, k) => sum + weights[k]! * (other.mesh[v]![axis] - middle[axis]), middle[axis]);
      return [at(0), at(1), at(2)];
    });
    return { mesh, colors };
  });
}

function averageOf(points: readonly Point3[]): Point3 {
  const mean = (axis: 0 | 1 | 2): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}

export const subjectLandmarks = ({ mesh }: Subject): Point3[] => landmarks68In3d(mesh);
