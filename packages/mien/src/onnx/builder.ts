/** The builder of ONNX graphs. */
import { MienError, ShapeError } from '../errors.ts';
import { int64, tensor, toNumbers, type DType, type Tensor } from '../tensor/index.ts';
import {
  emptyGraph,
  STOP_GRADIENT,
  type Attribute,
  type Graph,
  type GraphNode,
  type Shape,
  type Value,
} from './graph.ts';
import { inferNode, type InferredValue } from './infer.ts';
import { OPS, OPSET, type AttrsOf, type OpName } from './ops.ts';

export type Input = Value | number | null;

/** A tensor that training updates (`trainable`) or carries along (running statistics). */
export interface Parameter {
  readonly value: Value;
  readonly initial: Tensor;
  readonly trainable: boolean;
}

/** A stretch of the graph whose values the backward pass computes again. */
export interface Segment {
  readonly input: Value;
  /** In topological order; they follow each other in the graph. */
  readonly nodes: readonly GraphNode[];
}

export interface BuilderOptions {
  /** `initializers` (inference: weights inside the model) or `inputs` (training: weights are fed each step). */
  readonly parametersAs?: 'initializers' | 'inputs';
}

/**
 * Builds ONNX graphs node by node, with shapes inferred and checked at each step.
 * @example
 * ```ts
 * import { evaluateGraph, GraphBuilder } from 'mienjs/onnx';
 * import { float32 } from 'mienjs/tensor';
 *
 * const b = new GraphBuilder('tiny');
 * const x = b.input('x', 'float32', ['N', 2]);
 * const w = b.parameter('w', float32([2, 1], [3, 4]));
 * b.output(b.op('Relu', [b.op('MatMul', [x, w])]), 'y');
 * evaluateGraph(b.graph, { x: float32([1, 2], [1, 2]) })['y']!.data[0]; // → 11
 * ```
 */
export class GraphBuilder {
  readonly graph: Graph;
  /** Every parameter by name, in the order of creation. */
  readonly parameters = new Map<string, Parameter>();
  /** Made by `checkpoint`, in order. */
  readonly segments: Segment[] = [];
  readonly #parametersAs: 'initializers' | 'inputs';
  readonly #names = new Set<string>();
  readonly #scope: string[] = [];
  /** Number of the last name that each stem was given. */
  readonly #counters = new Map<string, number>();
  #inSegment = false;
  readonly #constants = new Map<string, Value>();

  constructor(name = 'graph', options: BuilderOptions = {}) {
    this.graph = emptyGraph(name, OPSET);
    this.#parametersAs = options.parametersAs ?? 'initializers';
  }

  /** Names made within `build` are prefixed with `name.`. */
  scope<T>(name: string, build: () => T): T {
    this.#scope.push(name);
    try {
      return build();
    } finally {
      this.#scope.pop();
    }
  }

