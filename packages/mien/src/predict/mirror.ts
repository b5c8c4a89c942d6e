/** What a network says of a face and its mirror image: the mean of both. */
import { IMAGE_INPUT, type ModelInput, type ModelInputs } from '../data/model-inputs.ts';
import { mirroredPoints } from '../face/mirror-points.ts';
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

/** Landmarks [N,2·P] or [N,T,2·P] of a mirrored face: x/width − ½ changes its sign, and points change their sides. */
function mirroredLandmarks(x: Tensor, points: number): Tensor {
  const counterparts = mirroredPoints(points);
  const from = x.data as Float32Array;
  const out = new Float32Array(from.length);
  for (let row = 0; row < from.length; row += 2 * points)
    counterparts.forEach((other, p) => {
      out[row + 2 * p] = -from[row + 2 * other]!;
      out[row + 2 * p + 1] = from[row + 2 * other + 1]!;
    });
  return tensor('float32', x.dims, out);
}

function mirrorInput(input: ModelInput, x: Tensor): Tensor {
  switch (input.kind) {
    case 'image':
    case 'frontal':
    case 'clip':
      return mirrored(x);
    case 'landmarks':
    case 'track':
      return mirroredLandmarks(x, input.points);
    default:
      return x;
  }
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
 * @param network gives float32 [N,K] of each head; what its inputs are, default one image   @param x float32 [N,C,H,W]
 *   @param others further inputs, by name
 */
export async function mirrorLogits(
  network: {
    readonly inputs?: ModelInputs;
    logits(x: Tensor, others?: Readonly<Record<string, Tensor>>): Promise<readonly Tensor[]>;
  },
  x: Tensor,
  others: Readonly<Record<string, Tensor>> = {},
): Promise<Tensor[]> {
  const inputs = network.inputs ?? IMAGE_INPUT;
  const plain = await network.logits(x, others);
  const turned = await network.logits(
    mirrorInput(inputs['x']!, x),
    Object.fromEntries(Object.entries(others).map(([name, t]) => [name, mirrorInput(inputs[name]!, t)])),
  );
  return plain.map((logits, h) => meanOf(logits, turned[h]!));
}
