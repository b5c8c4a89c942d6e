/**
 * Restricted Boltzmann machines and the deep belief network that a stack of them starts (Hinton, Osindero & Teh 2006).
 * Shapes: N batch, V visible units, H hidden units.
 *   E(v,h) = −bᵀv − cᵀh − hᵀWv          binary visible units
 *   E(v,h) = ½‖v − b‖² − cᵀh − hᵀWv     Gaussian visible units of unit variance
 *   P(hⱼ=1|v) = σ(c + Wv)ⱼ
 * Parameters `NAME.weight` W [H,V] and `NAME.bias` c [H], laid out as a linear layer's, and `NAME.visible_bias` b [V]:
 * so the trained weights of a stack are the start weights of `deepBelief`'s network as they are.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ZEROS } from '../init.ts';
import { flatten, linear } from '../layers/basic.ts';
import { standardize } from '../layers/standardize.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface RbmSpec {
  readonly name: string;
  readonly visibleUnits: 'binary' | 'gaussian';
  /** H. */
  readonly hidden: number;
}

export interface ContrastiveDivergence {
  /** Direction of ascent by parameter name, mean over the batch. */
  readonly directions: ReadonlyMap<string, Value>;
  /** v₁ [N,V] */
  readonly reconstruction: Value;
  /** Mean of (v − v₁)² over batch and units. */
  readonly reconstructionError: Value;
}

/** σ(c + Wv): [N,V] → [N,H]. Weights start as N(0, 0.01²) (Hinton 2010, section 8). */
export function hiddenProbabilities(b: NetworkBuilder, rbm: Pick<RbmSpec, 'name' | 'hidden'>, v: Value): Value {
  return b.op('Sigmoid', [linear(b, rbm.name, v, { features: rbm.hidden, init: { kind: 'gaussian', std: 0.01 } })]);
}

/**
 * One step of contrastive divergence (CD-1, Hinton 2002):
 *   ΔW = ⟨h vᵀ⟩₀ − ⟨h vᵀ⟩₁,  Δb = ⟨v⟩₀ − ⟨v⟩₁,  Δc = ⟨h⟩₀ − ⟨h⟩₁
 * h₀ is sampled to make v₁; elsewhere probabilities stand for samples (Hinton 2010, section 3), and Gaussian visible
 * units are reconstructed as their mean. It is not a gradient of the likelihood; with v₁ held fixed it is that of the
 * difference of free energies, ⟨F(v₁)⟩ − ⟨F(v)⟩.
 * @param v float32 [N,V]: probabilities or bits of binary units, values of mean 0 and variance 1 of Gaussian ones
 */
export function contrastiveDivergence(b: NetworkBuilder, rbm: RbmSpec, v: Value): ContrastiveDivergence {
  const [n, units] = staticDims(v.shape, 'contrastiveDivergence') as [number, number];
  const h0 = hiddenProbabilities(b, rbm, v);
  return b.scope(rbm.name, () => {
    const w = b.parameters.get(b.qualify('weight'))!.value;
    const visibleBias = b.weight('visible_bias', [units], ZEROS);
    const sample = b.op('Cast', [b.op('Less', [b.noise('sample', h0.shape), h0])], { to: 1 });
    const field = b.op('Gemm', [sample, w, visibleBias]); // [N,H]·[H,V] → [N,V]
    const v1 = rbm.visibleUnits === 'gaussian' ? field : b.op('Sigmoid', [field]);
    const h1 = b.op('Sigmoid', [b.op('Gemm', [v1, w, b.parameters.get(b.qualify('bias'))!.value], { transB: 1 })]);
    const product = (h: Value, x: Value): Value => b.op('Gemm', [h, x], { transA: 1, alpha: 1 / n }); // [H,N]·[N,V] → [H,V]
    const meanDifference = (x: Value, y: Value): Value =>
      b.op('ReduceMean', [b.op('Sub', [x, y]), b.ints([0])], { keepdims: 0 });
    const error = b.op('Sub', [v, v1]);
    return {
      directions: new Map([
        [b.qualify('weight'), b.op('Sub', [product(h0, v), product(h1, v1)])],
        [b.qualify('visible_bias'), meanDifference(v, v1)],
        [b.qualify('bias'), meanDifference(h0, h1)],
      ]),
      reconstruction: v1,
      reconstructionError: b.op('ReduceMean', [b.op('Mul', [error, error])], { keepdims: 0 }),
    };
  });
}

/**
 * −log Σₕ exp(−E(v,h)): −bᵀv (or ½‖v − b‖²) − Σⱼ log(1 + exp(c + Wv)ⱼ). Lower is more probable.
 * @param v float32 [N,V]   @returns float32 [N]
 */
export function freeEnergy(b: NetworkBuilder, rbm: RbmSpec, v: Value): Value {
  const field = linear(b, rbm.name, v, { features: rbm.hidden });
  const visibleBias = b.scope(rbm.name, () =>
    b.weight('visible_bias', staticDims(v.shape.slice(1), 'freeEnergy'), ZEROS),
  );
  const rowSum = (x: Value): Value => b.op('ReduceSum', [x, b.ints([1])], { keepdims: 0 });
  const offset = b.op('Sub', [v, visibleBias]);
  const visible =
    rbm.visibleUnits === 'gaussian'
      ? b.op('Mul', [rowSum(b.op('Mul', [offset, offset])), 0.5])
      : b.op('Neg', [rowSum(b.op('Mul', [v, visibleBias]))]);
  return b.op('Sub', [visible, rowSum(b.op('Softplus', [field]))]);
}

export interface DeepBeliefSpec {
  readonly name: string;
  readonly input: Network['input'];
  /**
   * Of the first machine; the others see its binary hidden units. Binary ones take values from 0 to 1; for Gaussian ones each
   * input is standardized by itself, whatever its light and contrast.
   */
  readonly visibleUnits: RbmSpec['visibleUnits'];
  /** Hidden units of each machine, from the input up. */
  readonly hidden: readonly [number, ...number[]];
  /** K. */
  readonly classes: number;
}

/** The machines of a stack, from the input up: `rbm1`, `rbm2`, … */
export function machinesOf(spec: DeepBeliefSpec): RbmSpec[] {
  return spec.hidden.map((hidden, i) => ({
    name: `rbm${i + 1}`,
    visibleUnits: i === 0 ? spec.visibleUnits : 'binary',
    hidden,
  }));
}

/** What machine `index` of the stack sees: the input [N,V], or the hidden probabilities of the one below it. */
export function stackBelow(b: NetworkBuilder, spec: DeepBeliefSpec, index: number, x: Value): Value {
  const visible = flatten(b, spec.visibleUnits === 'gaussian' ? standardize(b, x) : x);
  return machinesOf(spec)
    .slice(0, index)
    .reduce((below, rbm) => hiddenProbabilities(b, rbm, below), visible);
}

/**
 * The network that back-propagation tunes after the stack is trained: sigmoid layers, then `classifier` → logits [N,K].
 */
export function deepBelief(spec: DeepBeliefSpec): Network {
  return {
    name: spec.name,
    input: spec.input,
    build(b, x) {
      const top = stackBelow(b, spec, spec.hidden.length, x);
      return { logits: linear(b, 'classifier', top, { features: spec.classes, init: { kind: 'xavier' } }) };
    },
  };
}
