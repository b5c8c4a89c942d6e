/** Repeating, blocks, triangles and ranges. */
import { DTYPE_BY_CODE, DTYPE_CODES } from '../infer.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, evaluatedDType, nd, offsets, stridesOf, take, type Nd } from './nd.ts';

function tile(c: KernelCall): Nd {
  let x = c.x(0);
  c.numbers(1)!.forEach((repeats, axis) => {
    const { outer, size, inner } = aroundAxis(x.dims, axis);
    const y = nd(
      x.dtype,
      x.dims.map((d, i) => (i === axis ? d * repeats : d)),
    );
    const block = size * inner;
    for (let o = 0; o < outer; o++) {
      for (let r = 0; r < repeats; r++)
        y.data.set(x.data.subarray(o * block, (o + 1) * block), (o * repeats + r) * block);
    }
    x = y;
  });
  return x;
}

/** x reshaped to `dims`, its axes permuted, reshaped to `result`. */
function permuted(x: Nd, dims: readonly number[], perm: readonly number[], result: readonly number[]): Nd {
  const strides = stridesOf(dims);
  return nd(
    x.dtype,
    result,
    take(
      x.data,
      offsets(
        perm.map((p) => dims[p]!),
        perm.map((p) => strides[p]!),
      ),
    ),
  );
}

/**
 * Channel (row·s + column)·C' + c (DCR) or c·s² + row·s + column (CRD) goes to that row and column of each s×s block.
 */
function depthToSpace(c: KernelCall): Nd {
  const x = c.x(0);
  const s = c.number('blocksize', 1);
  const [n, channels, h, w] = x.dims as [number, number, number, number];
  const rest = channels / (s * s);
  const result = [n, rest, h * s, w * s];
  return c.supports('mode', c.string('mode', 'DCR'), ['DCR', 'CRD']) === 'DCR'
    ? permuted(x, [n, s, s, rest, h, w], [0, 3, 4, 1, 5, 2], result)
    : permuted(x, [n, rest, s, s, h, w], [0, 1, 4, 2, 5, 3], result);
}

/** The inverse of depthToSpace's DCR mode. */
function spaceToDepth(c: KernelCall): Nd {
  const x = c.x(0);
  const s = c.number('blocksize', 1);
  const [n, channels, h, w] = x.dims as [number, number, number, number];
  return permuted(x, [n, channels, h / s, s, w / s, s], [0, 3, 5, 1, 2, 4], [n, channels * s * s, h / s, w / s]);
}

/** Keeps the elements with column − row ≥ k (upper) or ≤ k. */
function trilu(c: KernelCall): Nd {
  const x = c.x(0);
  const k = c.optional(1)?.data[0] ?? 0;
  const upper = c.flag('upper', true);
  const [rows, columns] = x.dims.slice(-2) as [number, number];
  return nd(
    x.dtype,
    x.dims,
    x.data.map((v, i) => {
      const diagonal = (i % columns) - (Math.floor(i / columns) % rows);
      return (upper ? diagonal >= k : diagonal <= k) ? v : 0;
    }),
  );
}

function eyeLike(c: KernelCall): Nd {
  const { dims, dtype } = c.x(0);
  const k = c.number('k', 0);
  const y = nd(
    evaluatedDType(DTYPE_BY_CODE.get(c.number('dtype', DTYPE_CODES[dtype])) ?? c.fail('has an unknown dtype')),
    dims,
  );
  const [rows, columns] = dims as [number, number];
  for (let row = 0; row < rows; row++) if (row + k >= 0 && row + k < columns) y.data[row * columns + row + k] = 1;
  return y;
}

function range(c: KernelCall): Nd {
  const [start, limit, delta] = [0, 1, 2].map((i) => c.x(i).data[0]!) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return nd(
    c.x(0).dtype,
    [count],
    Float64Array.from({ length: count }, (_, i) => start + i * delta),
  );
}

export const REARRANGE = {
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: trilu,
  EyeLike: eyeLike,
  Range: range,
} as const satisfies Partial<Record<OpName, Kernel>>;
