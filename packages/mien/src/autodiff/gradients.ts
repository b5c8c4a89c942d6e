/**
 * Reverse-mode automatic differentiation: appends to the graph the nodes that compute ∂loss/∂v.
 * Only standard ONNX ops are appended, so that whatever runs the forward graph runs the backward one.
 *
 * The driver walks the nodes backwards from the loss, asks each op's rule (rules/) for the gradients of the
 * inputs that lie on a path to a wanted value, and sums each of them back to its source's shape once, so that
 * no rule handles broadcasting.
 */
import { MienError, ShapeError } from '../errors.ts';
import {
  OPS,
  stopsGradient,
  type GraphBuilder,
  type GraphNode,
  type OpName,
  type Segment,
  type Value,
} from '../onnx/index.ts';
import { sizeOf, toNumbers, type Tensor } from '../tensor/index.ts';
import { recompute } from './recompute.ts';
import { dimsOf, sumToShape, zerosLike, type GradientContext } from './rule.ts';
import { GRADIENTS } from './rules/index.ts';

/**
 * @param loss a scalar (or one-element) value   @param wrt the values whose gradients are wanted
 * @returns ∂loss/∂v for each v in `wrt`, of v's shape; zeros where the loss does not depend on v
 * @throws {ShapeError} when the loss is not a scalar
 * @throws {MienError} when an op on the path cannot be differentiated
 * @example
 * ```ts
 * import { gradients } from 'mienjs/autodiff';
 * import { evaluateGraph, GraphBuilder } from 'mienjs/onnx';
 * import { float32 } from 'mienjs/tensor';
 *
 * // loss = Σ x², so ∂loss/∂x = 2x
 * const b = new GraphBuilder('squares');
 * const x = b.input('x', 'float32', [3]);
 * const loss = b.op('ReduceSum', [b.op('Mul', [x, x])], { keepdims: 0 });
 * const [dX] = gradients(b, loss, [x]);
 * b.output(dX!, 'dX');
 * [...evaluateGraph(b.graph, { x: float32([3], [1, 2, 3]) })['dX']!.data]; // → [2, 4, 6]
 * ```
 */
export function gradients(b: GraphBuilder, loss: Value, wrt: readonly Value[]): Value[] {
  if (sizeOf(dimsOf(loss)) !== 1)
    throw new ShapeError('gradients', `the loss must be a scalar, got [${loss.shape.join(',')}]`);
  const one = b.op('ConstantOfShape', [b.ints(dimsOf(loss))], {
    value: { dtype: 'float32', dims: [1], data: Float32Array.of(1) },
  });
  return backward(b, b.graph.nodes, new Map([[loss.name, one]]), wrt).map((g, i) => g ?? zerosLike(b, wrt[i]!));
}

/**
 * @param outputGradients ∂loss/∂v by the name of v, for the values that the loss is known to depend on
 * @param through nodes in topological order   @returns null where the loss does not depend on the value
 */
