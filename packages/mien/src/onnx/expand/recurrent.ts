/**
 * RNN, GRU and LSTM nodes as the standard ops of their cells, unrolled over time: what a gradient goes through.
 * x [T,N,I], w [D,G·H,I], r [D,G·H,H], b [D,2·G·H], lengths int32 [N], h₀ and c₀ [D,N,H], p [D,3·H]; G gates in ONNX's
 * order (GRU z, r, n; LSTM i, o, f, n). Equations: evaluate/recurrent.ts.
 *
 * The product W·x of all steps is one MatMul; a step is one product with R. A sample's mask m_t = [t < length] holds
 * its state beyond its end: h = m·h_new + (1 − m)·h_old.
 */
import { int64, tensor } from '../../tensor/index.ts';
import type { GraphBuilder } from '../builder.ts';
import { staticDims, type GraphNode, type Value } from '../graph.ts';
import { DTYPE_CODES } from '../infer.ts';
import {
  recurrentSettings,
  type ActivationName,
  type RecurrentDirection,
  type RecurrentSettings,
} from '../shared/recurrent.ts';

const GATES: Readonly<Record<string, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

/** The weights of one direction and the state that it starts from; null: absent, or zeros. */
interface Direction {
  /** W·x + b for every step, [T,N,G·H]. */
  readonly projected: Value;
  /** [H,G·H]. */
  readonly r: Value;
  /** GRU with linear_before_reset: the bias inside the reset, [H]. */
  readonly resetBias: Value | null;
  /** LSTM: [3·H]. */
  readonly peepholes: Value | null;
}

interface State {
  readonly h: Value | null;
  readonly c: Value | null;
}

/**
 * @param inputs of the node, in its order
 * @returns every h [T,D,N,H], the last h [D,N,H] and, of an LSTM, the last c [D,N,H]
 * @throws {ShapeError} when T or H is symbolic, or an attribute is not supported
 */
export function expandRecurrent(
  b: GraphBuilder,
  node: Pick<GraphNode, 'op' | 'name' | 'attrs'>,
  inputs: readonly (Value | null)[],
): Value[] {
  const [x, w, r] = inputs as [Value, Value, Value];
  const [bias, lengths, h0, c0, peepholes] = [3, 4, 5, 6, 7].map((i) => inputs[i] ?? null) as [
    Value | null,
    Value | null,
    Value | null,
    Value | null,
    Value | null,
  ];
  const settings = recurrentSettings(node);
  const [time] = staticDims(x.shape.slice(0, 1), node.op) as [number];
  const [hidden] = staticDims(r.shape.slice(2), node.op) as [number];
  const masks = lengths && Array.from({ length: time }, (_, t) => stepMask(b, lengths, t, x.dtype));
  const runs = settings.directions.map((direction, d) => {
    const own = (v: Value): Value => b.op('Gather', [v, b.constant(int64([d], []))], { axis: 0 });
    const start: State = { h: h0 && own(h0), c: c0 && own(c0) };
    return runDirection(
      b,
      { op: node.op, hidden, time, masks, settings, direction },
      prepare(b, node.op, hidden, x, own(w), own(r), bias && own(bias), peepholes && own(peepholes), settings),
      start,
    );
  });
  const stack = (values: readonly Value[], axis: number): Value =>
    b.op(
      'Concat',
      values.map((v) => b.op('Unsqueeze', [v, b.ints([axis])])),
      { axis },
    );
  const everyH = stack(
    runs.map((run) => stack(run.outputs, 0)),
    1,
  );
  const lasts = [runs.map((run) => run.last.h!), ...(node.op === 'LSTM' ? [runs.map((run) => run.last.c!)] : [])];
  return [everyH, ...lasts.map((values) => stack(values, 0))];
}

/** [N,1]: 1 where the sample is longer than t. */
function stepMask(b: GraphBuilder, lengths: Value, t: number, dtype: Value['dtype']): Value {
  const longer = b.op('Greater', [lengths, b.constant(tensor('int32', [], Int32Array.of(t)))]);
  return b.op('Unsqueeze', [b.op('Cast', [longer], { to: DTYPE_CODES[dtype] }), b.ints([1])]);
}

/** The products and slices that all steps share. w [G·H,I], r [G·H,H], bias [2·G·H]. */
function prepare(
  b: GraphBuilder,
  op: string,
  hidden: number,
  x: Value,
  w: Value,
  r: Value,
  bias: Value | null,
  peepholes: Value | null,
  settings: RecurrentSettings,
): Direction {
  const rows = GATES[op]! * hidden;
  const part = (from: number, to: number): Value => b.op('Slice', [bias!, b.ints([from]), b.ints([to]), b.ints([0])]);
  const product = b.op('MatMul', [x, b.op('Transpose', [w], { perm: [1, 0] })]);
  const separate = op === 'GRU' && settings.linearBeforeReset;
  let projected = product;
  if (bias) {
    projected = b.op('Add', [projected, part(0, rows)]);
    // The recurrent bias joins it, but for the part that the reset gate multiplies
    const recurrent = separate
      ? b.op('Pad', [part(rows, rows + 2 * hidden), b.ints([0, hidden])])
      : part(rows, 2 * rows);
    projected = b.op('Add', [projected, recurrent]);
  }
  return {
    projected,
    r: b.op('Transpose', [r], { perm: [1, 0] }),
    resetBias: separate && bias ? part(rows + 2 * hidden, 2 * rows) : null,
    peepholes,
  };
}

