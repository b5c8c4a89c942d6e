/**
 * MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov & Chen, MobileNetV2: inverted residuals and linear bottlenecks, CVPR
 * 2018, table 2): convolution 3×3/2, inverted residual blocks, 1×1 convolution to 1280, global average pooling, linear
 * layer.
 *
 *   block, expansion t: BN(conv1×1(relu6(BN(depthwise3×3/s(relu6(BN(conv1×1(x; t·C)))))))), + x where the shape stays
 *
 * relu6(x) = min(max(x, 0), 6). A width multiplier rounds channels to a multiple of 8 (never down by more than 10 %),
 * and leaves the last 1280 at least as wide, as the authors' code does. Parameter names are torchvision's.
 */
import type { Value } from '../../onnx/index.ts';
import { linear } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { globalAveragePool } from '../layers/pool.ts';
import { channelsOf } from '../layers/shape.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { dropout } from '../layers/dropout.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import type { ImageNetworkOptions } from './options.ts';

/** Expansion, channels, how many, stride of the first. */
const BLOCKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Defaults: 3 channels, 224×224. Outputs: `logits` [N,K], `features` [N,1280]. */
export function mobileNetV2(options: ImageNetworkOptions): Network {
  const { channels = 3, size = 224, classes, widthMultiplier = 1 } = options;
  return {
    name: 'mobilenet-v2',
    input: { channels, height: size, width: size },
    build(b, x) {
      let index = 0;
      let v = b.scope(`features.${index++}`, () => convNorm6(b, '', x, roundTo8(32 * widthMultiplier), 3, 2));
      for (const [expansion, width, count, stride] of BLOCKS) {
        for (let i = 0; i < count; i++) {
          v = b.scope(`features.${index++}.conv`, () =>
            invertedResidual(b, v, roundTo8(width * widthMultiplier), expansion, i === 0 ? stride : 1),
          );
        }
      }
      v = b.scope(`features.${index}`, () => convNorm6(b, '', v, roundTo8(1280 * Math.max(1, widthMultiplier)), 1));
      const features = globalAveragePool(b, v);
      return {
        logits: linear(b, 'classifier.1', dropout(b, 'classifier.0', features, 0.2), {
          features: classes,
          init: { kind: 'xavier' },
        }),
        features,
      };
    },
  };
}

function invertedResidual(b: NetworkBuilder, x: Value, out: number, expansion: number, stride: number): Value {
  const inputs = channelsOf(x, 'mobileNetV2');
  const hidden = inputs * expansion;
  let index = 0;
  let v = expansion === 1 ? x : convNorm6(b, `${index++}.`, x, hidden, 1);
  v = convNorm6(b, `${index++}.`, v, hidden, 3, stride, hidden);
  v = conv2d(b, `${index++}`, v, { channels: out, kernel: 1, bias: false, init: { kind: 'he', fan: 'out' } });
  v = batchNorm(b, `${index}`, v);
  return stride === 1 && inputs === out ? b.op('Add', [x, v]) : v;
}

/** Convolution `PREFIX0`, batch normalisation `PREFIX1`, relu6. */
function convNorm6(
  b: NetworkBuilder,
  prefix: string,
  x: Value,
  channels: number,
  kernel: number,
  stride = 1,
  group = 1,
): Value {
  const v = conv2d(b, `${prefix}0`, x, {
    channels,
    kernel,
    stride,
    pad: kernel >> 1,
    group,
    bias: false,
    init: { kind: 'he', fan: 'out' },
  });
  return b.op('Clip', [batchNorm(b, `${prefix}1`, v), 0, 6]);
}

function roundTo8(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
