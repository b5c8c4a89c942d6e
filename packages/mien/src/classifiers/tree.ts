/**
 * A decision tree grown until its leaves are pure, by the Gini impurity, on a random part of the features at each node.
 * Source: Breiman 2001, "Random forests"; splits from histograms of quantised features.
 *
 * Shape legend: n samples of a node, D features, K classes.
 */
import type { Random } from '../tensor/index.ts';
import { STEPS, type Quantized } from './quantize.ts';

/** Nodes as columns; node 0 is the root. */
export interface Tree {
  /** [nodes] the feature that the node asks for; −1 = leaf. */
  readonly features: Int32Array;
  /** [nodes] to the left child where the value is at most this. */
  readonly thresholds: Float32Array;
  /** [nodes] the left child, the right one follows it; of a leaf, its place in `shares`. */
  readonly children: Int32Array;
  /** [leaves,K] shares of the classes in it. */
  readonly shares: Float32Array;
}

interface Split {
  readonly feature: number;
  readonly code: number;
}

/** Up to so many samples are sorted; above, they are counted in a histogram. */
const FEW = 40;

/** Grows trees on one training set; its buffers serve them all. */
export class TreeGrower {
  readonly #data: Quantized;
  readonly #y: Int32Array;
  readonly #K: number;
  /** Features that a node looks at. */
  readonly #tried: number;
  readonly #order: Int32Array;
  readonly #histogram: Int32Array;
  readonly #left: Int32Array;
  readonly #keys: Int32Array;

  /** @param y [N] classes of the quantised samples   @param tried features that a node looks at */
  constructor(data: Quantized, y: Int32Array, classCount: number, tried: number) {
    this.#data = data;
    this.#y = y;
    this.#K = classCount;
    this.#tried = tried;
    this.#order = Int32Array.from(data.thresholds.keys());
    this.#histogram = new Int32Array(STEPS * classCount);
    this.#left = new Int32Array(classCount);
    this.#keys = new Int32Array(FEW);
  }

  /** @param samples [n] numbers of the samples that it is grown on, with repeats; its order changes */
  grow(samples: Int32Array, random: Random): Tree {
    const features: number[] = [];
    const thresholds: number[] = [];
    const children: number[] = [];
    const shares: number[] = [];
    // Equal orders of features for equal seeds, whatever was grown before
    this.#order.forEach((_, j) => {
      this.#order[j] = j;
    });
    const open: { node: number; start: number; end: number }[] = [{ node: 0, start: 0, end: samples.length }];
    const reserve = (): number => {
      features.push(-1);
      thresholds.push(0);
      return children.push(-1) - 1;
    };
    reserve();
    for (let next = open.pop(); next; next = open.pop()) {
      const { node, start, end } = next;
      const part = samples.subarray(start, end);
      const counts = new Int32Array(this.#K);
      for (const i of part) counts[this.#y[i]!]!++;
      const split = counts.some((count) => count === part.length) ? undefined : this.#bestSplit(part, counts, random);
      if (!split) {
        children[node] = shares.length / this.#K;
        counts.forEach((count) => shares.push(count / part.length));
        continue;
      }
      const middle = start + this.#divide(part, split);
      features[node] = split.feature;
      thresholds[node] = this.#data.thresholds[split.feature]![split.code]!;
      const left = reserve();
      reserve();
      children[node] = left;
      open.push({ node: left + 1, start: middle, end }, { node: left, start, end: middle });
    }
    return {
      features: Int32Array.from(features),
      thresholds: Float32Array.from(thresholds),
      children: Int32Array.from(children),
      shares: Float32Array.from(shares),
    };
  }

  /**
   * The split with the greatest fall of impurity, of the features tried; more are tried as long as none divides the
   * samples.
   */
  #bestSplit(part: Int32Array, counts: Int32Array, random: Random): Split | undefined {
    const order = this.#order;
    let best = -Infinity;
    let split: Split | undefined;
    for (let f = 0; f < order.length && (f < this.#tried || !split); f++) {
      const other = f + random.int(order.length - f);
      const feature = order[other]!;
      order[other] = order[f]!;
      order[f] = feature;
      const found =
        part.length > FEW ? this.#scanHistogram(part, counts, feature) : this.#scanSorted(part, counts, feature);
      if (found.gain > best) {
        best = found.gain;
        split = { feature, code: found.code };
      }
    }
    return split;
  }

  /**
   * Least impurity is the largest Σₖ lₖ²/l + Σₖ rₖ²/r, l and r being the counts to the left and to the right; −∞ where
   * the feature is constant.
   */
  #scanHistogram(part: Int32Array, counts: Int32Array, feature: number): { gain: number; code: number } {
    const K = this.#K;
    const histogram = this.#histogram.fill(0);
    const at = feature * this.#y.length;
    const { codes } = this.#data;
    let [low, high] = [STEPS, -1];
    for (const i of part) {
      const code = codes[at + i]!;
      histogram[code * K + this.#y[i]!]!++;
      if (code < low) low = code;
      if (code > high) high = code;
    }
    const left = this.#left.fill(0);
    let l = 0;
    let best = { gain: -Infinity, code: -1 };
    for (let code = low; code < high; code++) {
      let moved = 0;
      for (let k = 0; k < K; k++) {
        const count = histogram[code * K + k]!;
        left[k]! += count;
        moved += count;
      }
      if (moved === 0) continue;
      l += moved;
      const gain = purity(left, l, counts, part.length);
      if (gain > best.gain) best = { gain, code };
    }
    return best;
  }

  #scanSorted(part: Int32Array, counts: Int32Array, feature: number): { gain: number; code: number } {
    const K = this.#K;
    const at = feature * this.#y.length;
    const n = part.length;
    const keys = this.#keys;
    for (let t = 0; t < n; t++) {
      const key = this.#data.codes[at + part[t]!]! * K + this.#y[part[t]!]!;
      let s = t;
      for (; s > 0 && keys[s - 1]! > key; s--) keys[s] = keys[s - 1]!;
      keys[s] = key;
    }
    const left = this.#left.fill(0);
    let best = { gain: -Infinity, code: -1 };
    for (let t = 0; t + 1 < n; t++) {
      const code = Math.floor(keys[t]! / K);
      left[keys[t]! - code * K]!++;
      if (Math.floor(keys[t + 1]! / K) === code) continue;
      const gain = purity(left, t + 1, counts, n);
      if (gain > best.gain) best = { gain, code };
    }
    return best;
  }

  /** Brings the samples of the left child to the front. @returns their number */
  #divide(part: Int32Array, { feature, code }: Split): number {
    const at = feature * this.#y.length;
    let front = 0;
    for (let t = 0; t < part.length; t++) {
      const i = part[t]!;
      if (this.#data.codes[at + i]! > code) continue;
      part[t] = part[front]!;
      part[front++] = i;
    }
    return front;
  }
}

function purity(left: Int32Array, l: number, counts: Int32Array, n: number): number {
  let [a, b] = [0, 0];
  for (let k = 0; k < counts.length; k++) {
    a += left[k]! ** 2;
    b += (counts[k]! - left[k]!) ** 2;
  }
  return a / l + b / (n - l);
}

/** The leaf that a sample comes to. @param start where its values begin in `values` */
export function leafOf({ features, thresholds, children }: Tree, values: Float32Array, start: number): number {
  let node = 0;
  while (features[node]! >= 0) node = children[node]! + (values[start + features[node]!]! <= thresholds[node]! ? 0 : 1);
  return children[node]!;
}