interface Run {
  readonly op: string;
  readonly hidden: number;
  readonly time: number;
  /** One mask for each step, or null: all samples are as long as the sequence. */
  readonly masks: readonly Value[] | null;
  readonly settings: RecurrentSettings;
  readonly direction: RecurrentDirection;
}

function runDirection(b: GraphBuilder, run: Run, weights: Direction, start: State): { outputs: Value[]; last: State } {
  const outputs = new Array<Value>(run.time);
  let state = start;
  for (let step = 0; step < run.time; step++) {
    const t = run.direction.reverse ? run.time - 1 - step : step;
    const wx = b.op('Gather', [weights.projected, b.constant(int64([t], []))], { axis: 0 });
    const next = CELLS[run.op]!(b, run, weights, wx, state);
    const mask = run.masks?.[t];
    state = mask ? { h: held(b, mask, next.h!, state.h), c: next.c && held(b, mask, next.c, state.c) } : next;
    outputs[t] = mask ? b.op('Mul', [mask, next.h!]) : next.h!;
  }
  return { outputs, last: state };
}

/** m·next + (1 − m)·previous. */
function held(b: GraphBuilder, mask: Value, next: Value, previous: Value | null): Value {
  return previous
    ? b.op('Add', [previous, b.op('Mul', [mask, b.op('Sub', [next, previous])])])
    : b.op('Mul', [mask, next]);
}

type Cell = (b: GraphBuilder, run: Run, weights: Direction, wx: Value, state: State) => State;

const apply = (b: GraphBuilder, name: ActivationName | undefined, v: Value): Value => b.op(name!, [v]);

/** a + h·R, or a alone before the first step. */
const withHidden = (b: GraphBuilder, a: Value, h: Value | null, r: Value): Value =>
  h ? b.op('Add', [a, b.op('MatMul', [h, r])]) : a;

const columns = (b: GraphBuilder, v: Value, from: number, to: number, axis: number): Value =>
  b.op('Slice', [v, b.ints([from]), b.ints([to]), b.ints([axis])]);

const CELLS: Readonly<Record<string, Cell>> = {
  RNN: (b, { direction }, { r }, wx, { h }) => ({
    h: apply(b, direction.activations[0], withHidden(b, wx, h, r)),
    c: null,
  }),
  GRU: (b, { direction, hidden, settings }, { r, resetBias }, wx, { h }) => {
    const [f, g] = direction.activations;
    const rh = h && settings.linearBeforeReset ? b.op('MatMul', [h, r]) : null;
    const wxGates = columns(b, wx, 0, 2 * hidden, 1);
    const gateInput = rh
      ? b.op('Add', [wxGates, columns(b, rh, 0, 2 * hidden, 1)])
      : withHidden(b, wxGates, h, columns(b, r, 0, 2 * hidden, 1));
    const [z, reset] = b.ops('Split', [apply(b, f, gateInput)], { axis: 1, num_outputs: 2 }, 2) as [Value, Value];
    let inner = columns(b, wx, 2 * hidden, 3 * hidden, 1);
    if (settings.linearBeforeReset) {
      const recurrent = rh && columns(b, rh, 2 * hidden, 3 * hidden, 1);
      const biased = recurrent && resetBias ? b.op('Add', [recurrent, resetBias]) : (recurrent ?? resetBias);
      if (biased) inner = b.op('Add', [inner, b.op('Mul', [reset, biased])]);
    } else if (h) {
      inner = withHidden(b, inner, b.op('Mul', [reset, h]), columns(b, r, 2 * hidden, 3 * hidden, 1));
    }
    const n = apply(b, g, inner);
    // (1 − z)·n + z·h
    return {
      h: h ? b.op('Add', [n, b.op('Mul', [z, b.op('Sub', [h, n])])]) : b.op('Sub', [n, b.op('Mul', [z, n])]),
      c: null,
    };
  },
  LSTM: (b, { direction, hidden }, { r, peepholes }, wx, { h, c }) => {
    const [f, g, k] = direction.activations;
    const [iIn, oIn, fIn, nIn] = b.ops('Split', [withHidden(b, wx, h, r)], { axis: 1, num_outputs: 4 }, 4) as [
      Value,
      Value,
      Value,
      Value,
    ];
    const peep = (v: Value, gate: number, cell: Value | null): Value =>
      peepholes && cell
        ? b.op('Add', [v, b.op('Mul', [columns(b, peepholes, gate * hidden, (gate + 1) * hidden, 0), cell])])
        : v;
    const added = b.op('Mul', [apply(b, f, peep(iIn, 0, c)), apply(b, g, nIn)]);
    const next = c ? b.op('Add', [b.op('Mul', [apply(b, f, peep(fIn, 2, c)), c]), added]) : added;
    return { h: b.op('Mul', [apply(b, f, peep(oIn, 1, next)), apply(b, k, next)]), c: next };
  },
};
