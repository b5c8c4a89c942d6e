/**
 * Loop subdivision: a coarse triangle mesh becomes a smooth dense one, each triangle four at each level.
 * Sources: Loop 1987 (masks); Biermann, Levin & Zorin 2000 give the same boundary rules, cubic B-spline curves; Cheng
 * et al. 2009 (progressive interpolation, which keeps the surface from shrinking away from its control points).
 * What depends on the triangles alone is computed once; it is then applied to positions, colors, texture coordinates.
 */
import { ShapeError } from '../errors.ts';

/** Compressed rows of a sparse matrix: row i has the columns and weights from starts[i] up to starts[i + 1]. */
interface SparseMatrix {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly weights: Float32Array;
}

type Row = ReadonlyMap<number, number>;

interface Connectivity {
  readonly neighbors: readonly (readonly number[])[];
  /** Neighbors along the boundary: two for a vertex of the boundary, none within. */
  readonly boundary: readonly (readonly number[])[];
  /** The vertices across an edge: two within, one at the boundary; keyed by `edgeKey`. */
  readonly across: ReadonlyMap<number, readonly number[]>;
}

export class LoopSubdivision {
  readonly controlCount: number;
  readonly vertexCount: number;
  /** uint32 [4^levels · T, 3] */
  readonly triangles: Uint32Array;
  readonly #dense: SparseMatrix;
  readonly #limit: SparseMatrix;

  /**
   * @param triangles uint32 [T,3]; at most two share an edge   @param controlCount vertices of the coarse mesh
   * @param levels at least 1
   * @throws {ShapeError} when a triangle names a vertex that is not there, or an edge has more than two triangles
   */
  constructor(triangles: Uint32Array, controlCount: number, levels: number) {
    if (!Number.isInteger(levels) || levels < 1)
      throw new ShapeError('LoopSubdivision', `levels: expected a whole number of at least 1, got ${levels}`);
    this.controlCount = controlCount;
    let count = controlCount;
    let current = triangles;
    let rows: Row[] = Array.from({ length: count }, (_, i) => new Map([[i, 1]]));
    let connectivity = connect(current, count);
    this.#limit = compress(Array.from({ length: count }, (_, i) => limitRow(connectivity, i)));
    for (let level = 0; level < levels; level++) {
      const step = refine(current, count, connectivity);
      rows = step.rows.map((row) => combine(row, rows));
      current = step.triangles;
      count = rows.length;
      if (level + 1 < levels) connectivity = connect(current, count);
    }
    this.triangles = current;
    this.vertexCount = count;
    this.#dense = compress(rows);
  }

  /**
   * @param values [V,channels] of the coarse mesh   @param fits rounds of moving the control points so that the
   *   surface passes through the values; 0 smooths them
   * @returns [vertexCount, channels]; the coarse vertices come first, in their order
   */
  apply(values: Float32Array, channels: number, fits = 0): Float32Array {
    if (values.length !== this.controlCount * channels)
      throw new ShapeError(
        'LoopSubdivision.apply',
        `values: expected ${this.controlCount}×${channels}, got ${values.length}`,
      );
    let control = values;
    for (let fit = 0; fit < fits; fit++) {
      const reached = multiply(this.#limit, control, channels);
      control = control.map((value, i) => value + values[i]! - reached[i]!);
    }
    return multiply(this.#dense, control, channels);
  }
}

function multiply({ starts, columns, weights }: SparseMatrix, values: Float32Array, channels: number): Float32Array {
  const out = new Float32Array((starts.length - 1) * channels);
  for (let c = 0; c < channels; c++) {
    for (let row = 0, at = c; row < starts.length - 1; row++, at += channels) {
      let sum = 0;
      for (let k = starts[row]!; k < starts[row + 1]!; k++) sum += weights[k]! * values[columns[k]! * channels + c]!;
      out[at] = sum;
    }
  }
  return out;
}

function compress(rows: readonly Row[]): SparseMatrix {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (starts[i + 1] = starts[i]! + row.size));
  const columns = new Uint32Array(starts.at(-1)!);
  const weights = new Float32Array(starts.at(-1)!);
  let at = 0;
  for (const row of rows) {
    for (const [column, weight] of row) {
      columns[at] = column;
      weights[at++] = weight;
    }
  }
  return { starts, columns, weights };
}

/** A row over the vertices of one level, as a row over the control points. */
function combine(row: Row, below: readonly Row[]): Row {
  if (row.size === 1) {
    const [[vertex, weight]] = [...row] as [[number, number]];
    if (weight === 1) return below[vertex]!;
  }
  const out = new Map<number, number>();
  for (const [vertex, weight] of row)
    for (const [column, inner] of below[vertex]!) out.set(column, (out.get(column) ?? 0) + weight * inner);
  return out;
}

/** Keys of edges, whichever way they run. Meshes have fewer than 2²⁶ vertices. */
const edgeKey = (a: number, b: number): number => (a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a);

function connect(triangles: Uint32Array, count: number): Connectivity {
  const across = new Map<number, number[]>();
  for (let at = 0; at < triangles.length; at += 3) {
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = [triangles[at + k]!, triangles[at + ((k + 1) % 3)]!, triangles[at + ((k + 2) % 3)]!];
      if (a >= count) throw new ShapeError('LoopSubdivision', `triangles: expected vertices below ${count}, got ${a}`);
      const others = across.get(edgeKey(a, b));
      if (!others) across.set(edgeKey(a, b), [c]);
      else if (others.push(c) > 2)
        throw new ShapeError('LoopSubdivision', `triangles: expected at most two at an edge, got three at ${a}–${b}`);
    }
  }
  const neighbors = Array.from({ length: count }, (): number[] => []);
  const boundary = Array.from({ length: count }, (): number[] => []);
  for (const [key, others] of across) {
    const [a, b] = [Math.floor(key / 2 ** 26), key % 2 ** 26];
    neighbors[a]!.push(b);
    neighbors[b]!.push(a);
    if (others.length === 1) {
      boundary[a]!.push(b);
      boundary[b]!.push(a);
    }
  }
  return { neighbors, boundary, across };
}

