/** Losses of autoencoders: reconstruction, sparsity of the code, contraction of the encoder, distance from a prior. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { staticDims } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { gaussianDivergence, perSample, requireMatrix, requireSameShape, rowSum, square, total } from './terms.ts';

/**
 * Reconstruction loss, batch mean: L = 1/(2N) Σᵢ ‖x̂ᵢ − xᵢ‖². For a denoising autoencoder the target is the clean
 * input.
 * @param output float32 [N,…]   @param target float32 [N,…]   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function reconstructionLoss(b: GraphBuilder, output: Value, target: Value): Value {
  requireSameShape('reconstructionLoss', ['output', output], ['target', target]);
  return b.op('Mul', [perSample(b, square(b, b.op('Sub', [output, target])), 'reconstructionLoss'), 0.5]);
}

/**
 * Sparsity of a code in [0, 1]: the divergence of each unit's mean activation from a wanted one.
 *   L = Σⱼ ρ·log(ρ/ρ̂ⱼ) + (1 − ρ)·log((1 − ρ)/(1 − ρ̂ⱼ)),  ρ̂ⱼ = 1/N Σᵢ hᵢⱼ
 * Source: Ng 2011 (CS294A notes), section 3. ρ̂ is kept 1e-6 away from 0 and 1, where L would be infinite.
 * @param hidden float32 [N,D], activations of a sigmoid   @param options ρ, the wanted mean, in (0, 1); default 0.05
 * @returns float32 []
 * @throws {ShapeError} when ρ is not between 0 and 1
 */
export function sparsityLoss(b: GraphBuilder, hidden: Value, { rho = 0.05 }: { readonly rho?: number } = {}): Value {
  requireMatrix('sparsityLoss', 'hidden', hidden);
  if (!(rho > 0 && rho < 1)) throw new ShapeError('sparsityLoss', `rho must lie between 0 and 1, got ${rho}`);
  const mean = b.op('Clip', [b.op('ReduceMean', [hidden, b.ints([0])], { keepdims: 0 }), 1e-6, 1 - 1e-6]);
  const terms = b.op('Add', [
    b.op('Mul', [b.op('Log', [mean]), -rho]),
    b.op('Mul', [b.op('Log', [b.op('Sub', [1, mean])]), rho - 1]),
  ]);
  const d = staticDims(mean.shape, 'sparsityLoss')[0]!;
  const entropy = rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho);
  return b.op('Add', [total(b, terms), d * entropy]);
}

/**
 * Contraction of an encoder layer h = f(W·x + c): the squared Frobenius norm of its Jacobian, batch mean.
 *   L = 1/N Σᵢ ‖∂h/∂x‖²_F = 1/N Σᵢ Σⱼ f′(·)ᵢⱼ²·Σₖ Wⱼₖ²
 * with f′ from h itself: sigmoid h(1 − h), tanh 1 − h², ReLU [h > 0]. Source: Rifai et al. 2011, eqs. 2 and 7.
 * @param hidden float32 [N,H]   @param weight float32 [H,D], W   @param options f, default sigmoid
 * @returns float32 []
 * @throws {ShapeError} when W has not one row for each unit
 */
export function contractiveLoss(
  b: GraphBuilder,
  hidden: Value,
  weight: Value,
  { activation = 'sigmoid' }: { readonly activation?: 'sigmoid' | 'tanh' | 'relu' } = {},
): Value {
  const [, units] = requireMatrix('contractiveLoss', 'hidden', hidden);
  const [rows] = requireMatrix('contractiveLoss', 'weight', weight);
  if (rows !== units) throw new ShapeError('contractiveLoss', `the weight has ${rows} rows for ${units} units`);
  const slopes = {
    sigmoid: () => b.op('Mul', [hidden, b.op('Sub', [1, hidden])]),
    tanh: () => b.op('Sub', [1, square(b, hidden)]),
    relu: () => b.op('Cast', [b.op('Greater', [hidden, 0])], { to: 1 }),
  };
  // [N,H]·[H,1]
  return perSample(
    b,
    b.op('MatMul', [square(b, slopes[activation]()), rowSum(b, square(b, weight))]),
    'contractiveLoss',
  );
}

/**
 * How far the codes' Gaussians are from N(0, 1), batch mean of the Kullback–Leibler divergence:
 *   L = 1/N Σᵢ ½ Σⱼ (μᵢⱼ² + σᵢⱼ² − 1 − log σᵢⱼ²)
 * Source: Kingma & Welling 2014, appendix B.
 * @param mean float32 [N,D], μ   @param logVariance float32 [N,D], log σ²   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function gaussianPriorLoss(b: GraphBuilder, mean: Value, logVariance: Value): Value {
  requireSameShape('gaussianPriorLoss', ['mean', mean], ['logVariance', logVariance]);
  return b.op('Mul', [perSample(b, gaussianDivergence(b, mean, logVariance), 'gaussianPriorLoss'), 0.5]);
}
