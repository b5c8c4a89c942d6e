/** Shapes of convolution, pooling, normalisation and sampling. */
import type { OpName } from '../ops.ts';
import { convOutput, convTransposeOutput, poolOutput } from '../shared/window.ts';
import { normalizeAxis, sameAsFirst, show, type InferRule } from './rule.ts';

const pool: InferRule = (c) => {
  const x = c.shape(0);
  const kernel = c.ints('kernel_shape') ?? c.fail('needs kernel_shape');
  const spatial = x.slice(2);
  if (kernel.length !== spatial.length) c.fail(`kernel ${show(kernel)} does not fit the input ${show(x)}`);
  const out = spatial.map((d, i) =>
    typeof d === 'number'
      ? poolOutput(d, i, {
          kernel,
          strides: c.ints('strides'),
          pads: c.ints('pads'),
          dilations: c.ints('dilations'),
          autoPad: c.string('auto_pad', 'NOTSET'),
          ceil: c.int('ceil_mode', 0) === 1,
        })
      : d,
  );
  if (out.some((d) => typeof d === 'number' && d < 1))
    c.fail(`kernel ${show(kernel)} is larger than the input ${show(x)}`);
  const shape = [x[0]!, x[1]!, ...out];
  return c.outputCount > 1
    ? [
        { dtype: c.dtype(0), shape },
        { dtype: 'int64', shape },
      ]
    : [{ dtype: c.dtype(0), shape }];
};

const globalPool: InferRule = (c) => [{ dtype: c.dtype(0), shape: c.shape(0).map((d, i) => (i < 2 ? d : 1)) }];

export const WINDOW_SHAPES = {
  Conv: (c) => {
    const x = c.shape(0);
    const w = c.shape(1);
    if (x.length < 3 || w.length !== x.length)
      c.fail(`input ${show(x)} and weight ${show(w)} must both be [N,C,…spatial]`);
    const group = c.int('group', 1);
    if (typeof x[1] === 'number' && typeof w[1] === 'number' && x[1] !== w[1] * group)
      c.fail(`input ${show(x)} has ${x[1]} channels, weight ${show(w)} with group ${group} takes ${w[1] * group}`);
    if (typeof w[0] === 'number' && w[0] % group !== 0)
      c.fail(`group ${group} does not divide the ${w[0]} output channels`);
    const kernel = w.slice(2) as number[];
    const out = x.slice(2).map((d, i) =>
      typeof d === 'number'
        ? convOutput(d, i, {
            kernel,
            strides: c.ints('strides'),
            pads: c.ints('pads'),
            dilations: c.ints('dilations'),
            autoPad: c.string('auto_pad', 'NOTSET'),
          })
        : d,
    );
    if (out.some((d) => typeof d === 'number' && d < 1))
      c.fail(`kernel ${show(kernel)} is larger than the input ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: [x[0]!, w[0]!, ...out] }];
  },
  ConvTranspose: (c) => {
    const x = c.shape(0);
    const w = c.shape(1);
    if (x.length < 3 || w.length !== x.length)
      c.fail(`input ${show(x)} and weight ${show(w)} must both be [N,C,…spatial]`);
    if (x[1] !== w[0] && typeof x[1] === 'number')
      c.fail(`input ${show(x)} has ${x[1]} channels, weight ${show(w)} takes ${w[0]}`);
    const kernel = w.slice(2) as number[];
    const out =
      c.ints('output_shape') ??
      x.slice(2).map((d, i) =>
        typeof d === 'number'
          ? convTransposeOutput(d, i, {
              kernel,
              strides: c.ints('strides'),
              pads: c.ints('pads'),
              dilations: c.ints('dilations'),
              autoPad: c.string('auto_pad', 'NOTSET'),
              outputPadding: c.ints('output_padding'),
            })
          : d,
      );
    return [{ dtype: c.dtype(0), shape: [x[0]!, (w[1] as number) * c.int('group', 1), ...out] }];
  },
  MaxPool: pool,
  AveragePool: pool,
  MaxUnpool: (c) => {
    if (c.has(2)) return [{ dtype: c.dtype(0), shape: c.numbers(2)! }];
    const kernel = c.ints('kernel_shape') ?? c.fail('needs kernel_shape');
    return [
      {
        dtype: c.dtype(0),
        shape: c
          .shape(0)
          .map((d, i) =>
            i < 2 || typeof d !== 'number'
              ? d
              : convTransposeOutput(d, i - 2, { kernel, strides: c.ints('strides'), pads: c.ints('pads') }),
          ),
      },
    ];
  },
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  LRN: sameAsFirst,
  InstanceNormalization: sameAsFirst,
  GroupNormalization: (c) => {
    const groups = c.int('num_groups', 0);
    const channels = c.shape(0)[1];
    if (groups < 1 || (typeof channels === 'number' && channels % groups !== 0))
      c.fail(`num_groups ${groups} does not divide the ${channels} channels`);
    return sameAsFirst(c);
  },
  LayerNormalization: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', -1), x.length, c.op);
    const statistics = { dtype: c.dtype(0), shape: x.map((d, i) => (i < axis ? d : 1)) };
    return [{ dtype: c.dtype(0), shape: x }, statistics, statistics];
  },
  BatchNormalization: (c) => {
    const y = { dtype: c.dtype(0), shape: c.shape(0) };
    const stats = { dtype: c.dtype(3), shape: c.shape(3) };
    return c.outputCount > 1 ? [y, stats, stats] : [y];
  },
  GridSample: (c) => {
    const x = c.shape(0);
    const g = c.shape(1);
    if (g.length !== x.length || g.at(-1) !== x.length - 2) c.fail(`grid ${show(g)} does not fit the input ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: [x[0]!, x[1]!, ...g.slice(1, -1)] }];
  },
  Resize: (c) => {
    const x = c.shape(0);
    const axes = c.ints('axes') ?? x.map((_, i) => i);
    const sizes = c.has(3) ? c.numbers(3)! : undefined;
    const scales = sizes ? undefined : c.numbers(2);
    if (!sizes && !scales) c.fail('needs scales or sizes');
    const shape = [...x];
    axes.forEach((axis, i) => {
      const a = normalizeAxis(axis, x.length, c.op);
      const d = x[a]!;
      if (sizes) shape[a] = sizes[i]!;
      else if (typeof d === 'number') shape[a] = Math.floor(d * scales![i]!);
      else if (scales![i] !== 1) c.fail(`cannot scale the symbolic dimension ${d}`);
    });
    return [{ dtype: c.dtype(0), shape }];
  },
} as const satisfies Partial<Record<OpName, InferRule>>;
