import { describe, expect, it } from 'vitest';
import { applyMatrix3, multiplyMatrix3, rotationFromPose, transposed, type HeadPose } from '../../geometry/index.ts';
import { rawImage, type Point3, type RawImage } from '../../image/index.ts';
import { loadCanonicalFace } from '../node.ts';
import { MeshReconstructor } from './mesh-reconstructor.ts';
import { recenter } from './recenter.ts';

const canonical = await loadCanonicalFace();
const reconstructor = new MeshReconstructor(canonical);
const PX_PER_CM = 10;
const STRAIGHT: HeadPose = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };

/** A photo whose color tells the place: red to the right, green down. */
const PHOTO: RawImage = rawImage(
  300,
  300,
  3,
  Uint8Array.from(
    { length: 300 * 300 * 3 },
    (_, i) => [(i / 3) % 300, Math.floor(i / 900), 90][i % 3]! * (i % 3 < 2 ? 0.85 : 1),
  ),
);

/** The canonical face in the photo. */
function turned(pose: Partial<HeadPose>, shift: readonly [number, number] = [150, 150]): Point3[] {
  const R = rotationFromPose({ ...STRAIGHT, ...pose });
  return canonical.vertices.map((p) => {
    const [x, y, z] = applyMatrix3(R, p);
    return [PX_PER_CM * x + shift[0], PX_PER_CM * y + shift[1], PX_PER_CM * z];
  });
}

