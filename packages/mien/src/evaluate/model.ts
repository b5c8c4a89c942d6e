/** What can be evaluated: anything that turns prepared images into logits, and says what they mean. */
import type { ModelInputs, ModelSpec, PreprocessSpec } from '../data/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** `ExpressionClassifier` in predict/ is one. */
export interface LogitsModel {
  readonly model: ModelSpec;
  readonly preprocess: PreprocessSpec;
  /** What its inputs are made of. Default: one image. */
  readonly inputs?: ModelInputs;
  /**
   * @param x the first input, such as float32 [N,C,H,W], prepared as `preprocess` says   @param others its further
   *   inputs, by name   @returns float32 [N,K] of each head, in the model's order, then [N,L] of each of its value heads
   */
  logits(x: Tensor, others?: Readonly<Record<string, Tensor>>): Promise<readonly Tensor[]>;
}