function backward(
  b: GraphBuilder,
  through: readonly GraphNode[],
  outputGradients: ReadonlyMap<string, Value>,
  wrt: readonly Value[],
): (Value | null)[] {
  const forward = through.filter((n) => !stopsGradient(n));
  const wanted = onPath(forward, wrt);
  const constants = new Map(forward.filter((n) => n.op === 'Constant').map((n) => [n.outputs[0]!.name, n]));
  const parts = new Map<string, Value[]>();
  for (const [name, gradient] of outputGradients) if (wanted.has(name)) parts.set(name, [gradient]);

  const collect = (v: Value): Value | null => {
    const list = parts.get(v.name);
    if (!list) return null;
    const total = list.reduce((a, c) => b.op('Add', [a, c]));
    parts.set(v.name, [total]);
    return total;
  };

  const contribute = (v: Value, gradient: Value): void => {
    parts.set(v.name, [...(parts.get(v.name) ?? []), gradient]);
  };
  const throughNode = (node: GraphNode): void => {
    if (!node.outputs.some((v) => parts.has(v.name)) || !node.inputs.some((v) => v && wanted.has(v.name))) return;
    const rule = node.domain === '' && Object.hasOwn(OPS, node.op) ? GRADIENTS[node.op as OpName] : 'forbidden';
    if (rule === 'zero') return;
    if (rule === 'forbidden') throw new MienError(`${node.op} ("${node.name}") cannot be differentiated`);
    const grads = rule(context(b, node, collect, wanted, constants));
    node.inputs.forEach((input, i) => {
      const g = grads[i];
      if (input && g && wanted.has(input.name)) contribute(input, sumToShape(b, g, input));
    });
  };
  /** Backward through a segment's copies, whose gradients start as those of the originals. */
  const throughSegment = (segment: Segment): void => {
    const dY = segment.nodes
      .flatMap((node) => node.outputs)
      .map(collect)
      .findLast((v) => v !== null);
    if (!dY || !segment.nodes.some((node) => node.inputs.some((v) => v && wanted.has(v.name)))) return;
    const { input, nodes, copies } = recompute(b, segment, dY);
    for (const [name, copy] of [...copies, [segment.input.name, input] as const])
      if (wanted.has(name)) wanted.add(copy.name);
    for (const [name, copy] of copies) if (parts.has(name)) parts.set(copy.name, parts.get(name)!);
    for (const node of [...nodes].reverse()) throughNode(node);
    for (const [name, copy] of copies) if (parts.has(copy.name)) parts.set(name, parts.get(copy.name)!);
    const dX = collect(input);
    if (dX) contribute(segment.input, dX);
  };

  const segmentOf = new Map(b.segments.flatMap((segment) => segment.nodes.map((node) => [node, segment] as const)));
  for (const node of forward.reverse()) {
    const segment = segmentOf.get(node);
    if (!segment) throughNode(node);
    else if (node === segment.nodes.findLast((n) => !stopsGradient(n))) throughSegment(segment);
  }
  return wrt.map(collect);
}

/** Names of all values that depend on a value in `wrt`. */
function onPath(nodes: readonly GraphNode[], wrt: readonly Value[]): Set<string> {
  const names = new Set(wrt.map((v) => v.name));
  for (const node of nodes) {
    if (node.inputs.some((v) => v && names.has(v.name))) for (const v of node.outputs) names.add(v.name);
  }
  return names;
}

function context(
  b: GraphBuilder,
  node: GraphNode,
  collect: (v: Value) => Value | null,
  wanted: ReadonlySet<string>,
  constants: ReadonlyMap<string, GraphNode>,
): GradientContext {
  const outputGrads = node.outputs.map(collect);
  return {
    b,
    node,
    x(i) {
      const v = node.inputs[i];
      if (!v) throw new ShapeError(node.op, `input ${i} is missing`);
      return v;
    },
    y: (i = 0) => node.outputs[i]!,
    dyOf: (i = 0) => outputGrads[i] ?? null,
    get dy() {
      return outputGrads[0] ?? zerosLike(b, node.outputs[0]!);
    },
    needs: (i) => {
      const v = node.inputs[i];
      return v != null && wanted.has(v.name);
    },
    through(expand) {
      // Under other names, so that only the expansion lies between the inputs and the outputs
      const aliases = node.inputs.map((v) => (v && wanted.has(v.name) ? b.op('Identity', [v]) : v));
      const first = b.graph.nodes.length;
      const outputs = expand(aliases);
      const seeds = new Map(outputs.flatMap((v, i) => (outputGrads[i] ? [[v.name, outputGrads[i]] as const] : [])));
      const asked = aliases.filter((v, i) => v !== null && v !== node.inputs[i]) as Value[];
      const grads = backward(b, b.graph.nodes.slice(first), seeds, asked);
      return aliases.map((v) => (v && asked.includes(v) ? grads[asked.indexOf(v)]! : null));
    },
    numbers: (i) => {
      const v = node.inputs[i];
      const t = v
        ? (b.graph.initializers.get(v.name) ?? (constants.get(v.name)?.attrs['value']?.value as Tensor | undefined))
        : undefined;
      return t ? toNumbers(t) : undefined;
    },
  };
}
