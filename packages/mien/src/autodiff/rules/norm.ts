/**
 * Gradient rule of batch normalisation (Ioffe & Szegedy 2015), statistics over N and the spatial axes, m elements
 * a channel, x̂ = (x − μ)·r, r = 1/√(σ² + ε), y = γ·x̂ + β.
 *
 *   dβ = Σ dy        dγ = Σ dy·x̂        dx = γ·r·(dy − dβ/m − x̂·dγ/m)      (training)
 *                                        dx = γ·r·dy                        (inference: μ, σ² are constants)
 *
 * dx is computed as A·dy + (B·x + C) with per-channel A = γ·r, B = −A·r·dγ/m, C = −A·dβ/m − B·μ: four passes over
 * memory, and x̂ is never stored.
 */
import { attrNumber, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { dimsOf, mul, reshape, sum, type GradientEntry } from '../rule.ts';
import { sizeOf } from '../../tensor/index.ts';

export const norm = {
  BatchNormalization: (g) => {
    const { b, node } = g;
    const x = g.x(0);
    const full = dimsOf(x);
    const channels = full[1]!;
    const perChannel = [1, channels, ...full.slice(2).map(() => 1)];
    const axes = full.flatMap((_, i) => (i === 1 ? [] : [i]));
    const count = sizeOf(full) / channels;
    const epsilon = attrNumber(node, 'epsilon', 1e-5);
    const training = attrNumber(node, 'training_mode', 0) === 1;
    if (g.dyOf(1) || g.dyOf(2))
      throw new ShapeError('BatchNormalization', 'the running statistics cannot be differentiated');
    const momentum = attrNumber(node, 'momentum', 0.9);
    // With momentum 0, outputs 1 and 2 are the batch's own statistics; otherwise they are computed again. (They cannot
    // be solved for: ONNX Runtime writes the outputs over inputs 3 and 4.)
    const saved = training && momentum === 0 && node.outputs.length === 3;
    const average = (v: Value): Value => b.op('ReduceMean', [v, b.ints(axes)], { keepdims: 0 });
    const broadcast = (v: Value): Value => reshape(b, v, perChannel);
    const batchVariance = (mu: Value): Value => {
      const centered = b.op('Sub', [x, broadcast(mu)]);
      return average(mul(b, centered, centered));
    };
    const mean = !training ? g.x(3) : saved ? g.y(1) : average(x);
    const variance = !training ? g.x(4) : saved ? g.y(2) : batchVariance(mean);
    const r = b.op('Div', [1, b.op('Sqrt', [b.op('Add', [variance, epsilon])])]);
    const a = mul(b, g.x(1), r);
    const dBeta = sum(b, g.dy, axes, false);
    // Σ dy·x̂ = r·(Σ dy·x − μ·Σ dy)
    const dGamma = mul(b, r, b.op('Sub', [sum(b, mul(b, g.dy, x), axes, false), mul(b, mean, dBeta)]));
    let dX: Value | null = null;
    if (g.needs(0)) {
      dX = mul(b, g.dy, broadcast(a));
      if (training) {
        const B = b.op('Neg', [mul(b, mul(b, a, r), mul(b, dGamma, 1 / count))]);
        const C = b.op('Neg', [b.op('Add', [mul(b, a, mul(b, dBeta, 1 / count)), mul(b, B, mean)])]);
        dX = b.op('Add', [dX, b.op('Add', [mul(b, x, broadcast(B)), broadcast(C)])]);
      }
    }
    // Inference: dμ = −γ·r·dβ, dσ² = −½·γ·r²·dγ
    const dMean = g.needs(3) && !training ? b.op('Neg', [mul(b, a, dBeta)]) : null;
    const dVariance = g.needs(4) && !training ? mul(b, mul(b, mul(b, a, r), dGamma), -0.5) : null;
    return [dX, g.needs(1) ? dGamma : null, g.needs(2) ? dBeta : null, dMean, dVariance];
  },
} satisfies Record<string, GradientEntry>;
