/** One linear layer on pixels: what any network must be better than. */
import { flatten, linear } from '../layers/basic.ts';
import { standardize } from '../layers/standardize.ts';
import type { Network } from '../network.ts';

/** `x` [N,C,H,W], each image standardized by itself → `logits` [N,K]. */
export function linearClassifier({
  input,
  classes,
}: {
  readonly input: Network['input'];
  readonly classes: number;
}): Network {
  return {
    name: 'linear',
    input,
    build: (b, x) => ({
      logits: linear(b, 'classifier', flatten(b, standardize(b, x)), { features: classes, init: { kind: 'xavier' } }),
    }),
  };
}
