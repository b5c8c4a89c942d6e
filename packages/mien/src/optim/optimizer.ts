/**
 * Update rules as graph nodes. Shapes: parameter, gradient and each state tensor are alike.
 * Scalars that change by step (learning rate, bias corrections) are graph inputs that the trainer feeds,
 * computed in double precision on the host.
 */
import type { GraphBuilder, Value } from '../onnx/index.ts';

export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value;
  /** Previous state, in the order of `stateNames`. */
  readonly state: readonly Value[];
  /** Learning rate of this parameter. */
  readonly lr: Value;
  /** The optimiser's own scalars, by name. */
  readonly scalars: Readonly<Record<string, Value>>;
  readonly weightDecay: number;
}

export interface Optimizer {
  readonly name: string;
  /** Names of the tensors kept per parameter, zero at the start. */
  readonly stateNames: readonly string[];
  /** Scalars to feed at step t = 1, 2, … */
  scalarsAt(step: number): Readonly<Record<string, number>>;
  update(b: GraphBuilder, u: UpdateInputs): { parameter: Value; state: Value[] };
}

const add = (b: GraphBuilder, x: Value, y: Value): Value => b.op('Add', [x, y]);
const scale = (b: GraphBuilder, x: Value, s: number): Value => b.op('Mul', [x, s]);

/** L2 weight decay: the gradient of ½·λ·‖p‖² joins the gradient. */
const decayed = (b: GraphBuilder, u: UpdateInputs): Value =>
  u.weightDecay === 0 ? u.gradient : add(b, u.gradient, scale(b, u.parameter, u.weightDecay));

export interface SgdOptions {
  /** μ, or μ at step t = 1, 2, … Default 0. */
  readonly momentum?: number | ((step: number) => number);
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent with momentum, PyTorch's form:
 *   v ← μ·v + g;  p ← p − lr·v, or with Nesterov p ← p − lr·(g + μ·v)
 * (at step 1, v = g.)
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const momentum = options.momentum ?? 0;
  return {
    name: 'sgd',
    stateNames: momentum === 0 ? [] : ['momentum'],
    scalarsAt: (step) => (typeof momentum === 'function' ? { momentum: momentum(step) } : {}),
    update(b, u) {
      const g = decayed(b, u);
      if (momentum === 0) return { parameter: b.op('Sub', [u.parameter, b.op('Mul', [g, u.lr])]), state: [] };
      const damped = (v: Value): Value =>
        b.op('Mul', [v, typeof momentum === 'function' ? u.scalars['momentum']! : momentum]);
      const v = add(b, damped(u.state[0]!), g);
      const direction = options.nesterov ? add(b, g, damped(v)) : v;
      return { parameter: b.op('Sub', [u.parameter, b.op('Mul', [direction, u.lr])]), state: [v] };
    },
  };
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

function adamRule(name: string, options: AdamOptions, decoupled: boolean): Optimizer {
  const beta1 = options.beta1 ?? 0.9;
  const beta2 = options.beta2 ?? 0.999;
  const epsilon = options.epsilon ?? 1e-8;
  return {
    name,
    stateNames: ['m', 'v'],
    // 1/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ): in float32 the second would lose five digits at small t
    scalarsAt: (step) => ({ correction1: 1 / (1 - beta1 ** step), correction2: 1 / Math.sqrt(1 - beta2 ** step) }),
    update(b, u) {
      const g = decoupled ? u.gradient : decayed(b, u);
      const m = add(b, scale(b, u.state[0]!, beta1), scale(b, g, 1 - beta1));
      const v = add(b, scale(b, u.state[1]!, beta2), scale(b, b.op('Mul', [g, g]), 1 - beta2));
      const denominator = b.op('Add', [b.op('Mul', [b.op('Sqrt', [v]), u.scalars['correction2']!]), epsilon]);
      let step = b.op('Div', [b.op('Mul', [m, u.scalars['correction1']!]), denominator]);
      if (decoupled && u.weightDecay !== 0) step = add(b, step, scale(b, u.parameter, u.weightDecay));
      return { parameter: b.op('Sub', [u.parameter, b.op('Mul', [step, u.lr])]), state: [m, v] };
    },
  };
}

/**
 * Adam (Kingma & Ba 2015): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − lr·m̂/(√v̂ + ε).
 * Weight decay joins the gradient (L2).
 */
export const adam = (options: AdamOptions = {}): Optimizer => adamRule('adam', options, false);

/** AdamW (Loshchilov & Hutter 2019): Adam with decoupled decay, p ← p − lr·(m̂/(√v̂ + ε) + λp). */
export const adamW = (options: AdamOptions = {}): Optimizer => adamRule('adamw', options, true);

/** Σ g² of a tensor. */
export const squaredNorm = (b: GraphBuilder, g: Value): Value =>
  b.op('ReduceSum', [b.op('Mul', [g, g])], { keepdims: 0 });

/**
 * min(1, maxNorm/‖g‖), from the squared norm of each gradient: what to scale them by, ‖g‖ being over all of them
 * together.
 */
export function clipFactor(b: GraphBuilder, squaredNorms: readonly Value[], maxNorm: number): Value {
  // A squared norm that was summed from products may come out just below 0
  const norm = b.op('Sqrt', [b.op('Max', [squaredNorms.reduce((x, y) => add(b, x, y)), 0])]);
  return b.op('Min', [b.constant(1), b.op('Div', [b.constant(maxNorm), b.op('Add', [norm, 1e-6])])]);
}