const reconstruct = (points: readonly Point3[]) => reconstructor.reconstructMesh(PHOTO, points);
const frontal = (points: readonly Point3[]) => recenter(PHOTO, reconstruct(points), canonical);
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('re-centralization', () => {
  it('recovers how the head is turned, to 1e-6', () => {
    for (const pose of [
      { yawDeg: 40 },
      { yawDeg: -75, pitchDeg: 10 },
      { pitchDeg: -30, rollDeg: 120 },
      { yawDeg: 90 },
    ]) {
      const { transform, pose: read } = frontal(turned(pose));
      const expected = transposed(rotationFromPose({ ...STRAIGHT, ...pose }));
      transform.rotation.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThan(1e-6));
      expect(transform.scale).toBeCloseTo(1 / PX_PER_CM, 6);
      for (const [key, value] of Object.entries(pose)) expect(read[key as keyof HeadPose]).toBeCloseTo(value, 4);
    }
  });

  it('answers a mirrored face with a proper rotation', () => {
    const [a, b, c, d, e, f, g, h, i] = frontal(turned({ yawDeg: 20 }).map(([x, y, z]): Point3 => [300 - x, y, z]))
      .transform.rotation;
    expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(1, 9);
  });

  it('gives a face at 45° the shading of the face from the front, where it was seen', () => {
    const [front, side] = [frontal(turned({})), frontal(turned({ yawDeg: 45, rollDeg: 10 }))];
    const both = [...front.mask.keys()].filter((p) => front.mask[p] && side.mask[p]);
    expect(both.length / mean([front.mask.reduce((s, v) => s + v, 0)])).toBeGreaterThan(0.6);
    const differences = both.map((p) => Math.abs(front.shading.data[p]! - side.shading.data[p]!));
    expect(mean(differences)).toBeLessThan(1);
  });

  it('leaves the far half of a profile empty, and the near half as it is', () => {
    const [front, profile] = [frontal(turned({})), frontal(turned({ yawDeg: 80 }))];
    // Turned to the subject's own left, the image's right: the right half of the frame is hidden
    const share = (mask: Uint8Array, from: number, to: number): number => {
      let [seen, all] = [0, 0];
      for (let p = 0; p < mask.length; p++) {
        if (p % 100 < from || p % 100 >= to || !front.mask[p]) continue;
        all++;
        seen += mask[p]!;
      }
      return seen / all;
    };
    expect(share(profile.mask, 55, 100)).toBeLessThan(0.02);
    expect(share(profile.mask, 0, 40)).toBeGreaterThan(0.9);
    profile.mask.forEach((seen, p) => {
      if (seen) return;
      expect(profile.shading.data[p]).toBe(0);
    });
    expect(profile.visibleShare).toBeLessThan(0.6);
    expect(front.visibleShare).toBeGreaterThan(0.9);
  });

  it('takes the texture from where the face is in the photo', () => {
    const { texture, mask } = frontal(turned({}));
    const points = turned({});
    const at = (vertex: number): number[] => {
      const [x, y] = canonical.vertices[vertex]!;
      const scale = (100 * 0.88) / (9.403377532958984 + 8.261777877807617);
      const pixel = Math.floor(50 + scale * (y - 0.5708)) * 100 + Math.floor(50 + scale * x);
      expect(mask[pixel]).toBe(1);
      return [...texture.data.subarray(3 * pixel, 3 * pixel + 2)];
    };
    for (const vertex of [4, 50, 280, 9]) {
      const [red, green] = at(vertex);
      expect(Math.abs(red! - 0.85 * points[vertex]![0])).toBeLessThan(3);
      expect(Math.abs(green! - 0.85 * points[vertex]![1])).toBeLessThan(3);
    }
  });

  it('counts what is beyond the border of the photo as not seen', () => {
    const { visibleShare, mask } = frontal(turned({}, [0, 150]));
    expect(visibleShare).toBeGreaterThan(0.4);
    expect(visibleShare).toBeLessThan(0.55);
    for (let p = 0; p < mask.length; p++) if (p % 100 < 45) expect(mask[p]).toBe(0);
  });

  it('drops little of a frontal face by the rule of the outermost points, and shades it by planes', () => {
    const points = turned({});
    const byPoints = new MeshReconstructor(canonical, { visibility: 'outermost-points' }).reconstructMesh(
      PHOTO,
      points,
    );
    const planes = recenter(PHOTO, byPoints, canonical, { normals: 'plane-fit', dropHidden: false });
    const mesh = recenter(PHOTO, byPoints, canonical, { dropHidden: false });
    const both = [...mesh.mask.keys()].filter((p) => mesh.mask[p] && planes.mask[p]);
    expect(mean(both.map((p) => Math.abs(mesh.shading.data[p]! - planes.shading.data[p]!)))).toBeLessThan(4);
  });

  it('answers faces of 20 pixels, folded ones and nonsense with numbers or a sentence', () => {
    const small = turned({ yawDeg: 30 }).map(([x, y, z]): Point3 => [x / 9 + 100, y / 9 + 100, z / 9]);
    expect(frontal(small).visibleShare).toBeGreaterThan(0.5);
    const folded = turned({}).map(([x, y, z]): Point3 => [150 + Math.abs(x - 150), y, z]);
    const crumpled = turned({}).map(([x, y, z], i): Point3 => [x + 40 * Math.sin(i * 7), y + 40 * Math.cos(i * 5), z]);
    for (const points of [folded, crumpled]) {
      const { positions, transform, visibleShare, shading } = frontal(points);
      expect([...positions, ...transform.rotation, visibleShare].every(Number.isFinite)).toBe(true);
      expect(shading.data).toHaveLength(100 * 100);
    }
    expect(() => frontal(turned({}).map((): Point3 => [5, 5, 5]))).toThrow('points that do not lie on one line');
    expect(() => frontal(turned({}).map((_, i): Point3 => [i, 2 * i, i]))).toThrow(
      'points that do not lie on one line',
    );
    expect(() => frontal(turned({}).map(([x, y]): Point3 => [x, y, NaN]))).toThrow('expected finite points, got');
    expect(() => recenter(PHOTO, reconstruct(turned({})), canonical, { size: 0 })).toThrow('got 0');
  });

  it('keeps R when the whole head is turned further by R', () => {
    const [a, b] = [
      frontal(turned({ yawDeg: 20 })).transform.rotation,
      frontal(turned({ yawDeg: 50 })).transform.rotation,
    ];
    const between = multiplyMatrix3(transposed(b), a);
    const expected = rotationFromPose({ ...STRAIGHT, yawDeg: 30 });
    between.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 6));
  });
});
