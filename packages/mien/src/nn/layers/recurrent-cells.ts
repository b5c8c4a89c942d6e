/** One time step of each recurrent cell. p = W_ih·x + bias [N,G·H] is given, h [N,H] is the state (absent: zero). */
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';

export interface CellWeights {
  /** H. */
  readonly hidden: number;
  readonly inputWeight: Value;
  readonly recurrentWeight: Value;
  readonly inputBias: Value;
  readonly recurrentBias: Value;
}

/** What a cell carries from step to step: h first, then (LSTM) c. */
export type CellState = readonly Value[];

interface Cell {
  /** Rows of the weight matrices per hidden unit. */
  readonly gates: number;
  /** The bias that the projection of the input takes in. */
  projectionBias(b: NetworkBuilder, w: CellWeights): Value;
  step(b: NetworkBuilder, p: Value, state: CellState | undefined, w: CellWeights): CellState;
}

export type CellName = 'lstm' | 'gru' | 'tanh' | 'relu';

const bothBiases = (b: NetworkBuilder, w: CellWeights): Value => b.op('Add', [w.inputBias, w.recurrentBias]);
/** p + h·W_hhᵀ. */
const preactivation = (b: NetworkBuilder, p: Value, state: CellState | undefined, w: CellWeights): Value =>
  state ? b.op('Gemm', [state[0]!, w.recurrentWeight, p], { transB: 1 }) : p;

function gatesOf(b: NetworkBuilder, v: Value, count: number): Value[] {
  return b.ops('Split', [v], { axis: v.shape.length - 1, num_outputs: count }, count);
}

/** h' = f(W_ih·x + b_ih + W_hh·h + b_hh). */
const plain = (activation: 'Tanh' | 'Relu'): Cell => ({
  gates: 1,
  projectionBias: bothBiases,
  step: (b, p, state, w) => [b.op(activation, [preactivation(b, p, state, w)])],
});

export const CELLS: Readonly<Record<CellName, Cell>> = {
  tanh: plain('Tanh'),
  relu: plain('Relu'),
  /**
   * Long short-term memory (Hochreiter & Schmidhuber 1997, with Gers' forget gate):
   *   i, f, o = σ(·), g = tanh(·);  c' = f·c + i·g;  h' = o·tanh(c')
   */
  lstm: {
    gates: 4,
    projectionBias: bothBiases,
    step(b, p, state, w) {
      const [i, f, g, o] = gatesOf(b, preactivation(b, p, state, w), 4) as [Value, Value, Value, Value];
      const sigmoid = (v: Value): Value => b.op('Sigmoid', [v]);
      const written = b.op('Mul', [sigmoid(i), b.op('Tanh', [g])]);
      const c = state ? b.op('Add', [b.op('Mul', [sigmoid(f), state[1]!]), written]) : written;
      return [b.op('Mul', [sigmoid(o), b.op('Tanh', [c])]), c];
    },
  },
  /**
   * Gated recurrent unit (Cho et al. 2014), with the reset gate after the product, as in cuDNN and PyTorch:
   *   r, z = σ(p + W_hh·h + b_hh);  n = tanh(p_n + r·(W_hn·h + b_hn));  h' = (1 − z)·n + z·h
   */
  gru: {
    gates: 3,
    projectionBias: (_, w) => w.inputBias,
    step(b, p, state, w) {
      const fromState = state
        ? b.op('Gemm', [state[0]!, w.recurrentWeight, w.recurrentBias], { transB: 1 })
        : w.recurrentBias;
      const [pr, pz, pn] = gatesOf(b, p, 3) as [Value, Value, Value];
      const [hr, hz, hn] = gatesOf(b, fromState, 3) as [Value, Value, Value];
      const r = b.op('Sigmoid', [b.op('Add', [pr, hr])]);
      const z = b.op('Sigmoid', [b.op('Add', [pz, hz])]);
      const n = b.op('Tanh', [b.op('Add', [pn, b.op('Mul', [r, hn])])]);
      const fresh = b.op('Mul', [b.op('Sub', [1, z]), n]);
      return [state ? b.op('Add', [fresh, b.op('Mul', [z, state[0]!])]) : fresh];
    },
  },
};
