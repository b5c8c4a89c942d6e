/**
 * Gradient rules of normalisation over a part of each sample: x̂ = (x − μ)·r over a run of elements, r = 1/√(σ² + ε),
 * y = γ·x̂ + β (Ba, Kiros & Hinton 2016; Ulyanov et al. 2016; Wu & He 2018), and of local response normalisation.
 *
 *   g = γ·dy        dx = r·(g − mean(g) − x̂·mean(g·x̂))        dγ = Σ dy·x̂        dβ = Σ dy
 */
import { attrNumber, normalizeAxis, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { sizeOf } from '../../tensor/index.ts';
import { dimsOf, mul, reshape, sum, type GradientContext, type GradientEntry, type GradientRule } from '../rule.ts';

const average = (b: GraphBuilder, v: Value, axes: readonly number[]): Value =>
  b.op('ReduceMean', [v, b.ints(axes)], { keepdims: 1 });

/** dx from g = γ·dy, with means over `axes`. */
function inputGradient(b: GraphBuilder, g: Value, normalized: Value, r: Value, axes: readonly number[]): Value {
  const centered = b.op('Sub', [g, average(b, g, axes)]);
  return mul(b, r, b.op('Sub', [centered, mul(b, normalized, average(b, mul(b, g, normalized), axes))]));
}

/** x [N,C,…] seen as [N,G,M], normalised over M; γ and β for each of the G groups. */
const grouped =
  (groupsOf: (g: GradientContext, channels: number) => number): GradientRule =>
  (g) => {
    const { b } = g;
    const full = dimsOf(g.x(0));
    const groups = groupsOf(g, full[1]!);
    const runs = [full[0]!, groups, sizeOf(full.slice(1)) / groups];
    const x = reshape(b, g.x(0), runs);
    const dY = reshape(b, g.dy, runs);
    const centered = b.op('Sub', [x, average(b, x, [2])]);
    const variance = average(b, mul(b, centered, centered), [2]);
    const r = b.op('Div', [1, b.op('Sqrt', [b.op('Add', [variance, attrNumber(g.node, 'epsilon', 1e-5)])])]);
    const normalized = mul(b, centered, r);
    return [
      g.needs(0)
        ? reshape(b, inputGradient(b, mul(b, dY, reshape(b, g.x(1), [1, groups, 1])), normalized, r, [2]), full)
        : null,
      g.needs(1) ? sum(b, mul(b, dY, normalized), [0, 2], false) : null,
      g.needs(2) ? sum(b, dY, [0, 2], false) : null,
    ];
  };

export const layerNorm = {
  // μ and r are further outputs of the node
  LayerNormalization: (g) => {
    const { b, node } = g;
    if (g.dyOf(1) || g.dyOf(2)) throw new ShapeError('LayerNormalization', 'the statistics cannot be differentiated');
    const rank = g.x(0).shape.length;
    const axis = normalizeAxis(attrNumber(node, 'axis', -1), rank, 'LayerNormalization');
    const axes = Array.from({ length: rank - axis }, (_, i) => axis + i);
    const mean = node.outputs[1] ?? b.addOutput(node);
    const r = node.outputs[2] ?? b.addOutput(node);
    const normalized = mul(b, b.op('Sub', [g.x(0), mean]), r);
    return [
      g.needs(0) ? inputGradient(b, mul(b, g.dy, g.x(1)), normalized, r, axes) : null,
      g.needs(1) ? mul(b, g.dy, normalized) : null,
      g.dy,
    ];
  },
  InstanceNormalization: grouped((_, channels) => channels),
  GroupNormalization: grouped((g) => attrNumber(g.node, 'num_groups', 1)),
  // y = x·d^−β with d = bias + α/n·S(x²), S a sum over n channels; dx = dy·d^−β − 2αβ/n·x·S'(dy·y/d), S' the mirrored
  // window
  LRN: (g) => {
    const { b, node } = g;
    const [n, c, ...spatial] = dimsOf(g.x(0)) as [number, number, ...number[]];
    const size = attrNumber(node, 'size', 1);
    const [alpha, beta, bias] = [
      attrNumber(node, 'alpha', 1e-4),
      attrNumber(node, 'beta', 0.75),
      attrNumber(node, 'bias', 1),
    ];
    const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
    // [N,C,…] → [N,1,C,P]: the channels become an axis to pool over
    const plane = (v: Value): Value => reshape(b, v, [n, 1, c, sizeOf(spatial)]);
    const mean = (v: Value, low: number, high: number): Value =>
      b.op('AveragePool', [v], { kernel_shape: [size, 1], pads: [low, 0, high, 0], count_include_pad: 1 });
    const x = plane(g.x(0));
    const d = b.op('Add', [mul(b, mean(mul(b, x, x), before, after), alpha), bias]);
    const dY = plane(g.dy);
    const direct = mul(b, dY, b.op('Pow', [d, -beta]));
    const through = mean(b.op('Div', [mul(b, dY, plane(g.y())), d]), after, before);
    return [reshape(b, b.op('Sub', [direct, mul(b, mul(b, x, 2 * alpha * beta), through)]), [n, c, ...spatial])];
  },
} satisfies Record<string, GradientEntry>;
