/** Shapes of recurrent layers: x [T,N,I], r [D,G·H,H] → every h [T,D,N,H], last h [D,N,H], last c [D,N,H]. */
import type { OpName } from '../ops.ts';
import type { InferRule } from './rule.ts';

const recurrent =
  (gates: number): InferRule =>
  (c) => {
    const [time, batch, features] = c.shape(0);
    const [directions, rows, inputSize] = c.shape(1);
    const hidden = c.shape(2)[2];
    if (c.shape(0).length !== 3 || c.shape(1).length !== 3 || c.shape(2).length !== 3)
      c.fail('x, w and r must have 3 dimensions');
    if (c.int('layout', 0) !== 0) c.fail('layout must be 0: x [T,N,I]');
    if (features !== inputSize && typeof features === 'number')
      c.fail(`x has ${features} features, w takes ${inputSize}`);
    if (typeof hidden === 'number' && rows !== gates * hidden)
      c.fail(`w has ${rows} rows, ${gates} gates of ${hidden} units need ${gates * hidden}`);
    const last = { dtype: c.dtype(0), shape: [directions!, batch!, hidden!] };
    return [{ dtype: c.dtype(0), shape: [time!, directions!, batch!, hidden!] }, last, last];
  };

export const RECURRENT_SHAPES = { RNN: recurrent(1), GRU: recurrent(3), LSTM: recurrent(4) } as const satisfies Partial<
  Record<OpName, InferRule>
>;
