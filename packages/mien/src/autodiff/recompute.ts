/**
 * Checkpointed segments (GraphBuilder.checkpoint): the nodes of a segment once more, for the backward pass.
 *
 * ONNX Runtime merges equal nodes and runs a node as soon as its inputs are there; both would bring back the memory
 * that a segment saves. So the copies start from x through a barrier that the gradient of the segment's output must
 * pass:
 *
 *   x' = Reshape(x, dims(x) + int64(|dY₀| < −1))        dY₀: one element of dY
 *
 * The condition never holds, also for NaN, but no optimiser knows; and a Reshape copies nothing.
 */
import type { GraphBuilder, GraphNode, Segment, Value } from '../onnx/index.ts';
import { int64 } from '../tensor/index.ts';
import { dimsOf } from './rule.ts';

export interface Recomputed {
  /** x behind the barrier: its gradient is x's. */
  readonly input: Value;
  /** The segment's nodes, those that depend on x replaced by their copies. */
  readonly nodes: readonly GraphNode[];
  /** Copies of values by the name of the original. */
  readonly copies: ReadonlyMap<string, Value>;
}

/** @param dY the gradient of the segment's output, float32 */
export function recompute(b: GraphBuilder, { input, nodes }: Segment, dY: Value): Recomputed {
  const behind = barrier(b, input, dY);
  const copies = new Map<string, Value>([[input.name, behind]]);
  const again = nodes.map((node) => {
    if (!node.inputs.some((v) => v && copies.has(v.name))) return node;
    const copy = b.copy(
      node,
      node.inputs.map((v) => (v && copies.get(v.name)) ?? v),
    );
    node.outputs.forEach((v, i) => copies.set(v.name, copy.outputs[i]!));
    return copy;
  });
  copies.delete(input.name);
  return { input: behind, nodes: again, copies };
}

function barrier(b: GraphBuilder, x: Value, dY: Value): Value {
  const first = b.op('Gather', [b.op('Reshape', [dY, b.ints([-1])]), b.constant(int64([0]))], { axis: 0 });
  const zero = b.op('Cast', [b.op('Less', [b.op('Abs', [first]), -1])], { to: 7 });
  const dims = b.op('Add', [b.ints(dimsOf(x)), zero]);
  // Not through op(): inference wants the shape of a Reshape constant
  return b.copy({ name: `${x.name}:again`, op: 'Reshape', domain: '', inputs: [], outputs: [x], attrs: {} }, [x, dims])
    .outputs[0]!;
}
