/** Gradient rules of blocks, triangles, running sums and of the greatest elements. */
import { attrNumber, attrString, normalizeAxis } from '../../onnx/index.ts';
import { dimsOf, reshape, sum, transpose, zerosLike, type GradientEntry } from '../rule.ts';

export const rearrange = {
  // [d₀·r₀, …] → [r₀,d₀, …], summed over the repeats
  Tile: (g) => {
    const full = dimsOf(g.x(0));
    const repeats = g.numbers(1)!;
    const parts = reshape(
      g.b,
      g.dy,
      full.flatMap((d, i) => [repeats[i]!, d]),
    );
    return [
      sum(
        g.b,
        parts,
        full.map((_, i) => 2 * i),
        false,
      ),
    ];
  },
  DepthToSpace: (g) => {
    const s = attrNumber(g.node, 'blocksize', 1);
    if (attrString(g.node, 'mode', 'DCR') === 'DCR') return [g.b.op('SpaceToDepth', [g.dy], { blocksize: s })];
    const [n, c, h, w] = dimsOf(g.x(0)) as [number, number, number, number];
    // [N,C',H,s,W,s] → [N,C',s,s,H,W]
    return [
      reshape(g.b, transpose(g.b, reshape(g.b, g.dy, [n, c / (s * s), h, s, w, s]), [0, 1, 3, 5, 2, 4]), [n, c, h, w]),
    ];
  },
  SpaceToDepth: (g) => [g.b.op('DepthToSpace', [g.dy], { blocksize: attrNumber(g.node, 'blocksize', 1) })],
  Trilu: (g) => [g.b.op('Trilu', [g.dy, g.node.inputs[1] ?? null], { upper: attrNumber(g.node, 'upper', 1) })],
  EyeLike: 'zero',
  Range: 'zero',
  // The sum runs the other way
  CumSum: (g) => [
    g.b.op('CumSum', [g.dy, g.x(1)], {
      exclusive: attrNumber(g.node, 'exclusive', 0),
      reverse: 1 - attrNumber(g.node, 'reverse', 0),
    }),
  ],
  // dY put back at the places that were taken
  TopK: (g) => {
    const axis = normalizeAxis(attrNumber(g.node, 'axis', -1), g.x(0).shape.length, 'TopK');
    const indices = g.node.outputs[1] ?? g.b.addOutput(g.node);
    return [g.b.op('ScatterElements', [zerosLike(g.b, g.x(0)), indices, g.dy], { axis })];
  },
} satisfies Record<string, GradientEntry>;
