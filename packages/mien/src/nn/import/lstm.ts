/**
 * ONNX's LSTM node as the ops it is made of, unrolled over time, so that it has gradients (Hochreiter & Schmidhuber 1997,
 * with the forget gate of Gers et al. 2000). Per direction, with Wb + Rb the two halves of B:
 *   [i o f g]ₜ = xₜ·Wᵀ + hₜ₋₁·Rᵀ + Wb + Rb;  cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g);  hₜ = σ(o)·tanh(cₜ)
 * Shapes: X [T,N,I], W [D,4H,I], R [D,4H,H], B [D,8H], initial h and c [D,N,H] → Y [T,D,N,H], last h and c [D,N,H].
 */
import { ShapeError } from '../../errors.ts';
import { attrNumber, attrString, type GraphBuilder, type GraphNode, type InferredValue, type Value } from '../../onnx/index.ts';

/** @throws {ShapeError} when the inputs do not fit, or the node uses a setting that is not supported */
export function lstmTypes(node: GraphNode, inputs: readonly (Value | null)[]): InferredValue[] {
  const [x, w, r, bias, lengths, h0, c0, peepholes] = inputs;
  if (!x || !w || !r || x.shape.length !== 3) throw new ShapeError('LSTM', 'needs X [T,N,I], W and R');
  const direction = attrString(node, 'direction', 'forward');
  const directions = direction === 'bidirectional' ? 2 : 1;
  const hidden = r.shape[2] as number;
  const [time, batch, features] = x.shape;
  const expect = (name: string, v: Value | null | undefined, ...dims: unknown[]): void => {
    if (v && v.shape.join() !== dims.join()) throw new ShapeError('LSTM', `${name} is [${v.shape.join(',')}], expected [${dims.join(',')}]`);
  };
  expect('W', w, directions, 4 * hidden, features);
  expect('R', r, directions, 4 * hidden, hidden);
  expect('B', bias, directions, 8 * hidden);
  expect('initial_h', h0, directions, batch, hidden);
  expect('initial_c', c0, directions, batch, hidden);
  const unsupported = lengths ? 'sequence_lens' : peepholes ? 'peepholes'
    : ['activations', 'clip', 'activation_alpha', 'activation_beta'].find((a) => node.attrs[a]) ?? ['input_forget', 'layout'].find((a) => attrNumber(node, a, 0) !== 0);
  if (unsupported !== undefined) throw new ShapeError('LSTM', `${unsupported} is not supported`);
  const state: InferredValue = { dtype: 'float32', shape: [directions, batch!, hidden] };
  return [{ dtype: 'float32', shape: [time!, directions, batch!, hidden] }, state, state];
}

/** @returns Y and the last h and c */
export function expandLstm(b: GraphBuilder, node: GraphNode, inputs: readonly (Value | null)[]): Value[] {
  const [x, w, r, bias, , h0, c0] = inputs as [Value, Value, Value, ...(Value | null)[]];
  const direction = attrString(node, 'direction', 'forward');
  const hidden = r.shape[2] as number;
  const time = x.shape[0] as number;
  const take = (v: Value, axis: number, at: number, count = 1): Value => b.op('Slice', [v, b.ints([at]), b.ints([at + count]), b.ints([axis])]);
  const sequences: Value[] = [];
  const lastH: Value[] = [];
  const lastC: Value[] = [];
  for (let d = 0; d < (direction === 'bidirectional' ? 2 : 1); d++) {
    const matrix = (v: Value): Value => b.op('Transpose', [b.op('Squeeze', [take(v, 0, d), b.ints([0])])], { perm: [1, 0] });
    const start = (v: Value | null | undefined): Value | null => (v ? b.op('Squeeze', [take(v, 0, d), b.ints([0])]) : null);
    let gatesX = b.op('MatMul', [x, matrix(w)]); // [T,N,4H]
    if (bias) {
      const both = b.op('Reshape', [take(bias, 0, d), b.ints([2, 4 * hidden])]);
      gatesX = b.op('Add', [gatesX, b.op('ReduceSum', [both, b.ints([0])], { keepdims: 0 })]);
    }
    const rT = matrix(r);
    let h = start(h0);
    let c = start(c0);
    const backward = direction === 'reverse' || d === 1;
    const hs: Value[] = [];
    for (let k = 0; k < time; k++) {
      const t = backward ? time - 1 - k : k;
      const fromX = b.op('Squeeze', [take(gatesX, 0, t), b.ints([0])]); // [N,4H]
      const gates = h ? b.op('Add', [fromX, b.op('MatMul', [h, rT])]) : fromX;
      const gate = (i: number): Value => take(gates, 1, i * hidden, hidden);
      const sigmoid = b.op('Sigmoid', [take(gates, 1, 0, 3 * hidden)]);
      const [i, o, f] = [0, 1, 2].map((g) => take(sigmoid, 1, g * hidden, hidden)) as [Value, Value, Value];
      const added = b.op('Mul', [i, b.op('Tanh', [gate(3)])]);
      c = c ? b.op('Add', [b.op('Mul', [f, c]), added]) : added;
      h = b.op('Mul', [o, b.op('Tanh', [c])]);
      hs[t] = b.op('Unsqueeze', [h, b.ints([0, 1])]); // [1,1,N,H]
    }
    sequences.push(b.op('Concat', hs, { axis: 0 }));
    lastH.push(b.op('Unsqueeze', [h!, b.ints([0])]));
    lastC.push(b.op('Unsqueeze', [c!, b.ints([0])]));
  }
  const join = (parts: readonly Value[], axis: number): Value => (parts.length === 1 ? parts[0]! : b.op('Concat', parts, { axis }));
  return [join(sequences, 1), join(lastH, 0), join(lastC, 0)];
}
