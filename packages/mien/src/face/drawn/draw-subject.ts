/**
 * Pictures of subjects: any side, any light, any background, with a plain head behind the face so that profiles have an
 * outline.
 */
import { ShapeError } from '../../errors.ts';
import {
  applyMatrix3,
  applyRigidAll,
  interpolate,
  lambertShading,
  type HeadPose,
  type PerspectiveCamera,
  pointsOf,
  rasterize,
  type RigidTransform,
  rotationFromPose,
  vertexNormals,
} from '../../geometry/index.ts';
import { rawImage, type HeightWidth, type Point3, type RawImage } from '../../image/index.ts';
import { backgroundPainter } from '../../synth/background.ts';
import { toSrgb } from '../../synth/paint.ts';
import type { Background } from '../../synth/scene.ts';
import type { FaceSurface } from '../reconstruct/face-surface.ts';
import { joined } from '../reconstruct/reconstructor.ts';
import type { FaceSubject } from './subject.ts';

export interface SubjectScene {
  readonly pose: HeadPose;
  /** Of the picture, px. */
  readonly size: HeightWidth;
  readonly camera: PerspectiveCamera;
  /** From the camera to the point that the head turns about, cm. */
  readonly distance: number;
  /** Towards the light, in the camera's frame; none: even light. */
  readonly light?: Point3;
  /** Share of the light that comes from everywhere. Default 0.35. */
  readonly ambient?: number;
  /** Color of the head behind the face, sRGB. */
  readonly hair: readonly [number, number, number];
  readonly background: Background;
  /** Samples along each side of a pixel. Default 1. */
  readonly samples?: number;
}

export interface DrawnSubject {
  readonly image: RawImage;
  /** The surface in the camera's frame, cm; skin and openings. */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  /** The 468 points of the mesh: x and y in px, z in px of the head's distance, 0 in its middle, smaller nearer. */
  readonly points: readonly Point3[];
}

/** The point that heads turn about, in the face's frame, cm. */
const PIVOT: Point3 = [0, 0, 2];
/** An ellipsoid: center and radii, cm. */
const SKULL = { center: [0, -1, 4.5], radii: [7.6, 10.5, 8] } as const;

/** From the subject's frame to the camera's. */
export function placeSubject(pose: HeadPose, distance: number): RigidTransform {
  const rotation = rotationFromPose(pose);
  const turned = applyMatrix3(rotation, PIVOT);
  return { rotation, scale: 1, translation: [-turned[0], -turned[1], distance - turned[2]] };
}

/** A point of the camera's frame as the picture has it, with its depth behind the head's middle in px. */
export function projectPoint([x, y, z]: Point3, { focalPx, center }: PerspectiveCamera, distance: number): Point3 {
  const scale = focalPx / z;
  return [x * scale + center[0], y * scale + center[1], ((z - distance) * focalPx) / distance];
}

/** @param surface as dense as that of the subject's colors   @throws {ShapeError} when it is not, or the size is no size */
export function drawSubject(subject: FaceSubject, surface: FaceSurface, scene: SubjectScene): DrawnSubject {
  const { pose, size, camera, distance, light, ambient = 0.35, hair, background, samples = 1 } = scene;
  const place = placeSubject(pose, distance);
  const { positions: own, triangles: skin, openings } = surface.densify(subject.mesh);
  if (subject.colors.length !== own.length)
    throw new ShapeError(
      'drawSubject',
      `colors of ${subject.colors.length / 3} vertices, a surface of ${own.length / 3}`,
    );
  const positions = applyRigidAll(place, own);
  const triangles = joined(skin, openings);
  const skull = makeSkull();
  const all = merged(
    { positions, triangles },
    { positions: applyRigidAll(place, skull.positions), triangles: skull.triangles },
  );
  const colors = new Uint8Array(all.positions.length);
  colors.set(subject.colors);
  for (let at = subject.colors.length; at < colors.length; at += 3) colors.set(hair, at);

  const [width, height] = [size.width * samples, size.height * samples];
  const dense: PerspectiveCamera = {
    ...camera,
    focalPx: camera.focalPx * samples,
    center: [camera.center[0] * samples, camera.center[1] * samples],
  };
  const raster = rasterize(all, dense, { width, height });
  const pixels = interpolate(raster, all.triangles, colors, 3);
  const lit = light ? interpolate(raster, all.triangles, lambertShading(vertexNormals(all), light), 1) : undefined;
  const paint = backgroundPainter(background);
  const behind = new Float32Array(3);
  const sums = new Float32Array(3 * size.width * size.height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const to = 3 * (Math.floor(y / samples) * size.width + Math.floor(x / samples));
      const isEmpty = raster.triangleIds[pixel]! < 0;
      if (isEmpty) paint(behind, (x + 0.5) / width, (y + 0.5) / height);
      const gain = lit ? ambient + (1 - ambient) * lit[pixel]! : 1;
      for (let c = 0; c < 3; c++)
        sums[to + c]! += isEmpty ? toSrgb(behind[c]!) : Math.min(255, pixels[3 * pixel + c]! * gain);
    }
  return {
    image: rawImage(
      size.width,
      size.height,
      3,
      Uint8Array.from(sums, (sum) => sum / samples ** 2),
    ),
    positions,
    triangles,
    points: pointsOf(applyRigidAll(place, Float32Array.from(subject.mesh.flat()))).map((point) =>
      projectPoint(point, camera, distance),
    ),
  };
}

interface Part {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

function merged(a: Part, b: Part): Part {
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
