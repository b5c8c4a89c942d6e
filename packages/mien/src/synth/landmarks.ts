/**
 * The 68 landmarks of a face (iBUG's order: jaw, brows, nose, eyes, outer lips, inner lips, each from the image's left to
 * the right and clockwise), as places of the rig: vertices of the skin, but for the brows, whose line is their own.
 */
import type { HeadPose } from '../geometry/pose.ts';
import { rotationFromPose } from '../geometry/pose.ts';
import type { Point3 } from '../image/raw-image.ts';
import type { Character } from './characters/character.ts';
import { BROW_LANDMARKS, browPath } from './parts/face-parts.ts';
import type { UnitIntensities } from './rig/action-units.ts';
import { mix } from './rig/curves.ts';
import { COLUMN } from './rig/head-cage.ts';
import { HeadRig } from './rig/head-rig.ts';

/** Landmark by landmark the vertex of the skin, or −1 for those of the brows. */
export function landmarkVertices(rig: HeadRig): readonly number[] {
  const { cage, character, surface } = rig;
  const { above, below, rows, vertices } = cage;
  const columns = above[0]!.length;
  const at = (row: number, column: number, lower = false): number =>
    (lower ? below : above)[row]![(column + columns) % columns]!;
  const nearest = (x: number, y: number, isFront: (z: number) => boolean = (z) => z < 0): number => {
    let [best, least] = [0, Infinity];
    vertices.forEach((_, i) => {
      const [vx, vy, vz] = [rig.rest[3 * i]!, rig.rest[3 * i + 1]!, rig.rest[3 * i + 2]!];
      if (!isFront(vz)) return;
      const distance = (vx - x) ** 2 + (vy - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  };
  const { head, nose } = character;
  const jaw = Array.from({ length: 17 }, (_, k) => {
    const t = (k - 8) / 8;
    const y = mix(head.chin - 0.03, head.eyeLine + 0.02, Math.abs(t) ** 1.5);
    const phi = (Math.sign(t) * Math.abs(t) ** 0.75 * 84 * Math.PI) / 180;
    const [px, py, pz] = surface.point(phi, y);
    let [best, least] = [0, Infinity];
    vertices.forEach((_, i) => {
      const distance =
        (rig.rest[3 * i]! - px) ** 2 + (rig.rest[3 * i + 1]! - py) ** 2 + (rig.rest[3 * i + 2]! - pz) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  });
  const bridge = [0, 1, 2, 3].map((k) => nearest(0, mix(mix(nose.root, head.eyeLine, 0.5), nose.tip, k / 3)));
  const base = [-0.9, -0.45, 0, 0.45, 0.9].map((k) =>
    nearest(k * nose.width, nose.tip + nose.width * (0.62 - 0.15 * Math.abs(k))),
  );
  const { innerEye, outerEye } = COLUMN;
  const third = (outerEye - innerEye) / 3;
  const [c1, c2] = [Math.round(innerEye + third), Math.round(outerEye - third)];
  const eye = rows.eye;
  const right = [
    at(eye, -outerEye),
    at(eye, -c2),
    at(eye, -c1),
    at(eye, -innerEye),
    at(eye, -c1, true),
    at(eye, -c2, true),
  ];
  const left = [at(eye, innerEye), at(eye, c1), at(eye, c2), at(eye, outerEye), at(eye, c2, true), at(eye, c1, true)];
  // rows 3 away from the slit are the borders of the red, 1 away the rims
  const m = rows.mouth;
  const outer = [
    at(m, -COLUMN.mouth),
    at(m - 3, -5),
    at(m - 3, -2),
    at(m - 3, 0),
    at(m - 3, 2),
    at(m - 3, 5),
    at(m, COLUMN.mouth),
    at(m + 3, 6),
    at(m + 3, 3),
    at(m + 3, 0),
    at(m + 3, -3),
    at(m + 3, -6),
  ];
  const inner = [
    at(m, -(COLUMN.mouth - 1)),
    at(m - 1, -4),
    at(m - 1, 0),
    at(m - 1, 4),
    at(m, COLUMN.mouth - 1),
    at(m + 1, 4),
    at(m + 1, 0),
    at(m + 1, -4),
  ];
  return [
    ...jaw,
    ...new Array<number>(2 * BROW_LANDMARKS).fill(-1),
    ...bridge,
    ...base,
    ...right,
    ...left,
    ...outer,
    ...inner,
  ];
}

const verticesOf = new WeakMap<HeadRig, readonly number[]>();

/**
 * The landmarks of a face that is turned about `pivot` and moved away from the camera by `distance`.
 * @param positions of its skin, turned and moved already
 */
export function landmarkPoints(
  rig: HeadRig,
  units: UnitIntensities,
  positions: Float32Array,
  pose: HeadPose,
  pivot: Point3,
  distance: number,
): Point3[] {
  let places = verticesOf.get(rig);
  if (!places) verticesOf.set(rig, (places = landmarkVertices(rig)));
  const R = rotationFromPose(pose);
  const turned = ([x, y, z]: Point3): Point3 => {
    const [dx, dy, dz] = [x - pivot[0], y - pivot[1], z - pivot[2]];
    return [
      R[0] * dx + R[1] * dy + R[2] * dz + pivot[0],
      R[3] * dx + R[4] * dy + R[5] * dz + pivot[1],
      R[6] * dx + R[7] * dy + R[8] * dz + pivot[2] + distance,
    ];
  };
  const brows = [...browPath(rig, -1, units, BROW_LANDMARKS).reverse(), ...browPath(rig, 1, units, BROW_LANDMARKS)].map(
    turned,
  );
  return places.map((vertex, k) =>
    vertex < 0 ? brows[k - 17]! : [positions[3 * vertex]!, positions[3 * vertex + 1]!, positions[3 * vertex + 2]!],
  );
}

/**
 * The 68 landmarks of a neutral face that looks straight ahead, in units of the head: its shape.
 * @example
 * ```ts
 * import { characterNamed, restLandmarks } from 'mienjs/synth';
 *
 * restLandmarks(characterNamed('nora')).length; // → 68
 * ```
 */
export function restLandmarks(character: Character): Point3[] {
  const rig = new HeadRig(character);
  const { positions } = rig.pose({});
  return landmarkPoints(rig, {}, positions, { yawDeg: 0, pitchDeg: 0, rollDeg: 0 }, [0, 0, 0], 0);
}
