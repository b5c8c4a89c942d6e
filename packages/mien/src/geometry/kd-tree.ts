/** Nearest neighbors of points in space, by a k-d tree (Bentley 1975; Friedman, Bentley & Finkel 1977). */
import { ShapeError } from '../errors.ts';
import { checkPositions } from './triangle-mesh.ts';

/** Points that a leaf holds at most. */
const LEAF = 8;

export class KdTree {
  readonly #positions: Float32Array;
  /** The points in the order of the tree: of each part, the median along its axis stands in the middle. */
  readonly #order: Uint32Array;
  readonly #axes: Uint8Array;

  /** @param positions [N,3]   @throws {ShapeError} when they are not a list of threes, or not finite */
  constructor(positions: Float32Array) {
    const count = checkPositions('KdTree', positions);
    this.#positions = positions;
    this.#order = Uint32Array.from({ length: count }, (_, i) => i);
    this.#axes = new Uint8Array(count);
    this.#build(0, count);
  }

  get count(): number {
    return this.#order.length;
  }

  /**
   * The k nearest points, nearest first; of equally near ones, any.
   * @param indices filled with k points; also returned
   * @throws {ShapeError} when there are fewer than k points
   */
  nearest(x: number, y: number, z: number, indices: Uint32Array): Uint32Array {
    const k = indices.length;
    if (k > this.count) throw new ShapeError('KdTree.nearest', `expected at least ${k} points, got ${this.count}`);
    this.#found = 0;
    if (this.#distances.length < k) this.#distances = new Float64Array(k);
    this.#search(0, this.count, [x, y, z], indices);
    return indices;
  }

  /** Squared distances of the search that is going on, ascending, and how many. */
  #distances = new Float64Array(16);
  #found = 0;

  #search(from: number, to: number, point: readonly [number, number, number], indices: Uint32Array): void {
    if (to - from <= LEAF) {
      for (let i = from; i < to; i++) this.#offer(this.#order[i]!, point, indices);
      return;
    }
    const middle = (from + to) >> 1;
    const axis = this.#axes[middle]! as 0 | 1 | 2;
    const offset = point[axis] - this.#positions[3 * this.#order[middle]! + axis]!;
    if (offset < 0) this.#search(from, middle, point, indices);
    else this.#search(middle + 1, to, point, indices);
    this.#offer(this.#order[middle]!, point, indices);
    if (this.#found === indices.length && offset * offset >= this.#distances[this.#found - 1]!) return;
    if (offset < 0) this.#search(middle + 1, to, point, indices);
    else this.#search(from, middle, point, indices);
  }

  #offer(candidate: number, [x, y, z]: readonly [number, number, number], indices: Uint32Array): void {
    const positions = this.#positions;
    const [dx, dy, dz] = [
      positions[3 * candidate]! - x,
      positions[3 * candidate + 1]! - y,
      positions[3 * candidate + 2]! - z,
    ];
    const distance = dx * dx + dy * dy + dz * dz;
    const distances = this.#distances;
    const full = this.#found === indices.length;
    if (full && distance >= distances[this.#found - 1]!) return;
    let at = full ? this.#found - 1 : this.#found++;
    for (; at > 0 && distances[at - 1]! > distance; at--) {
      distances[at] = distances[at - 1]!;
      indices[at] = indices[at - 1]!;
    }
    distances[at] = distance;
    indices[at] = candidate;
  }

  #build(from: number, to: number): void {
    if (to - from <= LEAF) return;
    const axis = this.#widest(from, to);
    const middle = (from + to) >> 1;
    this.#select(from, to - 1, middle, axis);
    this.#axes[middle] = axis;
    this.#build(from, middle);
    this.#build(middle + 1, to);
  }

  #widest(from: number, to: number): number {
    let [best, width] = [0, -1];
    for (let axis = 0; axis < 3; axis++) {
      let [low, high] = [Infinity, -Infinity];
      for (let i = from; i < to; i++) {
        const value = this.#positions[3 * this.#order[i]! + axis]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > width) [best, width] = [axis, high - low];
    }
    return best;
  }

  /** Hoare's selection: the point that belongs at `middle` comes there, smaller ones before it. */
  #select(low: number, high: number, middle: number, axis: number): void {
    const order = this.#order;
    const value = (i: number): number => this.#positions[3 * order[i]! + axis]!;
    while (low < high) {
      const pivot = value((low + high) >> 1);
      let [i, j] = [low, high];
      while (i <= j) {
        while (value(i) < pivot) i++;
        while (value(j) > pivot) j--;
        if (i <= j) {
          [order[i], order[j]] = [order[j]!, order[i]!];
          i++;
          j--;
        }
      }
      if (middle <= j) high = j;
      else if (middle >= i) low = i;
      else return;
    }
  }
}
