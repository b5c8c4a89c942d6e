/**
 * The deep sparse autoencoder of Zeng et al. 2018: grey values, HOG and LBP around 51 landmarks, their principal components,
 * layers of sigmoids that are trained as sparse autoencoders one by one, a classifier.
 * Shape legend: N batch, D descriptors, k components, K classes.
 */
import type { Value } from '../../onnx/index.ts';
import { ZEROS } from '../init.ts';
import { linear } from '../layers/basic.ts';
import { landmarkDescriptors } from '../layers/landmark-descriptors.ts';
import type { Network, NetworkBuilder } from '../network.ts';

export interface LandmarkAutoencoderOptions {
  readonly classes: number;
  /** Side of the grey face, px. */
  readonly size: number;
  /** k */
  readonly components: number;
  /** Units of each layer, from the components up. */
  readonly hidden: readonly [number, ...number[]];
}

/** The layer that holds the principal components: found, not trained (`Recipe.principal`). */
export const PRINCIPAL = 'principal';

/** What layer `index` of the stack sees: the components [N,k], or the activations of the one below it. */
export function layersBelow(
  b: NetworkBuilder,
  o: LandmarkAutoencoderOptions,
  index: number,
  x: Value,
  landmarks: Value,
): { descriptors: Value; below: Value } {
  const descriptors = landmarkDescriptors(b, x, landmarks);
  const principal = b.frozen(() => linear(b, PRINCIPAL, descriptors, { features: o.components, init: ZEROS }));
  const below = o.hidden.slice(0, index).reduce((v, _, i) => sparseLayer(b, o, i, v), principal);
  return { descriptors, below };
}

/** Layer `index`: sigmoids, [N,·] → [N,hidden]. */
export const sparseLayer = (b: NetworkBuilder, o: LandmarkAutoencoderOptions, index: number, v: Value): Value =>
  b.op('Sigmoid', [linear(b, `layer${index + 1}`, v, { features: o.hidden[index]!, init: { kind: 'xavier' } })]);

/** `x` [N,1,S,S] and `landmarks` [N,136] → `logits` [N,K]; `descriptors` [N,D], of which the components are found. */
export function landmarkAutoencoder(o: LandmarkAutoencoderOptions): Network {
  return {
    name: 'dsae',
    input: { channels: 1, height: o.size, width: o.size },
    furtherInputs: { landmarks: { dims: [136] } },
    build(b, x, further) {
      const { descriptors, below } = layersBelow(b, o, o.hidden.length, x, further!['landmarks']!);
      const logits = linear(b, 'classifier', below, { features: o.classes, init: { kind: 'xavier' } });
      return { logits, descriptors };
    },
  };
}
