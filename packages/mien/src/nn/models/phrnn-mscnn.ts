/**
 * PHRNN–MSCNN on one frame (Zhang, Huang, Du & Wang, Facial expression recognition based on deep evolutional
 * spatial-temporal networks, IEEE Transactions on Image Processing 26(9), 2017): landmarks part by part, joined step by step,
 * and a convolutional network of the face that also tells whether two faces have one expression; their probabilities are
 * mixed.
 *
 *   parts       brows, eyes, nose, mouth: 80 each → (brows, eyes), (nose, mouth): 128 each → 180 → 160 → 128 → K
 *   appearance  x [N,1,64,64]: 5×5, 32 → pool 2 → 5×5, 64 → pool 2 → 3×3, 128 → pool 2 → 256 → K
 *   logits      log(½·softmax(parts) + ½·softmax(appearance))
 *
 * The paper's layers of parts are recurrent, in both directions. With one frame, as Bao et al. 2019 (section 5.2) compare it,
 * there is no other frame to remember: a layer of 40 cells a direction becomes a dense one of 80 with tanh. Four parts, and
 * what is joined with what, are the paper's. Decided here: all sizes (of the parts those of a public re-implementation: 40, 64
 * and 90 a direction, then 80, then 128), batch normalisation, dropout of 0.5 before the last layers, equal shares of both. No
 * number of parameters is published.
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
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
/** Which of the 68 landmarks each part has. */
const PARTS = { brows: range(17, 27), eyes: range(36, 48), nose: range(27, 36), mouth: range(48, 68) } as const;

/**
 * Defaults: grey, 64×64. Further input: `landmarks` [N,136]. Outputs: `logits` [N,K], of both; `parts` and `appearance` [N,K],
 * of each alone; `features` [N,256] of the appearance, which pairs are compared by.
 */
export function phrnnMscnn(options: ImageNetworkOptions): Network {
  const { classes, channels = 1, size = 64 } = options;
  const scaled = scaledBy(options.widthMultiplier);
  /** What a recurrent layer of both directions is to a single frame. */
  const recurrent = (b: NetworkBuilder, name: string, inputs: readonly Value[], width: number): Value =>
    b.op('Tanh', [
      linear(b, name, inputs.length === 1 ? inputs[0]! : b.op('Concat', inputs, { axis: 1 }), {
        features: scaled(width),
        init: { kind: 'xavier' },
      }),
    ]);
  const classifier = (b: NetworkBuilder, features: Value): Value =>
    linear(b, 'logits', dropout(b, 'dropout', features, DROP), { features: classes, init: { kind: 'xavier' } });
  return {
    name: 'phrnn-mscnn',
    input: { channels, height: size, width: size },
    furtherInputs: { landmarks: { dims: [2 * POINTS] } },
    build(b, x, further = {}) {
      const parts = b.scope('parts', () => {
        const points = standardizedPoints(b, pointsOf(b, further['landmarks']!));
        const part = (name: keyof typeof PARTS): Value =>
          recurrent(b, name, [flatten(b, choosePoints(b, points, PARTS[name]))], 80);
        const upper = recurrent(b, 'upper', [part('brows'), part('eyes')], 128);
        const lower = recurrent(b, 'lower', [part('nose'), part('mouth')], 128);
        const whole = recurrent(b, 'memory', [recurrent(b, 'whole', [upper, lower], 180)], 160);
        return classifier(b, relu(b, linear(b, 'fc', whole, { features: scaled(128) })));
      });
      const { appearance, features } = b.scope('appearance', () => {
        const v = (
          [
            ['conv1', 32, 5],
            ['conv2', 64, 5],
            ['conv3', 128, 3],
          ] as const
        ).reduce((input, [name, width, kernel]) => maxPool(b, convBlock(b, name, input, scaled(width), kernel), 2), x);
        const features = relu(b, linear(b, 'fc', flatten(b, v), { features: scaled(256) }));
        return { appearance: classifier(b, features), features };
      });
      const [p, q] = [parts, appearance].map((logits) => b.op('Softmax', [logits], { axis: 1 })) as [Value, Value];
      const mixed = b.op('Mul', [b.op('Add', [p, q]), 0.5]);
      return { logits: b.op('Log', [b.op('Max', [mixed, 1e-12])]), parts, appearance, features };
    },
  };
}
