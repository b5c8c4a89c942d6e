/** Gradient rules of pooling. */
import {
  attrNumber,
  attrNumbers,
  attrString,
  extent,
  resolvePads,
  type AttrsOf,
  type GraphNode,
  type WindowAttrs,
} from '../../onnx/index.ts';
import { sizeOf, tensor, float32 } from '../../tensor/index.ts';
import { dimsOf, mask, mul, reshape, slice, sum, type GradientContext, type GradientEntry } from '../rule.ts';

interface PoolGeometry {
  readonly window: WindowAttrs;
  readonly strides: readonly number[];
  /** Begin and end padding of each spatial axis. */
  readonly pads: readonly (readonly [number, number])[];
}

function geometryOf(g: GradientContext): PoolGeometry {
  const kernel = attrNumbers(g.node, 'kernel_shape', []);
  const ones = kernel.map(() => 1);
  const strides = attrNumbers(g.node, 'strides', ones);
  const window: WindowAttrs = {
    kernel,
    strides,
    dilations: attrNumbers(g.node, 'dilations', ones),
    pads: attrNumbers(
      g.node,
      'pads',
      [...kernel, ...kernel].map(() => 0),
    ),
    autoPad: attrString(g.node, 'auto_pad', 'NOTSET'),
  };
  return { window, strides, pads: kernel.map((_, i) => resolvePads(dimsOf(g.x(0))[i + 2]!, i, window)) };
}

export const pool = {
  // dX = dY at the position of each window's maximum (the first one, where several are equal), summed over windows
  MaxPool: (g) => {
    const { b, node } = g;
    const full = dimsOf(g.x(0));
    const { window, strides, pads } = geometryOf(g);
    // Indices must be row-major: a node with column-major ones is run again
    const indices =
      attrNumber(node, 'storage_order', 0) === 1
        ? b.ops('MaxPool', [g.x(0)], { ...poolAttrs(node), storage_order: 0 }, 2)[1]!
        : (node.outputs[1] ?? b.addOutput(node));
    const out = dimsOf(g.y());
    // MaxUnpool writes, so windows must not overlap; ONNX Runtime wants them inside the input, too
    const disjoint = window.kernel.every(
      (k, i) =>
        strides[i]! >= extent(window, i) &&
        pads[i]!.every((p) => p === 0) &&
        (out[i + 2]! - 1) * strides[i]! + k <= full[i + 2]!,
    );
    if (disjoint) {
      return [b.op('MaxUnpool', [g.dy, indices, b.ints(full)], { kernel_shape: window.kernel, strides })];
    }
    const zeros = b.op('ConstantOfShape', [b.ints([sizeOf(full)])], {
      value: tensor('float32', [1], Float32Array.of(0)),
    });
    const scattered = b.op('ScatterElements', [zeros, reshape(b, indices, [-1]), reshape(b, g.dy, [-1])], {
      axis: 0,
      reduction: 'add',
    });
    return [reshape(b, scattered, full)];
  },
  // Every element of a window gets dY / count, where count leaves out padding unless count_include_pad
  AveragePool: (g) => {
    const { b } = g;
    const full = dimsOf(g.x(0));
    const out = dimsOf(g.y()).slice(2);
    const { window, strides, pads } = geometryOf(g);
    const includePad = attrNumber(g.node, 'count_include_pad', 0) === 1;
    const [n, c, ...size] = full as [number, number, ...number[]];
    const counts = out.map((m, i) =>
      Array.from({ length: m }, (_, p) => {
        const taps = Array.from(
          { length: window.kernel[i]! },
          (_, t) => p * strides[i]! - pads[i]![0] + t * window.dilations![i]!,
        );
        return taps.filter((at) => (includePad ? at < size[i]! + pads[i]![1] : at >= 0 && at < size[i]!)).length;
      }),
    );
    const inverse = float32(
      out,
      product(counts).map((v) => 1 / v),
    );
    const share = reshape(b, mul(b, g.dy, b.constant(inverse)), [n * c, 1, ...out]);
    // Spread by a transposed convolution with ones, over the padded extent, then cut or fill to the input's size
    const ones = b.constant(float32([1, 1, ...window.kernel], new Array<number>(sizeOf(window.kernel)).fill(1)));
    let spread = b.op('ConvTranspose', [share, ones, null], { strides, dilations: window.dilations! });
    const spreadSize = dimsOf(spread).slice(2);
    const missing = size.map((d, i) => Math.max(0, pads[i]![0] + d - spreadSize[i]!));
    if (missing.some((m) => m > 0))
      spread = b.op('Pad', [spread, b.ints([0, 0, ...size.map(() => 0), 0, 0, ...missing])]);
    const spreadFull = dimsOf(spread).slice(2);
    if (size.some((d, i) => d !== spreadFull[i])) {
      spread = slice(
        b,
        spread,
        pads.map((p) => p[0]),
        size.map((d, i) => pads[i]![0] + d),
        size.map((_, i) => i + 2),
      );
    }
    return [reshape(b, spread, full)];
  },
  GlobalAveragePool: (g) => {
    const full = dimsOf(g.x(0));
    return [g.b.op('Expand', [mul(g.b, g.dy, 1 / sizeOf(full.slice(2))), g.b.ints(full)])];
  },
  // Equal maxima share the gradient evenly
  GlobalMaxPool: (g) => {
    const { b } = g;
    const hits = mask(b, b.op('Equal', [g.x(0), g.y()]));
    const share = b.op('Div', [
      g.dy,
      sum(
        b,
        hits,
        dimsOf(g.x(0))
          .map((_, i) => i)
          .slice(2),
      ),
    ]);
    return [mul(b, hits, share)];
  },
  // Y = zeros with X at the indices: dX = dY at the indices
  MaxUnpool: (g) => {
    const flat = g.b.op('Reshape', [g.dy, g.b.ints([-1])]);
    return [g.b.op('Gather', [flat, g.x(1)], { axis: 0 })];
  },
} satisfies Record<string, GradientEntry>;

/** The geometry attributes of a pooling node. */
function poolAttrs(node: GraphNode): AttrsOf<'MaxPool'> {
  return Object.fromEntries(Object.entries(node.attrs).map(([name, a]) => [name, a.value]));
}

/** Outer product of lists, row-major. */
function product(lists: readonly (readonly number[])[]): number[] {
  return lists.reduce<number[]>((acc, list) => acc.flatMap((a) => list.map((v) => a * v)), [1]);
}
