/**
 * DTAGN on one frame (Jung, Lee, Yim, Park & Kim, Joint fine-tuning in deep neural networks for facial expression
 * recognition, ICCV 2015): a convolutional network of the appearance and a small one of the landmarks, whose logits are
 * added. The two are trained apart, then their upper layers together (recipes/comparison.ts).
 *
 *   appearance  x [N,1,64,64]: 5×5, 64 → pool 2 → 5×5, 64 → pool 2 → 500 → 500 → K
 *   geometry    the 49 landmarks inside the face: 98 → 100 → 600 → K
 *   logits      appearance + geometry
 *
 * The paper's sequences of several frames make the first layers' inputs longer, and nothing else: with one frame, as Bao et
 * al. 2019 (section 5.2) compare it, these are its layers. Sizes are recalled from the paper, not checked against it. Decided
 * here: batch normalisation in place of local contrast normalisation, convolutions without padding, dropout of 0.5 between
 * the linear layers. No number of parameters is published.
 *
 * Shape legend: N samples, K classes.
 */
import type { Value } from '../../onnx/index.ts';
import { flatten, linear, relu } from '../layers/basic.ts';
import { dropout } from '../layers/dropout.ts';
import { maxPool } from '../layers/pool.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { convBlock } from './conv-block.ts';
import { choosePoints, POINTS, pointsOf, standardizedPoints } from './landmark-points.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

const DROP = 0.5;
/** The 68 without the jaw and the inner corners of the lips: those that the paper's face tracker gives. */
const INNER = Array.from({ length: POINTS - 17 }, (_, i) => 17 + i).filter((i) => i !== 60 && i !== 64);

/**
 * Defaults: grey, 64×64. Further input: `landmarks` [N,136]. Outputs: `logits` [N,K], of both; `appearance` and `geometry`
 * [N,K], of each alone.
 */
export function dtagn(options: ImageNetworkOptions): Network {
  const { classes, channels = 1, size = 64 } = options;
  const scaled = scaledBy(options.widthMultiplier);
  const classifier = (b: NetworkBuilder, x: Value, widths: readonly [number, number]): Value => {
    const features = widths.reduce(
      (v, width, i) =>
        dropout(b, `dropout${i + 1}`, relu(b, linear(b, `fc${i + 1}`, v, { features: scaled(width) })), DROP),
      x,
    );
    return linear(b, 'logits', features, { features: classes, init: { kind: 'xavier' } });
  };
  return {
    name: 'dtagn',
    input: { channels, height: size, width: size },
    furtherInputs: { landmarks: { dims: [2 * POINTS] } },
    build(b, x, further = {}) {
      const appearance = b.scope('appearance', () => {
        const v = ['conv1', 'conv2'].reduce(
          (input, name) => maxPool(b, convBlock(b, name, input, scaled(64), 5, { pad: 0 }), 2),
          x,
        );
        return classifier(b, flatten(b, v), [500, 500]);
      });
      const geometry = b.scope('geometry', () => {
        const points = standardizedPoints(b, pointsOf(b, further['landmarks']!));
        return classifier(b, flatten(b, choosePoints(b, points, INNER)), [100, 600]);
      });
      return { logits: b.op('Add', [appearance, geometry]), appearance, geometry };
    },
  };
}
