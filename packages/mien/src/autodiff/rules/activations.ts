/** Gradient rules of activations. */
import { attrNumber, attrString, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { add, mask, mul, type GradientContext, type GradientEntry } from '../rule.ts';

/** 1 − v². */
const oneMinusSquare = (b: GraphBuilder, v: Value): Value => b.op('Sub', [1, mul(b, v, v)]);

/** dX = dY for x > 0, elsewhere dY·`below`. */
function aboveZero(g: GradientContext, above: number, below: Value): Value[] {
  const { b } = g;
  const positive = mask(b, b.op('Greater', [g.x(0), 0]));
  // below + [x > 0]·(above − below)
  return [mul(b, g.dy, add(b, below, mul(b, positive, b.op('Sub', [above, below]))))];
}

export const activations = {
  // 1 where the output is positive; 0 at the kink
  Relu: (g) => [mul(g.b, g.dy, mask(g.b, g.b.op('Greater', [g.y(), 0])))],
  LeakyRelu: (g) => {
    const { b } = g;
    const alpha = attrNumber(g.node, 'alpha', 0.01);
    const positive = mask(b, b.op('Greater', [g.x(0), 0]));
    return [mul(b, g.dy, b.op('Add', [mul(b, positive, 1 - alpha), alpha]))];
  },
  // y(1 − y)
  Sigmoid: (g) => [mul(g.b, g.dy, mul(g.b, g.y(), g.b.op('Sub', [1, g.y()])))],
  // 1 − y²
  Tanh: (g) => [mul(g.b, g.dy, g.b.op('Sub', [1, mul(g.b, g.y(), g.y())]))],
  // alpha strictly inside the linear part
  HardSigmoid: (g) => {
    const { b } = g;
    const inside = b.op('And', [b.op('Greater', [g.y(), 0]), b.op('Less', [g.y(), 1])]);
    return [mul(b, g.dy, mul(b, mask(b, inside), attrNumber(g.node, 'alpha', 0.2)))];
  },
  Softplus: (g) => [mul(g.b, g.dy, g.b.op('Sigmoid', [g.x(0)]))],
  // 1/(1 + |x|)²
  Softsign: (g) => {
    const scale = add(g.b, g.b.op('Abs', [g.x(0)]), 1);
    return [g.b.op('Div', [g.dy, mul(g.b, scale, scale)])];
  },
  // x ≤ 0: alpha·eˣ = y + alpha
  Elu: (g) => aboveZero(g, 1, add(g.b, g.y(), attrNumber(g.node, 'alpha', 1))),
  // x ≤ 0: exp(x/alpha) = y/alpha + 1
  Celu: (g) => aboveZero(g, 1, add(g.b, mul(g.b, g.y(), 1 / attrNumber(g.node, 'alpha', 1)), 1)),
  // x ≤ 0: gamma·alpha·eˣ
  Selu: (g) => {
    const gamma = attrNumber(g.node, 'gamma', 1.05070102214813232421875);
    return aboveZero(
      g,
      gamma,
      mul(
        g.b,
        g.b.op('Exp', [g.b.op('Min', [g.x(0), 0])]),
        gamma * attrNumber(g.node, 'alpha', 1.67326319217681884765625),
      ),
    );
  },
  ThresholdedRelu: (g) => [mul(g.b, g.dy, mask(g.b, g.b.op('Greater', [g.x(0), attrNumber(g.node, 'alpha', 1)])))],
  // 0 below −3, x/3 + 1/2 to 3, then 1
  HardSwish: (g) => {
    const { b } = g;
    const above = mask(b, b.op('GreaterOrEqual', [g.x(0), 3]));
    const inside = b.op('Sub', [mask(b, b.op('Greater', [g.x(0), -3])), above]);
    return [mul(b, g.dy, add(b, mul(b, inside, add(b, mul(b, g.x(0), 1 / 3), 0.5)), above))];
  },
  // x·t with t = tanh(softplus x): t + x·(1 − t²)·σ(x)
  Mish: (g) => {
    const { b } = g;
    const t = b.op('Tanh', [b.op('Softplus', [g.x(0)])]);
    return [mul(b, g.dy, add(b, t, mul(b, mul(b, g.x(0), oneMinusSquare(b, t)), b.op('Sigmoid', [g.x(0)]))))];
  },
  // Φ(x) + x·φ(x); of the tanh form (1 + t)/2 + x/2·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²)
  Gelu: (g) => {
    const { b } = g;
    const x = g.x(0);
    const square = mul(b, x, x);
    if (attrString(g.node, 'approximate', 'none') === 'tanh') {
      const c = Math.sqrt(2 / Math.PI);
      const t = b.op('Tanh', [mul(b, x, add(b, mul(b, square, 0.044715 * c), c))]);
      const slope = mul(b, oneMinusSquare(b, t), add(b, mul(b, square, 3 * 0.044715 * c), c));
      return [mul(b, g.dy, mul(b, add(b, add(b, t, mul(b, x, slope)), 1), 0.5))];
    }
    const distribution = mul(b, add(b, b.op('Erf', [mul(b, x, Math.SQRT1_2)]), 1), 0.5);
    const density = mul(b, b.op('Exp', [mul(b, square, -0.5)]), 1 / Math.sqrt(2 * Math.PI));
    return [mul(b, g.dy, add(b, distribution, mul(b, x, density)))];
  },
} satisfies Record<string, GradientEntry>;
