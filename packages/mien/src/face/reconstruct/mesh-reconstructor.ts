/**
 * Faces from MediaPipe's mesh: the 468 points that were found anyway (or the first 468 of the attention mesh's 478),
 * made a dense surface. It costs no further network.
 */
import { ShapeError } from '../../errors.ts';
import {
  applyRigidAll,
  multiplyMatrix3,
  poseFromRotation,
  procrustes,
  rotationFromPose,
  transposed,
  visibleByZBuffer,
  type VisibilityRule,
} from '../../geometry/index.ts';
import type { Point3, RawImage } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import type { Face } from '../find-faces.ts';
import { landmarks68In3d } from '../landmarks.ts';
import { FaceSurface } from './face-surface.ts';
import { joined, readPhoto, type FaceReconstruction, type FaceReconstructor } from './reconstructor.ts';

export interface ReconstructorOptions {
  /** How hidden vertices are told; default `z-buffer`. */
  readonly visibility?: VisibilityRule;
  /** How dense the surface is. Default: 29,297 vertices. */
  readonly surface?: FaceSurface;
}

/**
 * The mesh takes heads for less turned than they are, by an eighth at 45° and a fifth at 60°
 * (`npm run bench -- recentralization`), and so lays the far cheek over what is behind the head. What a head turned by
 * this much more would hide is not trusted.
 */
const DOUBTED_YAW = 0.25;
/** A head that is turned this far already cannot be turned further and still be found. */
const MAX_DOUBTED_YAW_DEG = 80;
/** Turns below this hide too little to matter. */
const MIN_YAW_DEG = 10;

export class MeshReconstructor implements FaceReconstructor {
  readonly name = 'mesh';
  readonly #surface: FaceSurface;
  readonly #canonicalLandmarks: readonly Point3[];
  readonly #visibility: VisibilityRule;

  constructor(canonical: CanonicalFace, options: ReconstructorOptions = {}) {
    this.#surface = options.surface ?? new FaceSurface(canonical);
    this.#canonicalLandmarks = landmarks68In3d(canonical.vertices);
    this.#visibility = options.visibility ?? 'z-buffer';
  }

  async reconstruct(image: RawImage, { mesh }: Pick<Face, 'mesh'>): Promise<FaceReconstruction> {
    return this.reconstructMesh(image, mesh.points);
  }

  /** As `reconstruct`, at once. @param points at least the 468, px of the image */
  reconstructMesh(image: RawImage, points: readonly Point3[]): FaceReconstruction {
    const bad = points.findIndex((point) => !point.every(Number.isFinite));
    if (bad >= 0) throw new ShapeError('reconstruct', `mesh: expected finite points, got (${points[bad]!.join(', ')})`);
    const { positions, triangles, openings } = this.#surface.densify(points);
    const landmarks = landmarks68In3d(points);
    const face = readPhoto(image, { positions, triangles, openings, landmarks }, this.#visibility);
    if (this.#visibility !== 'z-buffer') return face;
    const visible = this.#withoutDoubted(face).slice();
    // Between closed lips and lids triangles have no direction that could be turned away: they are seen where their rim
    // is
    const skin = this.#surface.skinVertexCount;
    this.#surface.nearestRim.forEach((rim, i) => (visible[skin + i] = visible[rim]!));
    return { ...face, visible };
  }

  #withoutDoubted({ positions, triangles, openings, landmarks, visible }: FaceReconstruction): Uint8Array {
    const { rotation } = procrustes(this.#canonicalLandmarks, landmarks);
    const pose = poseFromRotation(rotation);
    if (Math.abs(pose.yawDeg) < MIN_YAW_DEG) return visible;
    const yaw = Math.min(
      Math.abs(pose.yawDeg) * (1 + DOUBTED_YAW),
      Math.max(Math.abs(pose.yawDeg), MAX_DOUBTED_YAW_DEG),
    );
    const further = rotationFromPose({ ...pose, yawDeg: Math.sign(pose.yawDeg) * yaw });
    const turn = multiplyMatrix3(further, transposed(rotation));
    const turned = applyRigidAll({ rotation: turn, scale: 1, translation: [0, 0, 0] }, positions);
    const stillVisible = visibleByZBuffer({ positions: turned, triangles: joined(triangles, openings) });
    return visible.map((value, i) => value & stillVisible[i]!);
  }
}
