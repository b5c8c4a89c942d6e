import type { OpName } from 'mienjs/onnx';
import { Random, float32, sizeOf, type Tensor } from 'mienjs/tensor';
import { int32, type OpCase, type OpCases } from './op-case.ts';

type Recurrent = 'RNN' | 'GRU' | 'LSTM';

function weights(name: string, dims: readonly number[]): Tensor<'float32'> {
  const random = new Random(11, `${name}/${dims.join('x')}`);
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => random.range(-0.9, 0.9)),
  );
}

interface Options {
  readonly directions?: 1 | 2;
  readonly bias?: boolean;
  readonly lengths?: readonly number[];
  readonly initial?: boolean;
  readonly peepholes?: boolean;
  readonly attrs?: OpCase['attrs'];
}

/** 4 steps, 3 samples, 2 features, 3 units. */
function recurrent(
  op: Recurrent,
  name: string,
  { directions: d = 1, bias = false, lengths, initial = false, peepholes = false, attrs }: Options,
): OpCase {
  const [time, batch, features, hidden] = [4, 3, 2, 3];
  const rows = { RNN: 1, GRU: 3, LSTM: 4 }[op] * hidden;
  const states = initial ? (op === 'LSTM' ? ['h0', 'c0'] : ['h0']) : [];
  const inputs: (Tensor | null)[] = [
    weights('x', [time, batch, features]),
    weights('w', [d, rows, features]),
    weights('r', [d, rows, hidden]),
    bias ? weights('b', [d, 2 * rows]) : null,
    lengths ? int32([batch], lengths) : null,
    ...['h0', 'c0'].map((s) => (states.includes(s) ? weights(s, [d, batch, hidden]) : null)),
    peepholes ? weights('p', [d, 3 * hidden]) : null,
  ];
  while (inputs.at(-1) === null) inputs.pop();
  return {
    name,
    inputs,
    attrs: { hidden_size: hidden, ...(d === 2 ? { direction: 'bidirectional' } : {}), ...attrs } as OpCase['attrs'] &
      object,
    outputs: op === 'LSTM' ? 3 : 2,
    differentiable: inputs.flatMap((t, i) => (t?.dtype === 'float32' ? [i] : [])),
  };
}

const common = (op: Recurrent): OpCase[] => [
  recurrent(op, 'plain', {}),
  recurrent(op, 'bias and initial state', { bias: true, initial: true }),
  recurrent(op, 'reverse', { bias: true, attrs: { direction: 'reverse' } }),
  recurrent(op, 'bidirectional, of different lengths', {
    directions: 2,
    bias: true,
    initial: true,
    lengths: [4, 2, 1],
  }),
  recurrent(op, 'different lengths, from zeros', { lengths: [2, 4, 3] }),
];

export const RECURRENT_CASES = {
  RNN: [...common('RNN'), recurrent('RNN', 'rectified', { bias: true, attrs: { activations: ['Relu'] } })],
  GRU: [
    ...common('GRU'),
    recurrent('GRU', 'linear before reset', { bias: true, initial: true, attrs: { linear_before_reset: 1 } }),
    recurrent('GRU', 'linear before reset, from zeros', { bias: true, attrs: { linear_before_reset: 1 } }),
  ],
  LSTM: [...common('LSTM'), recurrent('LSTM', 'peepholes', { bias: true, initial: true, peepholes: true })],
} as const satisfies Partial<OpCases<OpName>>;