  /**
   * Marks what `build` makes of x as a segment whose intermediate values are not kept for the backward pass:
   * gradients() computes them again from x (Chen et al. 2016, Training deep nets with sublinear memory cost). The
   * results are the same; a step takes one more forward pass through the segment, and memory holds the inputs of
   * segments instead of everything in them. What `build` computes without x is kept.
   * @throws {MienError} within another segment
   */
  checkpoint<T>(x: Value, build: (x: Value) => T): T {
    if (this.#inSegment) throw new MienError(`graph "${this.graph.name}": a checkpointed segment cannot hold another`);
    const start = this.graph.nodes.length;
    this.#inSegment = true;
    try {
      return build(x);
    } finally {
      this.#inSegment = false;
      this.segments.push({ input: x, nodes: this.graph.nodes.slice(start) });
    }
  }

  /** The current scope's prefix applied to a name. */
  qualify(name: string): string {
    return [...this.#scope, name].join('.');
  }

  /** Declares a graph input. */
  input(name: string, dtype: DType, shape: Shape): Value {
    const v = { name: this.#claim(name), dtype, shape };
    this.graph.inputs.push(v);
    return v;
  }

  /** A constant tensor inside the model; numbers become float32 scalars. Equal unnamed small constants are shared. */
  constant(value: Tensor | number, name?: string): Value {
    const t: Tensor = typeof value === 'number' ? tensor('float32', [], Float32Array.of(value)) : value;
    const key =
      name === undefined && t.data.length <= 16
        ? `${t.dtype}[${t.dims.join(',')}]:${toNumbers(t).join(',')}`
        : undefined;
    const shared = key === undefined ? undefined : this.#constants.get(key);
    if (shared) return shared;
    const v = { name: this.#claim(name ?? this.#fresh('const')), dtype: t.dtype, shape: t.dims };
    this.graph.initializers.set(v.name, t);
    if (key !== undefined) this.#constants.set(key, v);
    return v;
  }

  /** An int64 vector constant: axes, shapes, pads. */
  ints(values: readonly number[]): Value {
    return this.constant(int64(values));
  }

  /** Declares a parameter under the current scope. */
  parameter(name: string, initial: Tensor, trainable = true): Value {
    const v = { name: this.#claim(this.qualify(name)), dtype: initial.dtype, shape: initial.dims };
    if (this.#parametersAs === 'inputs') this.graph.inputs.push(v);
    else this.graph.initializers.set(v.name, initial);
    this.parameters.set(v.name, { value: v, initial, trainable });
    return v;
  }

  /** Adds a node with one output. Numbers among the inputs become float32 scalar constants. */
  op<O extends OpName>(op: O, inputs: readonly Input[], attrs?: AttrsOf<O>, name?: string): Value {
    return this.ops(op, inputs, attrs, 1, name)[0]!;
  }

  /**
   * Adds a node with `outputCount` outputs.
   * @throws {ShapeError} when inputs or attributes do not fit the op
   */
  ops<O extends OpName>(
    op: O,
    inputs: readonly Input[],
    attrs: AttrsOf<O> | undefined,
    outputCount: number,
    name?: string,
  ): Value[] {
    const values = inputs.map((v) => (typeof v === 'number' ? this.constant(v) : v));
    while (values.at(-1) === null) values.pop(); // ONNX Runtime 1.30 crashes on a LayerNormalization whose absent bias is spelt out
    const nodeAttrs = toAttributes(op, attrs ?? {});
    const inferred = inferNode({ op, attrs: nodeAttrs, inputs: values, outputCount }, (n) =>
      this.graph.initializers.get(n),
    );
    return this.place(op, values, nodeAttrs, inferred.slice(0, outputCount), name);
  }

  /** Adds a node whose outputs' types are known already: inference need not be able to find them. */
  place(
    op: OpName,
    inputs: readonly (Value | null)[],
    attrs: Readonly<Record<string, Attribute>>,
    types: readonly InferredValue[],
    name = this.#fresh(op),
  ): Value[] {
    const outputs = types.map(({ dtype, shape }, i) => ({
      name: this.#claim(i === 0 ? name : `${name}:${i}`),
      dtype,
      shape,
    }));
    this.graph.nodes.push({ name, op, domain: '', inputs, outputs, attrs });
    return outputs;
  }

  /**
   * The value as a constant to autodiff: sg(v) = v, ∂sg/∂v = 0. An Identity node that `stopsGradient` recognises by its
   * name.
   */
  stopGradient(v: Value): Value {
    return this.op('Identity', [v], {}, this.#fresh(STOP_GRADIENT));
  }

  /** Gives a node of this graph its next optional output (a pooling's indices) and returns it. */
  addOutput(node: GraphNode): Value {
    const i = node.outputs.length;
    const inferred = inferNode({ ...node, outputCount: i + 1 }, (n) => this.graph.initializers.get(n))[i];
    if (!inferred) throw new ShapeError(node.op, `has no output ${i}`);
    const value = { name: this.#claim(`${node.name}:${i}`), ...inferred };
    (node.outputs as Value[]).push(value);
    return value;
  }

  /** Appends a node like another, with inputs in place of its own and fresh names. */
  copy(node: GraphNode, inputs: readonly (Value | null)[]): GraphNode {
    const name = this.#fresh(node.name);
    const copy = {
      ...node,
      name,
      inputs,
      outputs: node.outputs.map((v, i) => ({ ...v, name: this.#claim(i === 0 ? name : `${name}:${i}`) })),
    };
    this.graph.nodes.push(copy);
    return copy;
  }

  /** Appends a node as it is, of any op or domain; its output names must be free. */
  append(node: GraphNode): void {
    for (const v of node.outputs) this.#claim(v.name);
    this.graph.nodes.push(node);
  }

  /** Marks a value as a graph output, under another name if one is given. */
  output(value: Value, name = value.name): Value {
    const v =
      name === value.name && !this.graph.inputs.includes(value) ? value : this.op('Identity', [value], {}, name);
    this.graph.outputs.push(v);
    return v;
  }

  #fresh(stem: string): string {
    const base = this.qualify(stem);
    for (let i = this.#counters.get(base) ?? 0; ; i++) {
      const name = `${base}_${i}`;
      if (!this.#names.has(name)) {
        this.#counters.set(base, i + 1);
        return name;
      }
    }
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new MienError(`graph "${this.graph.name}": the name "${name}" is taken`);
    this.#names.add(name);
    return name;
  }
}

function toAttributes<O extends OpName>(op: O, attrs: AttrsOf<O>): Record<string, Attribute> {
  const kinds: Readonly<Record<string, Attribute['kind']>> = OPS[op].attrs;
  const out: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(attrs)) {
    const kind = kinds[name];
    if (!kind) throw new ShapeError(op, `has no attribute "${name}"`);
    if (value !== undefined) out[name] = { kind, value: value as Attribute['value'] };
  }
  return out;
}
