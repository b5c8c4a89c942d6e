/**
 * Training passes that PyTorch computed (tools/golden/networks.py): weights and inputs are a fixed function of their position,
 * so that none is stored, and of each gradient only three numbers are.
 */
import { sizeOf, tensor, type Tensor } from 'mienjs/tensor';

/** Norm, and products with the patterns 1 and 2. */
export type Fingerprint = readonly [norm: number, first: number, second: number];

/** What a golden file has of a pass. */
export interface GoldenPass {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Fingerprint>>;
  readonly statistics: Readonly<Record<string, Fingerprint>>;
}

/** As `hashed` in tools/golden/networks.py: numbers in [−0.5, 0.5). */
export function hashed(i: number, salt: number): number {
  let mixed = (i * 2654435761 + salt * 40503) % 2 ** 32;
  for (let k = 0; k < 2; k++) mixed = (Math.floor(mixed / 2 ** 11) * 2246822519 + mixed) % 2 ** 32;
  return mixed / 2 ** 32 - 0.5;
}

export const filledTensor = (dims: readonly number[], value: (i: number) => number): Tensor<'float32'> =>
  tensor(
    'float32',
    dims,
    Float32Array.from({ length: sizeOf(dims) }, (_, i) => value(i)),
  );

/** The weights of these names and shapes, in this order. */
export const hashedWeights = (shapes: Readonly<Record<string, readonly number[]>>): Map<string, Tensor> =>
  new Map(Object.entries(shapes).map(([name, dims], salt) => [name, startOf(name, dims, salt)]));

function startOf(name: string, dims: readonly number[], salt: number): Tensor {
  if (name.endsWith('running_mean')) return filledTensor(dims, () => 0);
  if (name.endsWith('running_var')) return filledTensor(dims, () => 1);
  if (dims.length > 1)
    return filledTensor(dims, (i) => hashed(i, salt) * (2 * Math.sqrt(6 / (sizeOf(dims) / dims[0]!))));
  return filledTensor(dims, (i) => hashed(i, salt) * 0.5 + (name.endsWith('weight') ? 1 : 0));
}

/** Patterns 1 and 2, as long as the largest weight of these networks. */
let patterns: readonly Float64Array[] = [];

function fingerprint({ data }: Tensor): Fingerprint {
  const values = data as Float32Array;
  if ((patterns[0]?.length ?? 0) < values.length)
    patterns = [1, 2].map((salt) => Float64Array.from({ length: values.length }, (_, i) => hashed(i, salt)));
  const product = (pattern: ArrayLike<number>): number => values.reduce((sum, v, i) => sum + v * pattern[i]!, 0);
  return [Math.sqrt(product(values)), product(patterns[0]!), product(patterns[1]!)];
}

/** Names of the tensors that differ by more than 0.1 % of their norm. */
export function differentTensors(
  expected: Readonly<Record<string, Fingerprint>>,
  actual: (name: string) => Tensor,
): string[] {
  return Object.entries(expected)
    .filter(([name, fingers]) => {
      const got = fingerprint(actual(name));
      return !fingers.every((v, k) => Math.abs(v - got[k]!) <= 1e-3 * fingers[0]);
    })
    .map(([name]) => name);
}
