/** What can be evaluated: anything that turns prepared images into logits, and says what they mean. */
import type { ModelSpec, PreprocessSpec } from '../data/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** `ExpressionClassifier` in predict/ is one. */
export interface LogitsModel {
  readonly model: ModelSpec;
  readonly preprocess: PreprocessSpec;
  /**
   * @param x float32 [N,C,H,W], prepared as `preprocess` says   @returns float32 [N,K] of each head, in the model's
   *   order
   */
  logits(x: Tensor): Promise<readonly Tensor[]>;
}
