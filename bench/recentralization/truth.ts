/** Which vertices of a surface are really hidden from a camera that looks along z: a ray to each. */
import type { TriangleMesh } from 'mienjs/geometry';

/** Cells across the surface. */
const CELLS = 160;
/** Less deep than this part of the surface's side counts as the same place. */
const SAME = 1e-4;

/** @returns uint8 [V], 1 for a vertex with a triangle before it that it is not a corner of */
export function trulyHidden({ positions, triangles }: TriangleMesh): Uint8Array {
  const range = (axis: number): readonly [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = axis; at < positions.length; at += 3) {
      low = Math.min(low, positions[at]!);
      high = Math.max(high, positions[at]!);
    }
    return [low, high];
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const extent = Math.max(right - left, bottom - top);
  const cellOf = (value: number, low: number): number => Math.floor(((value - low) / extent) * CELLS * 0.999);
  const cells = Array.from({ length: CELLS * CELLS }, (): number[] => []);
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [0, 1, 2].map((k) => 3 * triangles[t + k]!);
    const xs = corners.map((at) => cellOf(positions[at]!, left));
    const ys = corners.map((at) => cellOf(positions[at + 1]!, top));
    for (let y = Math.min(...ys); y <= Math.max(...ys); y++)
      for (let x = Math.min(...xs); x <= Math.max(...xs); x++) cells[y * CELLS + x]!.push(t);
  }
  return Uint8Array.from({ length: positions.length / 3 }, (_, v) => {
    const [x, y, z] = positions.subarray(3 * v, 3 * v + 3) as unknown as [number, number, number];
    return cells[cellOf(y, top) * CELLS + cellOf(x, left)]!.some((t) => {
      const corners = triangles.subarray(t, t + 3);
      return !corners.includes(v) && depthAt(positions, corners, x, y) < z - SAME * extent;
    })
      ? 1
      : 0;
  });
}

/** Where a ray along z through (x, y) meets a triangle; ∞ where it does not. */
function depthAt(
  positions: Float32Array,
  [a, b, c]: ArrayLike<number> & Iterable<number>,
  x: number,
  y: number,
): number {
  const at = (vertex: number | undefined, axis: number): number => positions[3 * vertex! + axis]!;
  const cross = (from: number | undefined, to: number | undefined): number =>
    (at(to, 0) - at(from, 0)) * (y - at(from, 1)) - (at(to, 1) - at(from, 1)) * (x - at(from, 0));
  const [wa, wb, wc] = [cross(b, c), cross(c, a), cross(a, b)];
  const area = wa + wb + wc;
  if (area === 0 || Math.min(wa * area, wb * area, wc * area) < 0) return Infinity;
  return (wa * at(a, 2) + wb * at(b, 2) + wc * at(c, 2)) / area;
}
