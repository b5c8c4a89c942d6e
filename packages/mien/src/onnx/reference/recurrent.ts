/**
 * Recurrent layers by their definition, one sample and one unit at a time.
 * x [T,N,I], w [D,G·H,I], r [D,G·H,H], b [D,2·G·H] (of w, then of r), lengths [N], h₀ and c₀ [D,N,H], p [D,3·H].
 *   RNN   h = f(Wx + Rh + b)
 *   GRU   z, r = f(…), n = g(W_n x + r⊙(R_n h + b_Rn)) or g(W_n x + R_n(r⊙h) + …), h = (1 − z)⊙n + z⊙h
 *   LSTM  i, o, f = f(… + p⊙c), n = g(…), c = f⊙c + i⊙n, h = o⊙k(c); o sees the new c
 * A sample stops at its length: h and c stay, and y is 0 from there on. The backward direction begins at its last step.
 */
import type { OpName } from '../ops.ts';
import { recurrentSettings, type ActivationName } from '../shared/recurrent.ts';
import { sigmoid } from './activations.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, type Nd } from './nd.ts';

const FUNCTIONS: Readonly<Record<ActivationName, (v: number) => number>> = {
  Sigmoid: sigmoid,
  Tanh: Math.tanh,
  Relu: (v) => Math.max(v, 0),
};

/** The new h and c of one sample from its gates' inputs: `wx` holds Wx + b_W, `rh` Rh + b_R, gate by gate. */
type Cell = (
  wx: Float64Array,
  rh: Float64Array,
  h: Float64Array,
  c: Float64Array,
  reset: (gated: Float64Array) => Float64Array,
) => void;

function recurrent(gates: number): Kernel {
  return (call: KernelCall) => {
    const [x, w, r] = [call.x(0), call.x(1), call.x(2)];
    const [bias, lengths, h0, c0, peepholes] = [3, 4, 5, 6, 7].map((i) => call.optional(i));
    const [time, batch, features] = x.dims as [number, number, number];
    const hidden = r.dims[2]!;
    const rows = gates * hidden;
    const { directions, linearBeforeReset } = recurrentSettings(call.node);
    const y = nd(x.dtype, [time, directions.length, batch, hidden]);
    const lastDims = [directions.length, batch, hidden];
    const [lastH, lastC] = [nd(x.dtype, lastDims), nd(x.dtype, lastDims)];
    directions.forEach(({ reverse, activations }, d) => {
      const [f, g, k] = activations.map((name) => FUNCTIONS[name]);
      const block = (t: Nd | undefined, size: number): Float64Array =>
        t?.data.subarray(d * size, (d + 1) * size) ?? new Float64Array(size);
      const [W, R, B, P] = [
        block(w, rows * features),
        block(r, rows * hidden),
        block(bias, 2 * rows),
        block(peepholes, 3 * hidden),
      ];
      const times = (m: Float64Array, b: Float64Array, v: Float64Array): Float64Array =>
        b.map((start, row) => v.reduce((a, e, i) => a + m[row * v.length + i]! * e, start));
      const cell = cells(gates, hidden, f!, g!, k!, P, linearBeforeReset);
      for (let n = 0; n < batch; n++) {
        const place = (d * batch + n) * hidden;
        const h = Float64Array.from({ length: hidden }, (_, i) => h0?.data[place + i] ?? 0);
        const c = Float64Array.from({ length: hidden }, (_, i) => c0?.data[place + i] ?? 0);
        const length = lengths?.data[n] ?? time;
        for (let step = 0; step < length; step++) {
          const t = reverse ? length - 1 - step : step;
          const wx = times(
            W,
            B.subarray(0, rows),
            x.data.subarray((t * batch + n) * features, (t * batch + n + 1) * features),
          );
          const rh = times(R, B.subarray(rows), h);
          cell(wx, rh, h, c, (gated) => times(R.subarray(2 * hidden * hidden), B.subarray(rows + 2 * hidden), gated));
          y.data.set(h, ((t * directions.length + d) * batch + n) * hidden);
        }
        lastH.data.set(h, place);
        lastC.data.set(c, place);
      }
    });
    return [y, lastH, lastC];
  };
}

type Activation = (v: number) => number;

function cells(
  gates: number,
  hidden: number,
  f: Activation,
  g: Activation,
  k: Activation,
  p: Float64Array,
  linearBeforeReset: boolean,
): Cell {
  const each = (visit: (i: number) => number): Float64Array =>
    Float64Array.from({ length: hidden }, (_, i) => visit(i));
  if (gates === 1) return (wx, rh, h) => h.set(each((i) => f(wx[i]! + rh[i]!)));
  if (gates === 3) {
    return (wx, rh, h, _, reset) => {
      const [z, r] = [0, 1].map((q) => each((i) => f(wx[q * hidden + i]! + rh[q * hidden + i]!))) as [
        Float64Array,
        Float64Array,
      ];
      const inner = linearBeforeReset ? each((i) => r[i]! * rh[2 * hidden + i]!) : reset(each((i) => r[i]! * h[i]!));
      h.set(each((i) => (1 - z[i]!) * g(wx[2 * hidden + i]! + inner[i]!) + z[i]! * h[i]!));
    };
  }
  // Gates i, o, f, n; peepholes i, o, f
  return (wx, rh, h, c) => {
    const sum = (gate: number, i: number): number => wx[gate * hidden + i]! + rh[gate * hidden + i]!;
    const next = each(
      (i) => f(sum(2, i) + p[2 * hidden + i]! * c[i]!) * c[i]! + f(sum(0, i) + p[i]! * c[i]!) * g(sum(3, i)),
    );
    h.set(each((i) => f(sum(1, i) + p[hidden + i]! * next[i]!) * k(next[i]!)));
    c.set(next);
  };
}

export const RECURRENT = { RNN: recurrent(1), GRU: recurrent(3), LSTM: recurrent(4) } as const satisfies Partial<
  Record<OpName, Kernel>
>;
