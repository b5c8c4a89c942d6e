/**
 * Faces of which everything is known, to be drawn: surfaces and colors read off pictures, and others mixed from them.
 *
 * A mix differs from the mean face by random multiples of how each of the faces does. With weights of N(0, 1)/√n these
 * are draws from the Gaussian that the principal components of the meshes describe, all of them, without computing them.
 */
import { MienError } from '../../errors.ts';
import { applyRigid, KdTree } from '../../geometry/index.ts';
import type { Point3, RawImage } from '../../image/index.ts';
import type { Random } from '../../tensor/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { FaceSurface } from '../reconstruct/face-surface.ts';
import { MeshReconstructor } from '../reconstruct/mesh-reconstructor.ts';
import { recenter } from '../reconstruct/recenter.ts';

/** A face that looks along −z, cm, in the frame of the canonical face. */
export interface FaceSubject {
  /** The 468 points. */
  readonly mesh: readonly Point3[];
  /** uint8 [V,3], sRGB, of the vertices of a `FaceSurface`. */
  readonly colors: Uint8Array;
}

/** Faces that are turned further than this are not read: too much of them is guessed. */
const MAX_YAW_DEG = 25;
const MAX_PITCH_DEG = 28;

/** Reads subjects off pictures. */
export class SubjectReader {
  readonly #canonical: CanonicalFace;
  readonly #reconstructor: MeshReconstructor;
  /** For each vertex of the surface the one on the other side of the face. */
  readonly #mirror: Uint32Array;

  /** @param surface that the subjects are drawn with */
  constructor(canonical: CanonicalFace, surface: FaceSurface = new FaceSurface(canonical)) {
    this.#canonical = canonical;
    this.#reconstructor = new MeshReconstructor(canonical, { surface });
    const { positions } = surface.densify(canonical.vertices);
    const tree = new KdTree(positions);
    const nearest = new Uint32Array(1);
    this.#mirror = Uint32Array.from(
      { length: positions.length / 3 },
      (_, i) => tree.nearest(-positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!, nearest)[0]!,
    );
  }

  /**
   * @param points of the face's mesh, at least the 468, px of the image
   * @returns undefined where the face is turned too far; what the picture hides has the color of the other side
   */
  read(image: RawImage, points: readonly Point3[]): FaceSubject | undefined {
    const face = this.#reconstructor.reconstructMesh(image, points);
    const { transform, pose } = recenter(image, face, this.#canonical);
    if (Math.abs(pose.yawDeg) > MAX_YAW_DEG || Math.abs(pose.pitchDeg) > MAX_PITCH_DEG) return undefined;
    const colors = face.colors.slice();
    face.visible.forEach((seen, i) => {
      const other = 3 * this.#mirror[i]!;
      if (!seen) colors.set(face.colors.subarray(other, other + 3), 3 * i);
    });
    return {
      mesh: points.slice(0, this.#canonical.vertices.length).map((point) => applyRigid(transform, point)),
      colors,
    };
  }
}

/** The mean of the subjects' meshes. @throws {MienError} when there are none */
export function meanFace(subjects: readonly Pick<FaceSubject, 'mesh'>[]): Point3[] {
  const [first] = subjects;
  if (!first) throw new MienError('meanFace: expected at least one face, got none');
  return first.mesh.map((_, v): Point3 => {
    const mean = (axis: 0 | 1 | 2): number =>
      subjects.reduce((sum, { mesh }) => sum + mesh[v]![axis], 0) / subjects.length;
    return [mean(0), mean(1), mean(2)];
  });
}

/** Mixes faces: shapes of all, each time the colors of one. */
export class SubjectMixer {
  readonly #subjects: readonly FaceSubject[];
  readonly #mean: readonly Point3[];
  readonly #diversity: number;

  /**
   * @param diversity how much mixes differ from one another, in deviations of the faces that they are mixed from
   * @throws {MienError} when there are no faces
   */
  constructor(subjects: readonly FaceSubject[], diversity = 1) {
    this.#subjects = subjects;
    this.#mean = meanFace(subjects);
    this.#diversity = diversity;
  }

  /** Another face. */
  mix(random: Random): FaceSubject {
    const subjects = this.#subjects;
    const weights = subjects.map(() => (this.#diversity * random.normal()) / Math.sqrt(subjects.length));
    const { colors } = subjects[random.int(subjects.length)]!;
    const mesh = this.#mean.map((middle, v): Point3 => {
      const at = (axis: 0 | 1 | 2): number =>
        subjects.reduce((sum, other, k) => sum + weights[k]! * (other.mesh[v]![axis] - middle[axis]), middle[axis]);
      return [at(0), at(1), at(2)];
    });
    return { mesh, colors };
  }
}
