/**
 * Any ONNX network as a `Network`: read elsewhere, cut at a tensor, given a new head, trained and saved like a built
 * one. Its float tensors become parameters under their own names (a `ParameterGroup` freezes or slows those that it
 * matches), integers stay constants. Shapes are inferred for the batch size in hand, and what follows from shapes alone
 * becomes a constant; with a symbolic batch, what differs between two batch sizes stays computed.
 */
import { MienError, ShapeError } from '../../errors.ts';
import {
  attrNumber,
  expandRecurrent,
  stopsGradient,
  type Dim,
  type Graph,
  type GraphNode,
  type InferredValue,
  type OpName,
  type Value,
} from '../../onnx/index.ts';
import { toNumbers, type Tensor } from '../../tensor/index.ts';
import { normalizeBatch } from '../layers/batch-norm.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { prepare, type Prepared } from './prepare.ts';
import { specialize, type Known } from './specialize.ts';

export interface ImportOptions {
  /** The value, or the node, where the network ends; the file's outputs when absent. */
  readonly cutAt?: string;
  /** What follows the end: its outputs replace the file's. Needs a single end. */
  readonly head?: (b: NetworkBuilder, end: Value) => Readonly<Record<string, Value>>;
  /** Size of one input, without the batch: where the file leaves it open, or in place of what it states. */
  readonly inputDims?: readonly number[];
  /**
   * Batch normalisation in training: by the running statistics of the file, which stay as they are (default), or by the
   * batch's, which then move the running ones; where its scale is frozen, always the former.
   */
  readonly statistics?: 'running' | 'batch';
}

export interface ImportedNetwork extends Network {
  readonly input: { readonly dims: readonly number[] };
  /** Parameters that can be trained, as the file names them. */
  readonly parameterNames: readonly string[];
  /** What was changed on reading, in sentences. */
  readonly notes: readonly string[];
}

/**
 * @param graph from `decodeModel`, or from a file by `readModelFile` (`mienjs/onnx/node`)
 * @throws {MienError} when there is no such value to cut at (naming the nearest), an op is unknown (naming its node),
 *   more than one input is needed, or the input's size is open
 * @example
 * ```ts
 * import { importNetwork, linear } from 'mienjs/nn';
 * import { readModelFile } from 'mienjs/onnx/node';
 *
 * // The layers up to the pooled features, and a new head of 7 classes
 * const network = importNetwork(await readModelFile('resnet18.onnx'), {
 *   cutAt: '/Flatten_output_0',
 *   head: (b, features) => ({ logits: linear(b, 'head', features, { features: 7 }) }),
 * });
 * console.log(network.parameterNames);
 * ```
 */
export function importNetwork(graph: Graph, options: ImportOptions = {}): ImportedNetwork {
  const prepared = prepare(graph, options.cutAt);
  const dims = inputDims(prepared, options.inputDims);
  if (options.head && prepared.ends.length !== 1)
    throw new MienError(
      `${prepared.name}: a head needs one end, the file has ${prepared.ends.join(', ')}; name one with cutAt`,
    );
  const network: ImportedNetwork = {
    name: prepared.name,
    input: { dims },
    parameterNames: [...prepared.parameters].flatMap(([name, use]) => (use === 'weight' ? [name] : [])),
    notes: prepared.notes,
    build(b, x) {
      const values = new Assembly(prepared, options.statistics ?? 'running', b, x).run();
      if (!options.head) return Object.fromEntries(prepared.ends.map((name) => [name, values(name)]));
      return options.head(b, values(prepared.ends[0]!));
    },
  };
  return network;
}

function inputDims({ name, input }: Prepared, given: readonly number[] | undefined): readonly number[] {
  const stated = input.shape.slice(1);
  const dims = given ?? stated;
  if (input.shape.length === 0 || dims.length !== stated.length) {
    throw new ShapeError(
      'importNetwork',
      `${name}: the input "${input.name}" is [${input.shape.join(',')}], inputDims is [${dims.join(',')}] (without the batch)`,
    );
  }
  return dims.map((d) => {
    if (typeof d !== 'number')
      throw new MienError(
        `${name}: the input "${input.name}" is [${input.shape.join(',')}]: give inputDims, the size of one input without the batch`,
      );
    return d;
  });
}

const RECURRENT = new Set(['RNN', 'GRU', 'LSTM']);

/** One building of an imported network into a graph. */
class Assembly {
  readonly #p: Prepared;
  readonly #statistics: 'running' | 'batch';
  readonly #b: NetworkBuilder;
  readonly #batch: Dim;
  readonly #known: readonly ReadonlyMap<string, Known>[];
  readonly #values = new Map<string, Value>();

