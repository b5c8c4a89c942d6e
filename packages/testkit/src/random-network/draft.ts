/** A random network while it is drawn: a graph, its inputs, and the integers that decide what comes next. */
import { GraphBuilder, type Value } from 'mienjs/onnx';
import { Random, float32, sizeOf, type Tensor } from 'mienjs/tensor';

/** What decides one layer: plain integers, so that a failing network shrinks to fewer and plainer layers. */
export interface Gene {
  readonly kind: number;
  readonly choices: readonly number[];
}

export class Draft {
  readonly b = new GraphBuilder('random');
  /** Values of every graph input, float32. */
  readonly feeds: Record<string, Tensor> = {};
  readonly inputs: Value[] = [];
  readonly #random: Random;
  #choices: readonly number[] = [];
  #next = 0;

  constructor(seed: number) {
    this.#random = new Random(seed, 'random network');
  }

  /** Lets the following choices come from a gene. */
  read(gene: Gene): void {
    this.#choices = gene.choices;
    this.#next = 0;
  }

  /** An integer from `low` to `high`, both included; a gene's choice of 0 is `low`. */
  pick(low: number, high: number): number {
    return low + ((this.#choices[this.#next++ % this.#choices.length] ?? 0) % (high - low + 1));
  }

  chance(): boolean {
    return this.pick(0, 1) === 1;
  }

  choose<T>(list: readonly T[]): T {
    return list[this.pick(0, list.length - 1)]!;
  }

  /** A graph input of random numbers of size 1. */
  variable(dims: readonly number[]): Value {
    const name = `in${this.inputs.length}`;
    this.feeds[name] = float32(
      dims,
      Array.from({ length: sizeOf(dims) }, () => this.#random.range(-1, 1)),
    );
    const v = this.b.input(name, 'float32', dims);
    this.inputs.push(v);
    return v;
  }

  /** A shape that broadcasts to `dims`: some axes are 1, leading ones may be left out. */
  broadcastShape(dims: readonly number[]): number[] {
    const shape = dims.map((d) => (this.chance() ? 1 : d));
    return shape.slice(this.pick(0, dims.length));
  }
}

export type Layer = (draft: Draft, v: Value) => Value;

export const dimsOf = (v: Value): number[] => v.shape as number[];
