/** Spatial transformer (Jaderberg et al. 2015): samples x on the affine grid θ. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { float32 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';

/**
 * The sampling grid of an affine map: each output position (x, y) in [−1, 1]² samples θ·(x, y, 1)ᵀ.
 * @param theta float32 [N,6], rows of the 2×3 matrix: [1,0,0,0,1,0] is the identity
 * @returns float32 [N,H,W,2], (x, y)
 */
function affineGrid(
  b: NetworkBuilder,
  theta: Value,
  size: { height: number; width: number },
  alignCorners = false,
): Value {
  const { height: h, width: w } = size;
  const coordinate = (i: number, n: number): number =>
    alignCorners ? (n === 1 ? 0 : (2 * i) / (n - 1) - 1) : (2 * i + 1) / n - 1;
  const base: number[] = [];
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) base.push(coordinate(x, w), coordinate(y, h), 1);
  // [H·W,3]·[N,3,2] → [N,H·W,2]
  const matrix = b.op('Transpose', [b.op('Reshape', [theta, b.ints([-1, 2, 3])])], { perm: [0, 2, 1] });
  const points = b.op('MatMul', [b.constant(float32([1, h * w, 3], base)), matrix]);
  return b.op('Reshape', [points, b.ints([-1, h, w, 2])]);
}

/**
 * Bilinear sampling of x [N,C,H,W] on the affine grid of θ [N,6], zero outside: → [N,C,H,W].
 * `alignCorners` false: −1 and 1 are the outer edges of the border pixels, as in PyTorch since 1.3.
 */
export function spatialTransform(b: NetworkBuilder, x: Value, theta: Value, alignCorners = false): Value {
  const [height, width] = staticDims(x.shape.slice(2), 'spatialTransform') as [number, number];
  const grid = affineGrid(b, theta, { height, width }, alignCorners);
  return b.op('GridSample', [x, grid], { mode: 'linear', padding_mode: 'zeros', align_corners: alignCorners ? 1 : 0 });
}
