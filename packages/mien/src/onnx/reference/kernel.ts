/** What a kernel gets: one node with its inputs computed. */
import { ShapeError } from '../../errors.ts';
import { attrNumber, attrNumbers, attrString, type GraphNode } from '../graph.ts';
import { normalizeAxis } from '../infer.ts';
import { type Nd } from './nd.ts';

export type Kernel = (call: KernelCall) => Nd | Nd[];

export class KernelCall {
  readonly node: GraphNode;
  readonly #inputs: readonly (Nd | null)[];

  constructor(node: GraphNode, inputs: readonly (Nd | null)[]) {
    this.node = node;
    this.#inputs = inputs;
  }

  get op(): string {
    return this.node.op;
  }

  get outputCount(): number {
    return this.node.outputs.length;
  }

  /** All inputs of an op that has no optional ones. */
  get all(): Nd[] {
    return this.#inputs.map((_, i) => this.x(i));
  }

  /** @throws {ShapeError} when input i is absent */
  x(i: number): Nd {
    return this.#inputs[i] ?? this.fail(`input ${i} is missing`);
  }

  optional(i: number): Nd | undefined {
    return this.#inputs[i] ?? undefined;
  }

  /** The numbers of an optional integer input. */
  numbers(i: number): number[] | undefined {
    const x = this.optional(i);
    return x && Array.from(x.data);
  }

  number(name: string, otherwise: number): number {
    return attrNumber(this.node, name, otherwise);
  }

  flag(name: string, otherwise: boolean): boolean {
    return attrNumber(this.node, name, otherwise ? 1 : 0) !== 0;
  }

  string(name: string, otherwise: string): string {
    return attrString(this.node, name, otherwise);
  }

  list(name: string, otherwise: readonly number[]): readonly number[] {
    return attrNumbers(this.node, name, otherwise);
  }

  /** The attribute `axis` as a non-negative index into `rank` axes. */
  axis(rank: number, otherwise: number): number {
    return normalizeAxis(this.number('axis', otherwise), rank, this.op);
  }

  /** Rejects an attribute whose value the evaluator does not implement. */
  supports<T extends number | string>(name: string, value: T, values: readonly T[]): T {
    if (!values.includes(value)) this.fail(`${name} must be one of ${values.join(', ')}, got ${value}`);
    return value;
  }

  fail(reason: string): never {
    throw new ShapeError(`${this.op} "${this.node.name}"`, reason);
  }
}