/**
 * Weight of each neighbor when a vertex within moves: β = (5/8 − (3/8 + cos(2π/n)/4)²) / n, n being their number
 * (Loop 1987).
 */
function beta(n: number): number {
  return (5 / 8 - (3 / 8 + Math.cos((2 * Math.PI) / n) / 4) ** 2) / n;
}

/** A vertex after one step. Where boundaries meet, and in no triangle, it stays. */
function vertexRow({ neighbors, boundary }: Connectivity, i: number): Row {
  const [edge, all] = [boundary[i]!, neighbors[i]!];
  if (edge.length === 2) return new Map([[i, 3 / 4], ...edge.map((j): [number, number] => [j, 1 / 8])]);
  if (edge.length > 0 || all.length === 0) return new Map([[i, 1]]);
  const weight = beta(all.length);
  return new Map([[i, 1 - all.length * weight], ...all.map((j): [number, number] => [j, weight])]);
}

/** Where a vertex ends after endless steps: weights 1/(n + 3/(8β)) of neighbors within, 1/6 at the boundary. */
function limitRow({ neighbors, boundary }: Connectivity, i: number): Row {
  const [edge, all] = [boundary[i]!, neighbors[i]!];
  if (edge.length === 2) return new Map([[i, 2 / 3], ...edge.map((j): [number, number] => [j, 1 / 6])]);
  if (edge.length > 0 || all.length === 0) return new Map([[i, 1]]);
  const weight = 1 / (all.length + 3 / (8 * beta(all.length)));
  return new Map([[i, 1 - all.length * weight], ...all.map((j): [number, number] => [j, weight])]);
}

function refine(
  triangles: Uint32Array,
  count: number,
  connectivity: Connectivity,
): { rows: Row[]; triangles: Uint32Array } {
  const rows = Array.from({ length: count }, (_, i) => vertexRow(connectivity, i));
  const middles = new Map<number, number>();
  for (const [key, others] of connectivity.across) {
    const [a, b] = [Math.floor(key / 2 ** 26), key % 2 ** 26];
    middles.set(key, rows.length);
    const [end, side] = others.length === 1 ? [1 / 2, 0] : [3 / 8, 1 / 8];
    const row = new Map([
      [a, end],
      [b, end],
    ]);
    if (side > 0) for (const other of others) row.set(other, (row.get(other) ?? 0) + side);
    rows.push(row);
  }
  const fine = new Uint32Array(4 * triangles.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    const [ab, bc, ca] = [middles.get(edgeKey(a, b))!, middles.get(edgeKey(b, c))!, middles.get(edgeKey(c, a))!];
    fine.set([a, ab, ca, b, bc, ab, c, ca, bc, ab, bc, ca], 4 * at);
  }
  return { rows, triangles: fine };
}
