import { describe, expect, it } from 'vitest';
import { applyMatrix3, poseFromRotation, rotationFromPose, type HeadPose } from '../../geometry/index.ts';
import { rawImage, type Point2, type Point3, type RawImage } from '../../image/index.ts';
import { RAF_ALIGNMENT } from '../align-points.ts';
import { alignFace } from '../align.ts';
import { landmarks68 } from '../landmarks.ts';
import { loadCanonicalFace } from '../node.ts';
import { Frontalizer } from './frontalize.ts';
import { FaceSurface } from './face-surface.ts';
import { interpolate, rasterize } from '../../geometry/index.ts';

const canonical = await loadCanonicalFace();
const surface = new FaceSurface(canonical).densify(canonical.vertices);
const frontalizer = new Frontalizer(canonical, RAF_ALIGNMENT);
const SIDE = 240;
const FOCAL = 900;
const DISTANCE = 75;

/** A photo of the average face, painted by where each point of it is: red across, green down, in the same way on both sides. */
function photo(yawDeg: number): { image: RawImage; landmarks: Point2[] } {
  const pose: HeadPose = { yawDeg, pitchDeg: 0, rollDeg: 0 };
  const R = rotationFromPose(pose);
  const place = (p: Point3): Point3 => {
    const [x, y, z] = applyMatrix3(R, p);
    return [x, y, z + DISTANCE];
  };
  const positions = Float32Array.from(
    Array.from({ length: surface.positions.length / 3 }, (_, i) =>
      place(surface.positions.subarray(3 * i, 3 * i + 3) as unknown as Point3),
    ).flatMap((p) => [...p]),
  );
  const triangles = Uint32Array.from([surface.triangles, surface.openings].flatMap((t) => [...t]));
  const camera = { kind: 'perspective', focalPx: FOCAL, center: [SIDE / 2, SIDE / 2] } as const;
  const raster = rasterize({ positions, triangles }, camera, { width: SIDE, height: SIDE });
  const own = interpolate(raster, triangles, surface.positions, 3);
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return raster.triangleIds[pixel]! < 0
      ? 255 * (i % 3 === 2 ? 1 : 0)
      : [130 + 14 * own[3 * pixel]!, 120 + 12 * own[3 * pixel + 1]!, 20][i % 3]!;
  });
  const landmarks = landmarks68(
    canonical.vertices.map((p): Point3 => {
      const [x, y, z] = place(p);
      return [(FOCAL * x) / z + SIDE / 2, (FOCAL * y) / z + SIDE / 2, z];
    }),
  );
  return { image: rawImage(SIDE, SIDE, 3, data), landmarks };
}

/** Mean difference of two images in a channel, over some columns of the mask. */
function difference(
  a: RawImage,
  b: RawImage,
  mask: Uint8Array,
  columns: readonly [number, number],
  channel: number,
): number {
  let [sum, count] = [0, 0];
  mask.forEach((on, pixel) => {
    const x = pixel % a.width;
    if (!on || x < columns[0] || x >= columns[1]) return;
    sum += Math.abs(a.data[3 * pixel + channel]! - b.data[3 * pixel + channel]!);
    count++;
  });
  return sum / count;
}

const front = frontalizer.frontalize(photo(0).image, photo(0).landmarks);

describe('frontalization', () => {
  it('frames a face as alignment does', () => {
    const { image, landmarks } = photo(0);
    const aligned = alignFace(image, landmarks, RAF_ALIGNMENT).image;
    const inner = front.mask.map((on, p) => (on && p % 100 > 20 && p % 100 < 80 && p > 3000 && p < 8000 ? 1 : 0));
    expect(front.filled).toBe('none');
    for (const channel of [0, 1]) expect(difference(front.image, aligned, inner, [0, 100], channel)).toBeLessThan(6);
  });

  it.each([
    [45, 'right', [5, 45]],
    [-45, 'left', [55, 95]],
  ] as const)('turns a head at %i° to the front: the seen side as it is, the %s one from it', (yaw, filled, seen) => {
    const { image, landmarks } = photo(yaw);
    const turned = frontalizer.frontalize(image, landmarks);
    expect(turned.filled).toBe(filled);
    // The angle is from the line of sight to the face, which is not the middle of the picture
    expect(Math.abs(poseFromRotation(turned.pose.rotation).yawDeg - yaw)).toBeLessThan(3);
    for (const channel of [0, 1])
      expect(difference(turned.image, front.image, turned.mask, seen, channel)).toBeLessThan(5);
    // Down is the same on both sides, so what is filled is right too; no blue of the background is left
    expect(difference(turned.image, front.image, turned.mask, [10, 90], 1)).toBeLessThan(12);
  });

  it('paints frames of any size', () => {
    const { image, landmarks } = photo(45);
    const size = { width: 400, height: 400 };
    const large = new Frontalizer(canonical, { ...RAF_ALIGNMENT, size }).frontalize(image, landmarks);
    expect([large.image.width, large.filled]).toEqual([400, 'right']);
  });

  it('mirrors no eyes', () => {
    const { image, landmarks } = photo(30);
    const { image: face, filled } = frontalizer.frontalize(image, landmarks);
    expect(filled).toBe('right');
    // Red grows from left to right; a mirrored eye would have the left one's red
    const at = (x: number): number => face.data[3 * (38 * 100 + x)]!;
    expect(at(68)).toBeGreaterThan(at(32) + 40);
  });

  it('answers faces cut off by the border, and refuses what is not a face', () => {
    const { image, landmarks } = photo(0);
    const beyond = landmarks.map(([x, y]): Point2 => [x - 120, y]);
    const { image: face, filled } = frontalizer.frontalize(image, beyond);
    expect(face.data).toHaveLength(100 * 100 * 3);
    expect(filled).toBe('left');
    expect(() => frontalizer.frontalize(image, landmarks.slice(1))).toThrow('expected 68 points, got 67');
    expect(() =>
      frontalizer.frontalize(
        image,
        landmarks.map((): Point2 => [5, 5]),
      ),
    ).toThrow('got a face of 0 px');
    expect(() =>
      frontalizer.frontalize(
        image,
        landmarks.map((): Point2 => [NaN, 5]),
      ),
    ).toThrow('frontalize: expected');
  });
});
