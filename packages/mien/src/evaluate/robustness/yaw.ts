/** Accuracy by how far a head is turned to a side, which the mesh of the face tells. */
import { headPose, meshOfCrop, type CanonicalFace, type MediaPipeMesher } from '../../face/index.ts';
import { loadCanonicalFace, loadFaceMesher } from '../../face/node.ts';
import type { RawImage } from '../../image/index.ts';

/** @returns yaw in degrees, positive to the subject's left; undefined where there is no mesh */
export type MeasureYaw = (image: RawImage) => Promise<number | undefined>;

export interface YawBin {
  /** |yaw| in degrees, from `low` up to but without `high`; both null: no mesh was found. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** NaN without images. */
  readonly accuracy: number;
}

const EDGES = [0, 10, 20, 30, 45, 90];

/** Yaw by the mesh, of images that are each the crop of one face. */
export function meshYaw(mesher: Pick<MediaPipeMesher, 'meshRois'>, canonical: CanonicalFace): MeasureYaw {
  return async (image) => {
    const points = await meshOfCrop(image, mesher);
    return points && headPose(points, canonical).yawDeg;
  };
}

/** `meshYaw` with the networks that npm installed. @throws {MienError} when the package that holds them is missing */
export async function loadMeshYaw(): Promise<MeasureYaw> {
  return meshYaw(await loadFaceMesher(), await loadCanonicalFace());
}

/** @param yaws [N] degrees   @param right [N] */
export function binByYaw(yaws: readonly (number | undefined)[], right: readonly boolean[]): YawBin[] {
  const bin = (low: number | null, high: number | null, holds: (yaw: number | undefined) => boolean): YawBin => {
    const rows = right.filter((_, i) => holds(yaws[i]));
    return { low, high, n: rows.length, accuracy: rows.filter(Boolean).length / rows.length };
  };
  return [
    ...EDGES.slice(1).map((high, i) =>
      bin(
        EDGES[i]!,
        high,
        (yaw) => yaw !== undefined && Math.abs(yaw) >= EDGES[i]! && (Math.abs(yaw) < high || i === EDGES.length - 2),
      ),
    ),
    bin(null, null, (yaw) => yaw === undefined),
  ];
}
