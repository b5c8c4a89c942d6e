/** What a network says of a face and its mirror image: the mean of both. */
import { float32, tensor, type Tensor } from '../tensor/index.ts';

/** @param x float32 [N,C,H,W]   @returns the same, left and right exchanged */
function mirrored(x: Tensor): Tensor {
  const width = x.dims.at(-1)!;
  const from = x.data as Float32Array;
  const out = new Float32Array(from.length);
  for (let row = 0; row < from.length; row += width) {
    for (let i = 0; i < width; i++) out[row + i] = from[row + width - 1 - i]!;
  }
  return tensor('float32', x.dims, out);
}

/** @returns (a + b)/2 */
function meanOf(a: Tensor, b: Tensor): Tensor {
  const other = b.data as Float32Array;
  return float32(
    a.dims,
    (a.data as Float32Array).map((v, i) => (v + other[i]!) / 2),
  );
}

/**
 * The mean logits of faces and their mirror images.
 * @param network gives float32 [N,K] of each head   @param x float32 [N,C,H,W]
 */
export async function mirrorLogits(
  network: { logits(x: Tensor): Promise<readonly Tensor[]> },
  x: Tensor,
): Promise<Tensor[]> {
  const plain = await network.logits(x);
  const others = await network.logits(mirrored(x));
  return plain.map((logits, h) => meanOf(logits, others[h]!));
}
