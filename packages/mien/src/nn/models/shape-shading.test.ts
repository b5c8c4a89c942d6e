/** Triangles, distances and angles at landmarks, by hand; the values of the responses are PyTorch's (recipes/comparison.golden.test.ts). */
import { describe, expect, it } from 'vitest';
import { landmarks68 } from '../../face/index.ts';
import { loadCanonicalFace } from '../../face/node.ts';
import type { Point2 } from '../../image/index.ts';
import { evaluateGraph } from '../../onnx/index.ts';
import { float32, toNumbers, zeros } from '../../tensor/index.ts';
import { NetworkBuilder } from '../network.ts';
import { LANDMARK_TRIANGLES, SHAPE_SHADING_SIZE, shapeAndShading } from './shape-shading.ts';

const points = landmarks68((await loadCanonicalFace()).vertices).map(([x, y]): Point2 => [x, y]);
const triangles = Array.from({ length: LANDMARK_TRIANGLES.length / 3 }, (_, t) =>
  LANDMARK_TRIANGLES.slice(3 * t, 3 * t + 3).map((i) => points[i]!),
);

type Triangle = readonly Point2[];
const area = ([a, b, c]: Triangle): number =>
  Math.abs((b![0] - a![0]) * (c![1] - a![1]) - (c![0] - a![0]) * (b![1] - a![1])) / 2;

/** Center and squared radius of the circle through the corners. */
function circle([a, b, c]: Triangle): { readonly center: Point2; readonly squared: number } {
  const [bx, by, cx, cy] = [b![0] - a![0], b![1] - a![1], c![0] - a![0], c![1] - a![1]];
  const d = 2 * (bx * cy - by * cx);
  const x = (cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / d;
  const y = (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / d;
  return { center: [a![0] + x, a![1] + y], squared: x * x + y * y };
}

/** Corners of the points' convex hull, in order (Andrew 1979). */
function hull(all: readonly Point2[]): Point2[] {
  const sorted = [...all].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const half = (side: readonly Point2[]): Point2[] => {
    const out: Point2[] = [];
    for (const p of side) {
      const turns = (): boolean => {
        const [a, b] = [out.at(-2)!, out.at(-1)!];
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0;
      };
      while (out.length > 1 && !turns()) out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

describe('the triangles', () => {
  it("are Delaunay's of the canonical face: no landmark lies within the circle of one, and together they fill the hull", () => {
    for (const corners of triangles) {
      const { center, squared } = circle(corners);
      for (const [x, y] of points)
        expect((x - center[0]) ** 2 + (y - center[1]) ** 2).toBeGreaterThan(squared * (1 - 1e-6));
    }
    const border = hull(points);
    const whole = border.reduce((sum, p, i) => {
      const q = border[(i + 1) % border.length]!;
      return sum + (p[0] * q[1] - q[0] * p[1]) / 2;
    }, 0);
    const filled = triangles.reduce((sum, corners) => sum + area(corners), 0);
    expect(filled / whole).toBeCloseTo(1, 6);
    expect(triangles).toHaveLength(2 * 68 - 2 - border.length);
  });
});

describe('the descriptors', () => {
  const DISTANCES = 2278;
  const ANGLES = LANDMARK_TRIANGLES.length;
  const describeFace = (landmarks: readonly number[], pixel = (_: number): number => 0): number[] => {
    const b = new NetworkBuilder('descriptors');
    const x = zeros('float32', [1, 1, 20, 20]);
    x.data.forEach((_, i) => (x.data[i] = pixel(i)));
    const out = shapeAndShading(b, b.input('x', 'float32', [1, 1, 20, 20]), b.input('p', 'float32', [1, 136]), 8);
    b.output(out, 'd');
    return toNumbers(Object.values(evaluateGraph(b.graph, { x, p: float32([1, 136], landmarks) }))[0]!);
  };
  /** The canonical face, with its eyes 0.4 sides of the image apart. */
  const face = points.flatMap(([x, y]) => [x / 16, y / 16]);

  it('are 2,278 distances, 333 angles and 2,720 responses', () => {
    expect([DISTANCES + ANGLES + 2720, describeFace(face).length]).toEqual([SHAPE_SHADING_SIZE, 5331]);
  });

  it('have distances in units of that between the eyes, and the angles of each triangle add to π', () => {
    const found = describeFace(face);
    const eye = (a: number, c: number): Point2 => [
      (points[a]![0] + points[c]![0]) / 2,
      (points[a]![1] + points[c]![1]) / 2,
    ];
    const [right, left] = [eye(36, 39), eye(42, 45)];
    const apart = Math.hypot(right[0] - left[0], right[1] - left[1]);
    expect(found[0]).toBeCloseTo(Math.hypot(points[0]![0] - points[1]![0], points[0]![1] - points[1]![1]) / apart, 4);
    for (let t = 0; t < ANGLES / 3; t++) {
      const three = found.slice(DISTANCES + 3 * t, DISTANCES + 3 * t + 3);
      expect(three.reduce((sum, v) => sum + v)).toBeCloseTo(Math.PI, 4);
      // Law of cosines at the first corner
      const [a, b, c] = triangles[t]!.map((p, i) => {
        const q = triangles[t]![(i + 1) % 3]!;
        return Math.hypot(p[0] - q[0], p[1] - q[1]);
      }) as [number, number, number];
      expect(three[0]).toBeCloseTo(Math.acos((a * a + c * c - b * b) / (2 * a * c)), 3);
    }
  });

  it('have a shape that does not change with the size and place of the face, and shading that does not with contrast', () => {
    const pixel = (i: number): number => Math.sin(i % 20) + Math.cos(Math.floor(i / 20) / 2);
    const found = describeFace(face, pixel);
    const moved = describeFace(
      face.map((v, i) => 0.5 * v + (i % 2 === 0 ? 0.1 : -0.05)),
      pixel,
    );
    found.slice(0, DISTANCES + ANGLES).forEach((v, i) => expect(moved[i]).toBeCloseTo(v, 3));
    const lighter = describeFace(face, (i) => 3 * pixel(i) + 2);
    found.forEach((v, i) => expect(lighter[i]).toBeCloseTo(v, 3));
  });

  it('are finite where no face was found', () => {
    const found = describeFace(new Array<number>(136).fill(0), (i) => i % 7);
    expect(found.every(Number.isFinite)).toBe(true);
    expect(found.slice(0, DISTANCES).every((v) => v === 0)).toBe(true);
  });
});