  constructor(p: Prepared, statistics: 'running' | 'batch', b: NetworkBuilder, x: Value) {
    this.#p = p;
    this.#statistics = statistics;
    this.#b = b;
    this.#batch = x.shape[0]!;
    const dims = x.shape.slice(1) as number[];
    this.#known = (typeof this.#batch === 'number' ? [this.#batch] : [2, 3]).map((n) => specialize(p, [n, ...dims]));
    // Parameters first: their names are given, those of nodes are found around them
    for (const [name, use] of p.parameters) {
      const t = p.tensors.get(name)!;
      const init = { kind: 'values', values: t.data as Float32Array } as const;
      this.#values.set(name, use === 'weight' ? b.weight(name, t.dims, init) : b.state(name, t.dims, init));
    }
    this.#values.set(p.input.name, x);
  }

  run(): (name: string) => Value {
    for (const node of this.#p.nodes) {
      if (node.outputs.every((v) => this.#constant(v.name))) continue;
      const outputs = this.#emit(
        node,
        node.inputs.map((v) => (v === null ? null : this.#value(v.name))),
      );
      node.outputs.forEach((v, i) => {
        if (outputs[i]) this.#values.set(v.name, outputs[i]);
      });
    }
    return (name) => this.#value(name);
  }

  #emit(node: GraphNode, inputs: readonly (Value | null)[]): Value[] {
    const b = this.#b;
    if (node.op === 'Identity') return [stopsGradient(node) ? b.stopGradient(inputs[0]!) : inputs[0]!];
    // Written out for training: a node's own gradient would compute it twice
    if (b.training && RECURRENT.has(node.op)) return expandRecurrent(b, node, inputs);
    if (node.op === 'Dropout') return [dropout(b, node.name, inputs[0]!, this.#ratio(node))];
    if (node.op === 'BatchNormalization') {
      const epsilon = attrNumber(node, 'epsilon', 1e-5);
      const [x, gamma, beta, mean, variance] = inputs as [Value, Value, Value, Value, Value];
      if (!b.training || this.#statistics === 'running' || b.isFrozen(node.inputs[1]!.name))
        return [b.op('BatchNormalization', [x, gamma, beta, mean, variance], { epsilon })];
      if (!b.parameters.has(mean.name) || !b.parameters.has(variance.name)) {
        throw new MienError(
          `node "${node.name}" (BatchNormalization): its running statistics are computed, so that training cannot move them; use statistics 'running'`,
        );
      }
      return [
        normalizeBatch(
          b,
          x,
          { gamma, beta, mean, variance },
          { epsilon, momentum: 1 - attrNumber(node, 'momentum', 0.9) },
        ),
      ];
    }
    return b.place(
      node.op as OpName,
      inputs,
      node.attrs,
      node.outputs.map((v) => this.#type(v.name)),
    );
  }

  #ratio(node: GraphNode): number {
    const ratio = node.inputs[1];
    if (!ratio) return 0.5;
    const t = this.#constant(ratio.name);
    if (!t) throw new MienError(`node "${node.name}" (Dropout): its ratio is computed, which is not supported`);
    return toNumbers(t)[0]!;
  }

  #value(name: string): Value {
    const known = this.#values.get(name);
    if (known) return known;
    const constant = this.#constant(name);
    if (constant) {
      const value = this.#b.constant(constant);
      this.#values.set(name, value);
      return value;
    }
    throw new MienError(`${this.#p.name}: "${name}" is an output that only training uses, which is not supported`);
  }

  /** The value's tensor, if it is the same at every batch size. */
  #constant(name: string): Tensor | undefined {
    const [first, ...others] = this.#known.map((known) => known.get(name)?.constant);
    return first &&
      others.every((t) => t && t.dims.join() === first.dims.join() && t.data.every((v, i) => v === first.data[i]))
      ? first
      : undefined;
  }

  /** dtype and shape; a dimension that grows with the batch is named after it. */
  #type(name: string): InferredValue {
    const [a, c] = this.#known.map((known) => known.get(name)!);
    if (!c) return a!;
    const shape = a!.shape.map((d, i): Dim => {
      if (d === c.shape[i]) return d;
      const factor = d / 2;
      if (c.shape[i] !== factor * 3) return `${name}_dim${i}`;
      return factor === 1 ? this.#batch : `${this.#batch}*${factor}`;
    });
    return { dtype: a!.dtype, shape };
  }
}
