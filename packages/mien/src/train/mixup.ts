/**
 * Mixup (Zhang et al. 2018, arXiv:1710.09412): a batch is blended with itself in another order,
 *   x̃ᵢ = λ·xᵢ + (1 − λ)·xⱼ,  t̃ᵢ = λ·tᵢ + (1 − λ)·tⱼ,  λ ~ Beta(α, α), one a batch, j a permutation of the batch
 * Shape legend: B images of a batch.
 */
import { Random, tensor, type Tensor } from '../tensor/index.ts';

export interface MixupSpec {
  /** α of the Beta distribution: 0.2 blends little, 1 evenly. */
  readonly alpha: number;
  /**
   * Whether this epoch (from 0) mixes; default every one. Runs usually end without, so that the network sees plain
   * faces last.
   */
  readonly active?: (epoch: number) => boolean;
}

/**
 * @param feeds float32 [B,…] each, all blended alike   @param epoch @param step of the epoch, from 0: with the seed
 *   they decide λ and the order
 */
export function mixUp(
  feeds: Readonly<Record<string, Tensor>>,
  { alpha, active }: MixupSpec,
  seed: number,
  epoch: number,
  step: number,
): Record<string, Tensor> {
  if (active && !active(epoch)) return { ...feeds };
  const random = new Random(seed, `mixup/${epoch}/${step}`);
  const share = drawBeta(alpha, random);
  let order: Int32Array | undefined;
  return Object.fromEntries(
    Object.entries(feeds).map(([name, t]) => {
      order ??= random.permutation(t.dims[0]!);
      return [name, name.endsWith('.mask') ? both(t, order) : blend(t, order, share)];
    }),
  );
}

/** A blended target is known where both are. */
function both(t: Tensor, order: Int32Array): Tensor {
  const from = t.data as Float32Array;
  const size = from.length / order.length;
  return tensor(
    'float32',
    t.dims,
    from.map((own, i) => own * from[order[Math.floor(i / size)]! * size + (i % size)]!),
  );
}

function blend(t: Tensor, order: Int32Array, share: number): Tensor {
  const from = t.data as Float32Array;
  const size = from.length / order.length;
  const out = new Float32Array(from.length);
  order.forEach((other, i) => {
    for (let k = 0; k < size; k++)
      out[i * size + k] = share * from[i * size + k]! + (1 - share) * from[other * size + k]!;
  });
  return tensor('float32', t.dims, out);
}

/**
 * Beta(α, α) by Jöhnk's method (1964): X = U^(1/α), Y = V^(1/α) until X + Y ≤ 1, then X/(X + Y). In logarithms, as X
 * and Y underflow for small α; it takes few tries for α ≤ 1.
 */
function drawBeta(alpha: number, random: Random): number {
  for (;;) {
    const x = Math.log(1 - random.uniform()) / alpha;
    const y = Math.log(1 - random.uniform()) / alpha;
    const top = Math.max(x, y);
    const logSum = top + Math.log(Math.exp(x - top) + Math.exp(y - top));
    if (logSum <= 0) return Math.exp(x - logSum);
  }
}
