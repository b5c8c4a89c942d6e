/** Gradient rules of elementwise ops. Broadcasting is undone by the driver. */
import { DTYPE_CODES } from '../../onnx/index.ts';
import { mask, mul, type GradientEntry, type GradientRule } from '../rule.ts';

/** y = extremum of the inputs; equal inputs share the gradient evenly. */
const extremum: GradientRule = (g) => {
  const { b, node } = g;
  const hits = node.inputs.map((x) => mask(b, b.op('Equal', [x, g.y()])));
  const share = b.op('Div', [g.dy, hits.reduce((a, c) => b.op('Add', [a, c]))]);
  return hits.map((hit, i) => (g.needs(i) ? mul(b, share, hit) : null));
};

export const elementwise = {
  Add: (g) => [g.dy, g.dy],
  // d(a − b) = da − db
  Sub: (g) => [g.dy, g.needs(1) ? g.b.op('Neg', [g.dy]) : null],
  Mul: (g) => [g.needs(0) ? mul(g.b, g.dy, g.x(1)) : null, g.needs(1) ? mul(g.b, g.dy, g.x(0)) : null],
  // ∂(a/b)/∂a = 1/b, ∂(a/b)/∂b = −y/b
  Div: (g) => {
    const da = g.b.op('Div', [g.dy, g.x(1)]);
    return [da, g.needs(1) ? g.b.op('Neg', [mul(g.b, da, g.y())]) : null];
  },
  // ∂aᵇ/∂a = b·aᵇ⁻¹, ∂aᵇ/∂b = aᵇ·ln a
  Pow: (g) => {
    const { b } = g;
    const a = g.x(0);
    const exponent = g.x(1);
    const slope = (): ReturnType<typeof mul> =>
      g.numbers(1)?.every((v) => v === 2)
        ? mul(b, a, 2)
        : mul(b, b.op('Pow', [a, b.op('Sub', [exponent, 1])]), exponent);
    return [
      g.needs(0) ? mul(b, g.dy, slope()) : null,
      g.needs(1) ? mul(b, g.dy, mul(b, g.y(), b.op('Log', [a]))) : null,
    ];
  },
  Sum: (g) => g.node.inputs.map(() => g.dy),
  Mean: (g) => {
    const share = mul(g.b, g.dy, 1 / g.node.inputs.length);
    return g.node.inputs.map(() => share);
  },
  // a − b·trunc(a/b), for floats: da = dy, db = −trunc(a/b)·dy, trunc(a/b) = (a − y)/b; a constant between the steps of
  // trunc
  Mod: (g) => {
    const { b } = g;
    if (!g.x(0).dtype.startsWith('float')) return [null, null];
    return [g.dy, g.needs(1) ? b.op('Div', [mul(b, g.dy, b.op('Sub', [g.y(), g.x(0)])), g.x(1)]) : null];
  },
  Max: extremum,
  Min: extremum,
  // x ≥ 0: dX = dY, dSlope = 0;  x < 0: dX = slope·dY, dSlope = x·dY
  PRelu: (g) => {
    const { b } = g;
    const negative = b.op('Min', [g.x(0), 0]);
    const isNegative = mask(b, b.op('Less', [g.x(0), b.constant(0)]));
    const factor = b.op('Add', [1, mul(b, isNegative, b.op('Sub', [g.x(1), 1]))]);
    return [g.needs(0) ? mul(b, g.dy, factor) : null, g.needs(1) ? mul(b, g.dy, negative) : null];
  },
  Where: (g) => {
    const chosen = mask(g.b, g.x(0));
    return [
      null,
      g.needs(1) ? mul(g.b, g.dy, chosen) : null,
      g.needs(2) ? mul(g.b, g.dy, g.b.op('Sub', [1, chosen])) : null,
    ];
  },
  Equal: 'zero',
  Greater: 'zero',
  GreaterOrEqual: 'zero',
  Less: 'zero',
  LessOrEqual: 'zero',
  And: 'zero',
  Or: 'zero',
  Xor: 'zero',
  Not: 'zero',
  Sign: 'zero',
  Floor: 'zero',
  Identity: (g) => [g.dy],
  Neg: (g) => [g.b.op('Neg', [g.dy])],
  // 1/(2√x)
  Sqrt: (g) => [g.b.op('Div', [mul(g.b, g.dy, 0.5), g.y()])],
  Exp: (g) => [mul(g.b, g.dy, g.y())],
  Log: (g) => [g.b.op('Div', [g.dy, g.x(0)])],
  Abs: (g) => [mul(g.b, g.dy, g.b.op('Sign', [g.x(0)]))],
  Ceil: 'zero',
  Round: 'zero',
  IsNaN: 'zero',
  IsInf: 'zero',
  // −y²
  Reciprocal: (g) => [g.b.op('Neg', [mul(g.b, g.dy, mul(g.b, g.y(), g.y()))])],
  Sin: (g) => [mul(g.b, g.dy, g.b.op('Cos', [g.x(0)]))],
  Cos: (g) => [g.b.op('Neg', [mul(g.b, g.dy, g.b.op('Sin', [g.x(0)]))])],
  // 1 + y²
  Tan: (g) => [mul(g.b, g.dy, g.b.op('Add', [mul(g.b, g.y(), g.y()), 1]))],
  // 1/(1 + x²)
  Atan: (g) => [g.b.op('Div', [g.dy, g.b.op('Add', [mul(g.b, g.x(0), g.x(0)), 1])])],
  // 2/√π·exp(−x²)
  Erf: (g) => [
    mul(g.b, g.dy, mul(g.b, g.b.op('Exp', [g.b.op('Neg', [mul(g.b, g.x(0), g.x(0))])]), 2 / Math.sqrt(Math.PI))),
  ],
  // 1 where min ≤ x ≤ max; the bounds are taken as constants
  Clip: (g) => {
    const { b, node } = g;
    let dX = g.dy;
    if (node.inputs[1]) dX = mul(b, dX, mask(b, b.op('GreaterOrEqual', [g.x(0), node.inputs[1]])));
    if (node.inputs[2]) dX = mul(b, dX, mask(b, b.op('LessOrEqual', [g.x(0), node.inputs[2]])));
    return [dX];
  },
  // Between float types the identity; a gradient flows neither into nor out of integers
  Cast: (g) => {
    const [from, to] = [g.x(0).dtype, g.y().dtype];
    if (!from.startsWith('float') || !to.startsWith('float')) return [null];
    return [from === to ? g.dy : g.b.op('Cast', [g.dy], { to: DTYPE_CODES[from] })];
  },
  // As it stands in a graph read from a file: inference mode, the identity
  Dropout: (g) => [g.dy],
  DequantizeLinear: 'forbidden',
} satisfies Record<string, GradientEntry>;
