/** y[output labels] = the sum of the inputs' products over all other labels. */
import { sizeOf } from '../../tensor/index.ts';
import { parseEinsum } from '../shared/einsum.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, offsets, stridesOf, type Nd } from './nd.ts';

function einsum(c: KernelCall): Nd {
  const xs = c.all;
  const { inputs, output } = parseEinsum(
    c.string('equation', ''),
    xs.map((x) => x.dims.length),
  );
  const sizes = new Map<string, number>();
  inputs.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const d = xs[i]!.dims[axis]!;
      const known = sizes.get(label) ?? 1;
      if (d !== known && d !== 1 && known !== 1) c.fail(`label "${label}" has the sizes ${known} and ${d}`);
      sizes.set(label, Math.max(known, d));
    }),
  );
  const summed = [...sizes.keys()].filter((l) => !output.includes(l));
  const labels = [...output, ...summed];
  const dims = labels.map((l) => sizes.get(l)!);
  // Where each input reads for every combination of labels: an axis of 1 stays, one that repeats a label adds up
  const places = xs.map((x, i) => {
    const strides = stridesOf(x.dims);
    return offsets(
      dims,
      labels.map((l) =>
        inputs[i]!.reduce((step, label, axis) => step + (label === l && x.dims[axis] !== 1 ? strides[axis]! : 0), 0),
      ),
    );
  });
  const y = nd(
    xs[0]!.dtype,
    output.map((l) => sizes.get(l)!),
  );
  const inner = sizeOf(summed.map((l) => sizes.get(l)!));
  for (let p = 0; p < y.data.length * inner; p++) {
    let product = 1;
    for (let i = 0; i < xs.length; i++) product *= xs[i]!.data[places[i]![p]!]!;
    y.data[Math.floor(p / inner)]! += product;
  }
  return y;
}

export const EINSUM = { Einsum: einsum } as const satisfies Partial<Record<OpName, Kernel>>;
