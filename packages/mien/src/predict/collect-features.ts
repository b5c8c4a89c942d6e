/** Batches of features as one tensor. Shape legend: N images, D values of an image. */
import type { LabelledImages } from '../data/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';

export interface BatchSource {
  batches(images: LabelledImages): AsyncIterable<Tensor<'float32'>>;
}

/** All batches as one tensor. @returns float32 [N,D] */
export async function collectFeatures(
  source: BatchSource,
  images: LabelledImages,
  onProgress?: (done: number, total: number) => void,
): Promise<Tensor<'float32'>> {
  const N = images.count;
  let values = new Float32Array(0);
  let [done, D] = [0, 0];
  for await (const { dims, data } of source.batches(images)) {
    D = dims[1]!;
    if (done === 0) values = new Float32Array(N * D);
    values.set(data, done * D);
    done += dims[0]!;
    onProgress?.(done, N);
  }
  return tensor('float32', [N, D], values);
}
