/** Gradient rules of ops that move, repeat or select elements. */
import { attrNumber, attrNumbers, attrString, normalizeAxis, sliceIndices } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { dimsOf, mul, reshape, slice, transpose, zerosLike, type GradientEntry, type GradientRule } from '../rule.ts';
import { tensor } from '../../tensor/index.ts';

/** The output holds the same elements in the same order. */
const sameOrder: GradientRule = (g) => [reshape(g.b, g.dy, dimsOf(g.x(0)))];

export const movement = {
  Reshape: sameOrder,
  Flatten: sameOrder,
  Squeeze: sameOrder,
  Unsqueeze: sameOrder,
  Transpose: (g) => {
    const rank = g.x(0).shape.length;
    const perm = attrNumbers(
      g.node,
      'perm',
      Array.from({ length: rank }, (_, i) => rank - 1 - i),
    );
    return [
      transpose(
        g.b,
        g.dy,
        perm.map((_, i) => perm.indexOf(i)),
      ),
    ];
  },
  // Each input's part of dY
  Concat: (g) => {
    const axis = normalizeAxis(attrNumber(g.node, 'axis', 0), g.y().shape.length, 'Concat');
    let start = 0;
    return g.node.inputs.map((_, i) => {
      const from = start;
      start += dimsOf(g.x(i))[axis]!;
      return g.needs(i) ? slice(g.b, g.dy, [from], [start], [axis]) : null;
    });
  },
  Split: (g) => {
    const axis = normalizeAxis(attrNumber(g.node, 'axis', 0), g.x(0).shape.length, 'Split');
    return [
      g.b.op(
        'Concat',
        g.node.outputs.map((y, i) => g.dyOf(i) ?? zerosLike(g.b, y)),
        { axis },
      ),
    ];
  },
  // dY put back at its positions: reversed where the step is negative, spread with zeros where |step| > 1, padded
  Slice: (g) => {
    const { b } = g;
    const full = dimsOf(g.x(0));
    const starts = g.numbers(1)!;
    const ends = g.numbers(2)!;
    const axes = (g.numbers(3) ?? starts.map((_, i) => i)).map((a) => normalizeAxis(a, full.length, 'Slice'));
    const steps = g.numbers(4) ?? starts.map(() => 1);
    let dX = g.dy;
    const pads: number[] = new Array<number>(2 * full.length).fill(0);
    axes.forEach((axis, i) => {
      const taken = sliceIndices(full[axis]!, starts[i]!, ends[i]!, steps[i]!);
      const n = taken.length;
      if (n === 0) return;
      const step = Math.abs(steps[i]!);
      if (steps[i]! < 0) dX = slice(b, dX, [-1], [-(n + 1)], [axis], [-1]);
      if (step > 1) {
        const dims = dimsOf(dX);
        const spread = new Array<number>(2 * (dims.length + 1)).fill(0);
        spread[dims.length + 1 + axis + 1] = step - 1;
        // […,n,…] → […,n,1,…] → […,n,step,…] → […,n·step,…] → […,(n−1)·step+1,…]
        dX = b.op('Pad', [b.op('Unsqueeze', [dX, b.ints([axis + 1])]), b.ints(spread)]);
        dX = reshape(
          b,
          dX,
          dims.map((d, j) => (j === axis ? n * step : d)),
        );
        dX = slice(b, dX, [0], [(n - 1) * step + 1], [axis]);
      }
      const first = Math.min(taken[0]!, taken[n - 1]!);
      pads[axis] = first;
      pads[axis + full.length] = full[axis]! - first - ((n - 1) * step + 1);
    });
    return [pads.every((p) => p === 0) ? dX : b.op('Pad', [dX, b.ints(pads)])];
  },
  Pad: (g) => {
    if (attrString(g.node, 'mode', 'constant') !== 'constant')
      throw new ShapeError('Pad', 'only mode "constant" can be differentiated');
    const full = dimsOf(g.x(0));
    const pads = g.numbers(1)!;
    const axes = (g.numbers(3) ?? full.map((_, i) => i)).map((a) => normalizeAxis(a, full.length, 'Pad'));
    const begin = pads.slice(0, axes.length);
    // Negative pads crop: their gradient is padding
    if (pads.some((p) => p < 0)) return [g.b.op('Pad', [g.dy, g.b.ints(pads.map((p) => -p)), null, g.b.ints(axes)])];
    return [
      slice(
        g.b,
        g.dy,
        begin,
        axes.map((a, i) => begin[i]! + full[a]!),
        axes,
      ),
    ];
  },
  Expand: (g) => [g.dy],
  // dX[index] += dY: the gathered axis is brought to the front, rows are scattered with addition
  Gather: (g) => {
    const { b } = g;
    const full = dimsOf(g.x(0));
    const axis = normalizeAxis(attrNumber(g.node, 'axis', 0), full.length, 'Gather');
    const indexRank = g.x(1).shape.length;
    const rank = g.y().shape.length;
    const toFront = [...range(axis, axis + indexRank), ...range(0, axis), ...range(axis + indexRank, rank)];
    const rows = transpose(b, g.dy, toFront);
    const frontDims = [full[axis]!, ...full.slice(0, axis), ...full.slice(axis + 1)];
    const zeros = b.op('ConstantOfShape', [b.ints(frontDims)], { value: tensor('float32', [1], Float32Array.of(0)) });
    const indices = b.op('Unsqueeze', [g.x(1), b.ints([indexRank])]);
    const scattered = b.op('ScatterND', [zeros, indices, rows], { reduction: 'add' });
    return [transpose(b, scattered, [...range(1, axis + 1), 0, ...range(axis + 1, full.length)])];
  },
  GatherElements: (g) => [
    g.b.op('ScatterElements', [zerosLike(g.b, g.x(0)), g.x(1), g.dy], {
      axis: attrNumber(g.node, 'axis', 0),
      reduction: 'add',
    }),
  ],
  GatherND: (g) => {
    if (attrNumber(g.node, 'batch_dims', 0) !== 0)
      throw new ShapeError('GatherND', 'only batch_dims 0 can be differentiated');
    return [g.b.op('ScatterND', [zerosLike(g.b, g.x(0)), g.x(1), g.dy], { reduction: 'add' })];
  },
  // none: data loses the overwritten elements; add: it keeps them. Indices must not repeat under "none".
  ScatterElements: (g) => {
    const { b } = g;
    const axis = attrNumber(g.node, 'axis', 0);
    const reduction = attrString(g.node, 'reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add')
      throw new ShapeError('ScatterElements', `reduction "${reduction}" cannot be differentiated`);
    const dData = (): typeof g.dy =>
      reduction === 'add' ? g.dy : b.op('ScatterElements', [g.dy, g.x(1), mul(b, g.x(2), 0)], { axis });
    return [g.needs(0) ? dData() : null, null, g.needs(2) ? b.op('GatherElements', [g.dy, g.x(1)], { axis }) : null];
  },
  ScatterND: (g) => {
    const { b } = g;
    const reduction = attrString(g.node, 'reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add')
      throw new ShapeError('ScatterND', `reduction "${reduction}" cannot be differentiated`);
    const dData = (): typeof g.dy =>
      reduction === 'add' ? g.dy : b.op('ScatterND', [g.dy, g.x(1), mul(b, g.x(2), 0)]);
    return [g.needs(0) ? dData() : null, null, g.needs(2) ? b.op('GatherND', [g.dy, g.x(1)]) : null];
  },
  OneHot: 'zero',
  Shape: 'zero',
  ConstantOfShape: 'zero',
  Constant: 'zero',
} satisfies Record<string, GradientEntry>;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
