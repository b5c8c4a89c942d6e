/**
 * Recurrent layers over sequences x [N,T,F]: LSTM, GRU and plain cells, stacked, bidirectional, over variable lengths.
 *
 * Parameters are PyTorch's, by name, shape and gate order, for layer i (`_reverse` is appended for the backward
 * direction):
 *   `NAME.weight_ih_l{i}` [G·H,F_i]   `NAME.weight_hh_l{i}` [G·H,H]   `NAME.bias_ih_l{i}` [G·H]   `NAME.bias_hh_l{i}` [G·H]
 *   gates (rows, in order): LSTM i, f, g, o;  GRU r, z, n;  plain: one.
 *
 * The graph is unrolled over T. One matrix product projects all time steps at once, so that only h·W_hhᵀ is left to
 * each.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ZEROS, type Initializer } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { CELLS, type CellName, type CellState, type CellWeights } from './recurrent-cells.ts';

export interface RecurrentOptions {
  readonly cell: CellName;
  /** Units of one direction of one layer, H. */
  readonly hidden: number;
  /** Default 1. */
  readonly layers?: number;
  readonly bidirectional?: boolean;
  /** Number of valid steps of each sequence, float32 or int64 [N]; default all T. */
  readonly lengths?: Value;
  /** Initial values of W_ih; default U(±1/√H), as PyTorch. */
  readonly inputInit?: Initializer;
  /** Initial values of W_hh; default U(±1/√H). */
  readonly recurrentInit?: Initializer;
  /** Initial values of both biases; default U(±1/√H). */
  readonly biasInit?: Initializer;
}

export interface RecurrentOutput {
  /** The top layer's states at every step, [N,T,D·H], D directions; zero past a sequence's end. */
  readonly sequence: Value;
  /** The top layer's final states, [N,D·H]: forward at the sequence's last valid step, backward at its first. */
  readonly last: Value;
}

/**
 * What makes a plain ReLU cell an IRNN (Le et al. 2015): W_hh = I, biases 0, small Gaussian W_ih. Spread it into the
 * options.
 */
export const IRNN = {
  cell: 'relu',
  inputInit: { kind: 'gaussian', std: 0.001 },
  recurrentInit: { kind: 'identity' },
  biasInit: ZEROS,
} as const satisfies Partial<RecurrentOptions>;

/**
 * A recurrent network. Past a sequence's end the state carries over unchanged and the output is zero, so the padding's
 * values do not matter; the backward direction starts at the last valid step.
 * @param x float32 [N,T,F], T and F known
 * @throws {ShapeError} when x is no [N,T,F] or the lengths are no [N]
 */
export function recurrent(b: NetworkBuilder, name: string, x: Value, options: RecurrentOptions): RecurrentOutput {
  if (x.shape.length !== 3) throw new ShapeError('recurrent', `"${name}" needs [N,T,F], got [${x.shape.join(',')}]`);
  const [steps] = staticDims(x.shape.slice(1), 'recurrent') as [number, number];
  const masks = options.lengths ? stepMasks(b, options.lengths, steps) : undefined;
  const directions = options.bidirectional ? [false, true] : [false];
  return b.scope(name, () => {
    // [N,T,F] → [T,N,F]: each step is one contiguous block
    let sequence = b.op('Transpose', [x], { perm: [1, 0, 2] });
    let last: Value = x;
    for (let layer = 0; layer < (options.layers ?? 1); layer++) {
      const runs = directions.map((backward) => direction(b, sequence, layer, backward, masks, options));
      sequence = join(
        b,
        runs.map((r) => r.sequence),
        2,
      );
      last = join(
        b,
        runs.map((r) => r.last),
        1,
      );
    }
    return { sequence: b.op('Transpose', [sequence], { perm: [1, 0, 2] }), last };
  });
}

/** One direction of one layer: sequence [T,N,F] → sequence [T,N,H], last [N,H]. */
function direction(
  b: NetworkBuilder,
  sequence: Value,
  layer: number,
  backward: boolean,
  masks: readonly StepMask[] | undefined,
  o: RecurrentOptions,
): RecurrentOutput {
  const [steps, inputs] = [
    staticDims(sequence.shape.slice(0, 1), 'recurrent')[0]!,
    staticDims(sequence.shape.slice(2), 'recurrent')[0]!,
  ];
  const cell = CELLS[o.cell];
  const rows = cell.gates * o.hidden;
  const bound: Initializer = { kind: 'uniform', limit: 1 / Math.sqrt(o.hidden) };
  const suffix = `_l${layer}${backward ? '_reverse' : ''}`;
  const weights: CellWeights = {
    hidden: o.hidden,
    inputWeight: b.weight(`weight_ih${suffix}`, [rows, inputs], o.inputInit ?? bound),
    recurrentWeight: b.weight(`weight_hh${suffix}`, [rows, o.hidden], o.recurrentInit ?? bound),
    inputBias: b.weight(`bias_ih${suffix}`, [rows], o.biasInit ?? bound),
    recurrentBias: b.weight(`bias_hh${suffix}`, [rows], o.biasInit ?? bound),
  };
  // [T,N,F] → [T·N,F] → [T·N,G·H] → T of [N,G·H]
  const flat = b.op('Reshape', [sequence, b.ints([-1, inputs])]);
  const projected = b.op('Gemm', [flat, weights.inputWeight, cell.projectionBias(b, weights)], { transB: 1 });
  const steps3 = b.op('Reshape', [projected, b.ints([steps, -1, rows])]);
  const parts = steps === 1 ? [steps3] : b.ops('Split', [steps3], { axis: 0, num_outputs: steps }, steps);
  const projections = parts.map((v) => b.op('Reshape', [v, b.ints([-1, rows])]));

  let state: CellState | undefined;
  const outputs: Value[] = [];
  for (let i = 0; i < steps; i++) {
    const t = backward ? steps - 1 - i : i;
    const next = cell.step(b, projections[t]!, state, weights);
    const mask = masks?.[t];
    const kept = mask ? next.map((v) => b.op('Mul', [v, mask.valid])) : next;
    outputs[t] = b.op('Unsqueeze', [kept[0]!, b.ints([0])]);
    // Past the end the state stays; before the backward direction's first valid step it is still zero
    const previous = state;
    state = mask && previous ? kept.map((v, k) => b.op('Add', [v, b.op('Mul', [previous[k]!, mask.past])])) : kept;
  }
  return { sequence: join(b, outputs, 0), last: state![0]! };
}

interface StepMask {
  /** [N,1]: 1 where the step is within the sequence. */
  readonly valid: Value;
  /** 1 − valid. */
  readonly past: Value;
}

function stepMasks(b: NetworkBuilder, lengths: Value, steps: number): StepMask[] {
  if (lengths.shape.length !== 1)
    throw new ShapeError('recurrent', `the lengths must be [N], got [${lengths.shape.join(',')}]`);
  const column = b.op('Unsqueeze', [
    lengths.dtype === 'float32' ? lengths : b.op('Cast', [lengths], { to: 1 }),
    b.ints([1]),
  ]);
  return Array.from({ length: steps }, (_, t) => {
    const valid = b.op('Cast', [b.op('Greater', [column, t])], { to: 1 });
    return { valid, past: b.op('Sub', [1, valid]) };
  });
}

const join = (b: NetworkBuilder, values: readonly Value[], axis: number): Value =>
  values.length === 1 ? values[0]! : b.op('Concat', values, { axis });
