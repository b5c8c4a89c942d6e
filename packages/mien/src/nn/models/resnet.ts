/**
 * ResNet (He, Zhang, Ren & Sun, Deep residual learning for image recognition, CVPR 2016, table 1): 7×7/2 convolution,
 * 3×3/2 max pooling, four stages of residual blocks at widths 64, 128, 256, 512, global average pooling, linear layer.
 *
 *   basic (18, 34):         y = relu(x' + BN(conv3×3(relu(BN(conv3×3(x))))))
 *   bottleneck (50):        y = relu(x' + BN(conv1×1(relu(BN(conv3×3(relu(BN(conv1×1(x)))))))), four times as wide at its end
 *   x' = x, or BN(conv1×1/stride(x)) where the size changes (option B).
 *
 * Deviation, with torchvision, whose parameter names these are: a bottleneck strides in its 3×3 convolution (the paper:
 * in the first 1×1). Initial values: He et al. 2015, fan out.
 */
import type { Value } from '../../onnx/index.ts';
import { linear, relu } from '../layers/basic.ts';
import { conv2d } from '../layers/conv.ts';
import { globalAveragePool, maxPool } from '../layers/pool.ts';
import { channelsOf } from '../layers/shape.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { scaledBy, type ImageNetworkOptions } from './options.ts';

const BLOCKS = {
  18: { counts: [2, 2, 2, 2], bottleneck: false },
  34: { counts: [3, 4, 6, 3], bottleneck: false },
  50: { counts: [3, 4, 6, 3], bottleneck: true },
} as const;

export interface ResNetOptions extends ImageNetworkOptions {
  readonly depth: keyof typeof BLOCKS;
  /**
   * Compute each block again in the backward pass instead of keeping its values: less memory, more time. Default false.
   */
  readonly recompute?: boolean;
}

/** Defaults: 3 channels, 224×224. Outputs: `logits` [N,K], `features` [N,512 or 2048]. */
export function resNet(options: ResNetOptions): Network {
  const { depth, channels = 3, size = 224 } = options;
  const { counts, bottleneck } = BLOCKS[depth];
  const scaled = scaledBy(options.widthMultiplier);
  return {
    name: `resnet-${depth}`,
    input: { channels, height: size, width: size },
    build(b, x) {
      let v = convNorm(b, 'conv1', 'bn1', x, scaled(64), 7, 2);
      v = maxPool(b, relu(b, v), 3, { stride: 2, pad: 1 });
      counts.forEach((count, stage) => {
        for (let i = 0; i < count; i++) {
          const apply = (input: Value): Value =>
            b.scope(`layer${stage + 1}.${i}`, () =>
              block(b, input, scaled(64 * 2 ** stage), stage > 0 && i === 0 ? 2 : 1, bottleneck),
            );
          v = options.recompute ? b.checkpoint(v, apply) : apply(v);
        }
      });
      const features = globalAveragePool(b, v);
      return { logits: linear(b, 'fc', features, { features: options.classes, init: { kind: 'xavier' } }), features };
    },
  };
}

function block(b: NetworkBuilder, x: Value, width: number, stride: number, bottleneck: boolean): Value {
  const out = bottleneck ? 4 * width : width;
  const short =
    stride === 1 && channelsOf(x, 'resNet') === out
      ? x
      : convNorm(b, 'downsample.0', 'downsample.1', x, out, 1, stride);
  let v: Value;
  if (bottleneck) {
    v = relu(b, convNorm(b, 'conv1', 'bn1', x, width, 1));
    v = relu(b, convNorm(b, 'conv2', 'bn2', v, width, 3, stride));
    v = convNorm(b, 'conv3', 'bn3', v, out, 1);
  } else {
    v = relu(b, convNorm(b, 'conv1', 'bn1', x, width, 3, stride));
    v = convNorm(b, 'conv2', 'bn2', v, width, 3);
  }
  return relu(b, b.op('Add', [v, short]));
}

function convNorm(
  b: NetworkBuilder,
  conv: string,
  norm: string,
  x: Value,
  channels: number,
  kernel: number,
  stride = 1,
): Value {
  return batchNorm(
    b,
    norm,
    conv2d(b, conv, x, { channels, kernel, stride, pad: kernel >> 1, bias: false, init: { kind: 'he', fan: 'out' } }),
  );
}
