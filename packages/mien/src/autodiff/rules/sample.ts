/**
 * Gradient rules of bilinear sampling (Jaderberg et al. 2015, eqs. 5–7).
 *
 *   (u, v): the sampling position in pixels, u = ((gx + 1)·W − 1)/2, or (gx + 1)·(W − 1)/2 with align_corners
 *   Y[n,c,p] = Σ_{i,j∈{0,1}} X[n,c, y₀+i, x₀+j]·wy_i·wx_j,  x₀ = ⌊u⌋, wx_1 = u − x₀, wx_0 = 1 − wx_1; likewise y
 *   dX[n,c,q] = Σ_p dY[n,c,p]·(weight of q in p)             dU[n,p] = Σ_c dY·Σ_i wy_i·(X[·,x₀+1] − X[·,x₀])
 *
 * padding_mode zeros: a corner outside the image counts as 0, in value and in both gradients; border: it takes the
 * nearest border pixel, so that the slope beyond the border is 0 by itself.
 */
import { attrNumber, attrString, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { int64 } from '../../tensor/index.ts';
import { dimsOf, mask, mul, reshape, sum, zerosLike, type GradientEntry } from '../rule.ts';

/** The two neighbours of a position along one axis: integer indices clamped into range, weights, 0/1 validity. */
interface Neighbors {
  readonly index: readonly [Value, Value];
  /** w_0, w_1, each already 0 where the neighbour does not count. */
  readonly weight: readonly [Value, Value];
  /** null: always valid. */
  readonly valid: readonly [Value | null, Value | null];
}

/** @param border neighbours outside the image take the border's value, instead of counting as 0 */
function neighbors(b: GraphBuilder, position: Value, size: number, border: boolean): Neighbors {
  const low = b.op('Floor', [position]);
  const high = b.op('Add', [low, 1]);
  const valid = (v: Value): Value | null =>
    border ? null : mask(b, b.op('And', [b.op('GreaterOrEqual', [v, 0]), b.op('LessOrEqual', [v, size - 1])]));
  const index = (v: Value): Value => b.op('Cast', [b.op('Clip', [v, b.constant(0), b.constant(size - 1)])], { to: 7 });
  const fraction = b.op('Sub', [position, low]);
  const ok = [valid(low), valid(high)] as const;
  return {
    index: [index(low), index(high)],
    weight: [times(b, b.op('Sub', [1, fraction]), ok[0]), times(b, fraction, ok[1])],
    valid: ok,
  };
}

const times = (b: GraphBuilder, x: Value, factor: Value | null): Value => (factor ? mul(b, x, factor) : x);

export const sample = {
  GridSample: (g) => {
    const { b, node } = g;
    const mode = attrString(node, 'mode', 'linear');
    const padding = attrString(node, 'padding_mode', 'zeros');
    if (
      (mode !== 'linear' && mode !== 'bilinear') ||
      (padding !== 'zeros' && padding !== 'border') ||
      g.x(0).shape.length !== 4
    ) {
      throw new ShapeError(
        'GridSample',
        `only bilinear sampling of [N,C,H,W] with padding zeros or border can be differentiated, got ${mode} with ${padding}`,
      );
    }
    const aligned = attrNumber(node, 'align_corners', 0) === 1;
    const [n, c, h, w] = dimsOf(g.x(0)) as [number, number, number, number];
    const [, ho, wo] = dimsOf(g.x(1)) as [number, number, number];
    const p = ho * wo;
    // ∂u/∂gx
    const scale = (size: number): number => (aligned ? (size - 1) / 2 : size / 2);
    const axisPosition = (axis: number, size: number): Value => {
      const coordinate = reshape(b, b.op('Gather', [g.x(1), b.constant(int64([axis], []))], { axis: 3 }), [n, 1, p]);
      return b.op('Add', [mul(b, coordinate, scale(size)), (size - 1) / 2]);
    };
    const x = neighbors(b, axisPosition(0, w), w, padding === 'border');
    const y = neighbors(b, axisPosition(1, h), h, padding === 'border');
    // Flat index of corner (i, j): [N,1,P] → [N,C,P]
    const cornerIndex = (i: 0 | 1, j: 0 | 1): Value =>
      b.op('Expand', [
        b.op('Add', [b.op('Mul', [y.index[i], b.constant(int64([w], []))]), x.index[j]]),
        b.ints([n, c, p]),
      ]);
    const corners = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const;
    const indices = corners.map(([i, j]) => cornerIndex(i, j));
    const dY = reshape(b, g.dy, [n, c, p]);

    const dImage = (): Value => {
      const parts = corners.map(([i, j]) => mul(b, dY, mul(b, y.weight[i], x.weight[j])));
      const flat = reshape(b, zerosLike(b, g.x(0)), [n, c, h * w]);
      const scattered = b.op(
        'ScatterElements',
        [flat, b.op('Concat', indices, { axis: 2 }), b.op('Concat', parts, { axis: 2 })],
        { axis: 2, reduction: 'add' },
      );
      return reshape(b, scattered, [n, c, h, w]);
    };
    const dGrid = (): Value => {
      const flat = reshape(b, g.x(0), [n, c, h * w]);
      const values = indices.map((index) => b.op('GatherElements', [flat, index], { axis: 2 }));
      const at = (i: 0 | 1, j: 0 | 1): Value => times(b, times(b, values[2 * i + j]!, y.valid[i]), x.valid[j]);
      // The validity of the axis not differentiated is in its weight already; that of the other is in `at`
      const alongX = b.op('Add', [
        mul(b, y.weight[0], b.op('Sub', [at(0, 1), at(0, 0)])),
        mul(b, y.weight[1], b.op('Sub', [at(1, 1), at(1, 0)])),
      ]);
      const alongY = b.op('Add', [
        mul(b, x.weight[0], b.op('Sub', [at(1, 0), at(0, 0)])),
        mul(b, x.weight[1], b.op('Sub', [at(1, 1), at(0, 1)])),
      ]);
      const gradient = (slope: Value, size: number): Value =>
        reshape(b, mul(b, sum(b, mul(b, dY, slope), [1]), scale(size)), [n, ho, wo, 1]);
      return b.op('Concat', [gradient(alongX, w), gradient(alongY, h)], { axis: 3 });
    };
    return [g.needs(0) ? dImage() : null, g.needs(1) ? dGrid() : null];
  },
} satisfies Record<string, GradientEntry>;
