/** Matrix products. */
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { broadcastDims, broadcastStrides, broadcastTo, nd, offsets, type Nd } from './nd.ts';

/** y[…,m,n] = Σₖ a[…,m,k]·b[…,k,n]; leading dimensions broadcast, vectors gain and lose a dimension as in numpy. */
function matMul(c: KernelCall): Nd {
  const [a, b] = [c.x(0), c.x(1)];
  const aDims = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const bDims = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [m, k] = aDims.slice(-2) as [number, number];
  const [kb, n] = bDims.slice(-2) as [number, number];
  if (k !== kb) c.fail(`inner dimensions differ: [${a.dims.join(',')}] · [${b.dims.join(',')}]`);
  const batch = broadcastDims([aDims.slice(0, -2), bDims.slice(0, -2)], c.op);
  const matrices = (dims: readonly number[], size: number): Int32Array =>
    offsets(
      batch,
      broadcastStrides(dims.slice(0, -2), batch).map((s) => s * size),
    );
  const aStarts = matrices(aDims, m * k);
  const bStarts = matrices(bDims, k * n);
  const data = new Float64Array(aStarts.length * m * n);
  for (let i = 0; i < aStarts.length; i++) {
    multiply(a.data.subarray(aStarts[i]), b.data.subarray(bStarts[i]), data.subarray(i * m * n), { m, k, n });
  }
  return nd(a.dtype, [...batch, ...(a.dims.length === 1 ? [] : [m]), ...(b.dims.length === 1 ? [] : [n])], data);
}

/** out[m,n] += Σₖ a[m,k]·b[k,n]. */
function multiply(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  { m, k, n }: { m: number; k: number; n: number },
): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const v = a[i * k + p]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += v * b[p * n + j]!;
    }
  }
}

/** y = alpha·A′·B′ + beta·C, where ′ transposes if the flag says so and C broadcasts. */
function gemm(c: KernelCall): Nd {
  const a = c.flag('transA', false) ? transposed(c.x(0)) : c.x(0);
  const b = c.flag('transB', false) ? transposed(c.x(1)) : c.x(1);
  const [m, k] = a.dims as [number, number];
  const [kb, n] = b.dims as [number, number];
  if (k !== kb) c.fail(`inner dimensions differ: [${a.dims.join(',')}] · [${b.dims.join(',')}]`);
  const data = new Float64Array(m * n);
  multiply(a.data, b.data, data, { m, k, n });
  const alpha = c.number('alpha', 1);
  const beta = c.number('beta', 1);
  const bias = c.optional(2);
  const added = bias && broadcastTo(bias, [m, n]);
  return nd(
    a.dtype,
    [m, n],
    data.map((v, i) => alpha * v + (added === undefined ? 0 : beta * added[i]!)),
  );
}

function transposed(x: Nd): Nd {
  const [rows, columns] = x.dims as [number, number];
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[j * rows + i] = x.data[i * columns + j]!;
  return nd(x.dtype, [columns, rows], data);
}

export const MATMUL = { MatMul: matMul, Gemm: gemm } as const satisfies Partial<Record<OpName, Kernel>>;
