/** Photos of subjects: any side, any light, with a plain head behind the face so that profiles have an outline. */
import {
  applyMatrix3,
  applyRigid,
  applyRigidAll,
  interpolate,
  lambertShading,
  type PerspectiveCamera,
  rasterize,
  rotationFromPose,
  vertexNormals,
  type HeadPose,
  type RigidTransform,
} from 'mienjs/geometry';
import { type FaceSurface, joined } from 'mienjs/face';
import { rawImage, type Point3, type RawImage } from 'mienjs/image';
import { subjectLandmarks, type Subject } from './subjects.ts';

export interface View extends HeadPose {
  /** Towards the light, in the camera's frame; none: even light. */
  readonly light?: Point3;
}

export interface Drawing {
  readonly image: RawImage;
  /** The surface in the camera's frame, cm; skin and openings. */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  /** The 68, px; z in px of the face's distance, 0 at the middle of the head. */
  readonly landmarks: readonly Point3[];
  /** Between the centers of the eyes, in space, px. */
  readonly eyeDistancePx: number;
}

const SIZE = 320;
/** From the camera to the middle of the head, cm, and pixels per cm there. */
const DISTANCE = 70;
const PX_PER_CM = 9;
const CAMERA: PerspectiveCamera = { kind: 'perspective', focalPx: DISTANCE * PX_PER_CM, center: [SIZE / 2, SIZE / 2] };
/** The point that heads turn about, in the face's frame. */
const PIVOT: Point3 = [0, 0, 2];
const AMBIENT = 0.35;
const HAIR = [46, 36, 30] as const;
const GROUND = [118, 124, 132] as const;
/** An ellipsoid: center and radii, cm. */
const SKULL = { center: [0, -1, 4.5], radii: [7.6, 10.5, 8] } as const;

export function draw(subject: Subject, surface: FaceSurface, view: View): Drawing {
  const rotation = rotationFromPose(view);
  const turned = applyMatrix3(rotation, PIVOT);
  const place: RigidTransform = { rotation, scale: 1, translation: [-turned[0], -turned[1], DISTANCE - turned[2]] };
  const { positions: own, triangles: skin, openings } = surface.densify(subject.mesh);
  const positions = applyRigidAll(place, own);
  const triangles = joined(skin, openings);
  const skull = makeSkull();
  const scene = merge(
    { positions, triangles },
    { positions: applyRigidAll(place, skull.positions), triangles: skull.triangles },
  );
  const colors = new Uint8Array(scene.positions.length);
  colors.set(subject.colors);
  for (let at = subject.colors.length; at < colors.length; at += 3) colors.set(HAIR, at);

  const raster = rasterize(scene, CAMERA, { width: SIZE, height: SIZE });
  const pixels = interpolate(raster, scene.triangles, colors, 3);
  const light = view.light
    ? interpolate(raster, scene.triangles, lambertShading(vertexNormals(scene), view.light), 1)
    : undefined;
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
    const gain = light ? AMBIENT + (1 - AMBIENT) * light[pixel]! : 1;
    for (let c = 0; c < 3; c++)
      data[3 * pixel + c] =
        raster.triangleIds[pixel]! < 0 ? GROUND[c as 0]! : Math.min(255, pixels[3 * pixel + c]! * gain);
  }
  const landmarks = subjectLandmarks(subject).map((point) => onScreen(applyRigid(place, point)));
  return {
    image: rawImage(SIZE, SIZE, 3, data),
    positions,
    triangles,
    landmarks,
    eyeDistancePx: eyeDistance(subjectLandmarks(subject)) * PX_PER_CM,
  };
}

function onScreen([x, y, z]: Point3): Point3 {
  const scale = CAMERA.focalPx / z;
  return [x * scale + SIZE / 2, y * scale + SIZE / 2, (z - DISTANCE) * PX_PER_CM];
}

/** Between the means of the points of each eye. */
export function eyeDistance(landmarks: readonly Point3[]): number {
  const center = (from: number): Point3 => {
    const eye = landmarks.slice(from, from + 6);
    return [0, 1, 2].map((k) => eye.reduce((sum, p) => sum + p[k as 0] / 6, 0)) as unknown as Point3;
  };
  const [right, left] = [center(36), center(42)];
  return Math.hypot(right[0] - left[0], right[1] - left[1], right[2] - left[2]);
}

interface Part {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

function merge(a: Part, b: Part): Part {
  const positions = new Float32Array(a.positions.length + b.positions.length);
  positions.set(a.positions);
  positions.set(b.positions, a.positions.length);
  return {
    positions,
    triangles: joined(
      a.triangles,
      b.triangles.map((vertex) => vertex + a.positions.length / 3),
    ),
  };
}

/** An ellipsoid of 24 × 32 facets. */
function makeSkull(): Part {
  const [rows, columns] = [24, 32];
  const positions: number[] = [];
  const triangles: number[] = [];
  for (let r = 0; r <= rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [theta, phi] = [(Math.PI * r) / rows, (2 * Math.PI * c) / columns];
      const unit = [Math.sin(theta) * Math.cos(phi), -Math.cos(theta), Math.sin(theta) * Math.sin(phi)];
      positions.push(...unit.map((u, k) => SKULL.center[k]! + SKULL.radii[k]! * u));
      if (r === rows) continue;
      const [a, b] = [r * columns + c, r * columns + ((c + 1) % columns)];
      triangles.push(a, b, a + columns, b, b + columns, a + columns);
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}
