import { Random, float32, int64 } from 'mienjs/tensor';
import type { OpName } from 'mienjs/onnx';
import { spread, type OpCase, type OpCases } from './op-case.ts';

/**
 * A grid [N,H,W,2] whose points fall inside the image and up to 1.5 pixels outside it, with pixel coordinates at
 * least 0.15 from every integer and every half: the kinks of linear and nearest sampling.
 */
function grid(
  dims: readonly [number, number, number],
  image: { height: number; width: number },
  aligned: boolean,
): ReturnType<typeof float32> {
  const random = new Random(5, `grid/${dims.join('x')}`);
  const coordinate = (size: number): number => {
    const fraction = random.uniform() < 0.5 ? random.range(0.15, 0.35) : random.range(0.65, 0.85);
    const pixel = random.int(size + 1) - 1 + fraction;
    return aligned ? (2 * pixel) / (size - 1) - 1 : (2 * pixel + 1) / size - 1;
  };
  const points = Array.from({ length: dims[0] * dims[1] * dims[2] }, () => [
    coordinate(image.width),
    coordinate(image.height),
  ]);
  return float32([...dims, 2], points.flat());
}

const samplings: OpCase<'GridSample'>[] = (['linear', 'nearest'] as const).flatMap((mode) =>
  (['zeros', 'border'] as const).flatMap((padding_mode) =>
    [0, 1].map((align_corners) => ({
      name: `${mode}, ${padding_mode}, ${align_corners ? 'aligned' : 'unaligned'}`,
      inputs: [spread([2, 2, 3, 4]), grid([2, 3, 2], { height: 3, width: 4 }, align_corners === 1)],
      attrs: { mode, padding_mode, align_corners },
      differentiable: mode === 'linear' ? [0, 1] : [],
    })),
  ),
);

const scales = (...values: number[]): ReturnType<typeof float32> => float32([values.length], values);

const resizes: OpCase<'Resize'>[] = (['linear', 'nearest'] as const).flatMap((mode) =>
  (['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'] as const).flatMap(
    (coordinate_transformation_mode) => {
      const shared = { attrs: { mode, coordinate_transformation_mode }, differentiable: [0] };
      const name = `${mode}, ${coordinate_transformation_mode}`;
      return [
        { ...shared, name: `${name}, twice`, inputs: [spread([1, 2, 3, 4]), null, scales(1, 1, 2, 2)], constant: [2] },
        {
          ...shared,
          name: `${name}, to smaller sizes`,
          inputs: [spread([1, 2, 5, 7]), null, null, int64([1, 2, 3, 4])],
          constant: [3],
        },
      ];
    },
  ),
);

export const WINDOW_CASES = {
  Conv: [
    { name: 'plain', inputs: [spread([2, 2, 4, 5], 1), spread([3, 2, 3, 3], 2)], differentiable: [0, 1] },
    {
      name: 'padded, with bias',
      inputs: [spread([1, 2, 4, 4], 1), spread([3, 2, 3, 3], 2), spread([3], 3)],
      attrs: { pads: [1, 1, 1, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'strided',
      inputs: [spread([1, 2, 6, 7], 1), spread([2, 2, 3, 3], 2)],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1] },
      differentiable: [0, 1],
    },
    {
      name: 'strides that leave a rest',
      inputs: [spread([1, 1, 6, 8], 1), spread([2, 1, 3, 2], 2)],
      attrs: { strides: [2, 3] },
      differentiable: [0, 1],
    },
    {
      name: 'asymmetric padding',
      inputs: [spread([1, 1, 4, 4], 1), spread([2, 1, 3, 3], 2)],
      attrs: { pads: [0, 1, 2, 0] },
      differentiable: [0, 1],
    },
    {
      name: 'dilated',
      inputs: [spread([1, 2, 6, 7], 1), spread([2, 2, 2, 3], 2)],
      attrs: { dilations: [2, 3], pads: [1, 2, 1, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'dilated and strided',
      inputs: [spread([1, 1, 7, 7], 1), spread([2, 1, 3, 3], 2)],
      attrs: { dilations: [2, 2], strides: [2, 2], pads: [2, 2, 2, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'groups',
      inputs: [spread([1, 4, 4, 4], 1), spread([6, 2, 3, 3], 2), spread([6], 3)],
      attrs: { group: 2, pads: [1, 1, 1, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'depthwise, strided',
      inputs: [spread([2, 3, 5, 5], 1), spread([3, 1, 3, 3], 2)],
      attrs: { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
      differentiable: [0, 1],
    },
    { name: '1×1', inputs: [spread([2, 3, 2, 3], 1), spread([4, 3, 1, 1], 2)], differentiable: [0, 1] },
    {
      name: '1×1 strided',
      inputs: [spread([1, 3, 4, 5], 1), spread([2, 3, 1, 1], 2)],
      attrs: { strides: [2, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'SAME_UPPER',
      inputs: [spread([1, 1, 5, 6], 1), spread([2, 1, 2, 3], 2)],
      attrs: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'SAME_LOWER',
      inputs: [spread([1, 1, 5, 6], 1), spread([2, 1, 2, 3], 2)],
      attrs: { auto_pad: 'SAME_LOWER', strides: [2, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'one axis',
      inputs: [spread([2, 2, 6], 1), spread([3, 2, 3], 2), spread([3], 3)],
      attrs: { strides: [2], pads: [1, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'three axes',
      inputs: [spread([1, 2, 3, 3, 4], 1), spread([2, 2, 2, 2, 2], 2)],
      attrs: { pads: [1, 0, 0, 0, 0, 1], strides: [1, 1, 2] },
      differentiable: [0, 1],
    },
    {
      name: 'three axes, unit stride, with bias',
      inputs: [spread([1, 2, 3, 3, 3], 1), spread([2, 2, 3, 3, 3], 2), spread([2], 3)],
      attrs: { pads: [1, 1, 1, 1, 1, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'three axes, groups, dilated',
      inputs: [spread([1, 2, 4, 3, 3], 1), spread([2, 1, 2, 2, 2], 2)],
      attrs: { group: 2, dilations: [2, 1, 1] },
      differentiable: [0, 1],
    },
    {
      name: 'one axis, groups, dilated',
      inputs: [spread([2, 4, 7], 1), spread([2, 2, 3], 2)],
      attrs: { group: 2, dilations: [2], pads: [2, 1] },
      differentiable: [0, 1],
    },
  ],
  ConvTranspose: [
    { name: 'plain', inputs: [spread([2, 2, 3, 3], 1), spread([2, 3, 3, 3], 2)], differentiable: [0, 1] },
    {
      name: 'strided, with bias',
      inputs: [spread([1, 2, 3, 3], 1), spread([2, 3, 3, 3], 2), spread([3], 3)],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'output padding',
      inputs: [spread([1, 2, 3, 3], 1), spread([2, 1, 3, 3], 2)],
      attrs: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
      differentiable: [0, 1],
    },
    {
      name: 'asymmetric padding',
      inputs: [spread([1, 1, 3, 4], 1), spread([1, 2, 3, 2], 2)],
      attrs: { strides: [2, 1], pads: [1, 0, 0, 1] },
      differentiable: [0, 1],
    },
    {
      name: 'dilated',
      inputs: [spread([1, 1, 3, 3], 1), spread([1, 2, 2, 2], 2)],
      attrs: { dilations: [2, 3] },
      differentiable: [0, 1],
    },
    {
      name: 'groups',
      inputs: [spread([1, 4, 3, 3], 1), spread([4, 2, 2, 2], 2), spread([4], 3)],
      attrs: { group: 2, strides: [2, 2] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'output shape',
      inputs: [spread([1, 1, 3, 3], 1), spread([1, 1, 3, 3], 2)],
      attrs: { strides: [2, 2], output_shape: [6, 5] },
      differentiable: [0, 1],
    },
    {
      name: 'SAME_UPPER',
      inputs: [spread([1, 1, 3, 3], 1), spread([1, 1, 3, 3], 2)],
      attrs: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
      differentiable: [0, 1],
    },
    {
      name: 'SAME_LOWER',
      inputs: [spread([1, 1, 3, 3], 1), spread([1, 1, 3, 3], 2)],
      attrs: { strides: [2, 2], auto_pad: 'SAME_LOWER' },
      differentiable: [0, 1],
    },
    {
      name: 'one axis',
      inputs: [spread([2, 2, 4], 1), spread([2, 3, 3], 2)],
      attrs: { strides: [3] },
      differentiable: [0, 1],
    },
    {
      name: 'one axis, groups, output padding',
      inputs: [spread([1, 4, 3], 1), spread([4, 1, 3], 2), spread([2], 3)],
      attrs: { strides: [2], pads: [1, 0], group: 2, output_padding: [1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'three axes',
      inputs: [spread([1, 2, 2, 3, 2], 1), spread([2, 2, 2, 2, 3], 2), spread([2], 3)],
      attrs: { strides: [2, 1, 2], pads: [0, 1, 1, 0, 0, 1] },
      differentiable: [0, 1, 2],
    },
    {
      name: 'three axes, groups, dilated',
      inputs: [spread([1, 2, 2, 2, 2], 1), spread([2, 1, 2, 2, 2], 2)],
      attrs: { group: 2, dilations: [1, 2, 1], output_padding: [0, 1, 0], strides: [1, 2, 1] },
      differentiable: [0, 1],
    },
  ],
  GlobalMaxPool: [
    { name: 'images', inputs: [spread([2, 3, 3, 4])], differentiable: [0] },
    { name: 'one axis', inputs: [spread([2, 3, 5])], differentiable: [0] },
    { name: 'three axes', inputs: [spread([1, 2, 2, 3, 2])], differentiable: [0] },
  ],
  MaxPool: [
    {
      name: '2×2',
      inputs: [spread([2, 2, 4, 4])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      differentiable: [0],
    },
    {
      name: 'overlapping, padded',
      inputs: [spread([1, 2, 5, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      differentiable: [0],
    },
    {
      name: 'ceil',
      inputs: [spread([1, 2, 5, 6])],
      attrs: { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil, padded',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil, no window starts in the padding',
      inputs: [spread([1, 1, 3, 3])],
      attrs: { kernel_shape: [1, 1], strides: [2, 2], pads: [0, 0, 0, 0], ceil_mode: 1 },
      differentiable: [0],
    },
    {
      name: 'dilated',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [2, 2], dilations: [2, 3] },
      differentiable: [0],
    },
    {
      name: 'indices',
      inputs: [spread([2, 2, 4, 5])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: 'indices of overlapping, padded windows',
      inputs: [spread([1, 2, 5, 5])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: 'indices along columns',
      inputs: [spread([1, 2, 4, 5])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2], storage_order: 1 },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: 'indices of ties',
      inputs: [float32([1, 1, 2, 4], [1, 1, 2, 0, 1, 1, 0, 2])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      outputs: 2,
      differentiable: [],
    },
    {
      name: 'SAME_UPPER',
      inputs: [spread([1, 1, 5, 5])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' },
      differentiable: [0],
    },
    { name: 'one axis', inputs: [spread([2, 2, 6])], attrs: { kernel_shape: [3], strides: [2] }, differentiable: [0] },
    {
      name: 'one axis, disjoint',
      inputs: [spread([2, 2, 7])],
      attrs: { kernel_shape: [3], strides: [3] },
      differentiable: [0],
    },
    {
      name: 'three axes',
      inputs: [spread([1, 1, 4, 4, 4])],
      attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] },
      differentiable: [0],
    },
    {
      name: 'three axes, overlapping, padded',
      inputs: [spread([1, 2, 3, 4, 4])],
      attrs: { kernel_shape: [3, 3, 3], strides: [1, 2, 2], pads: [1, 1, 1, 1, 1, 1] },
      differentiable: [0],
    },
    {
      name: 'three axes, ceil',
      inputs: [spread([1, 1, 3, 5, 4])],
      attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 2], ceil_mode: 1 },
      differentiable: [0],
    },
  ],
  MaxUnpool: [
    {
      name: '2×2',
      inputs: [spread([1, 1, 2, 2]), int64([5, 2, 8, 15], [1, 1, 2, 2])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      differentiable: [0],
    },
    {
      name: 'two channels',
      inputs: [spread([1, 2, 1, 2]), int64([1, 6, 9, 10], [1, 2, 1, 2])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      differentiable: [0],
    },
    {
      name: 'output shape',
      inputs: [spread([1, 1, 2, 2]), int64([6, 3, 12, 18], [1, 1, 2, 2]), int64([1, 1, 4, 5])],
      constant: [2],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      differentiable: [0],
    },
    {
      name: 'one axis',
      inputs: [spread([1, 1, 2]), int64([1, 4], [1, 1, 2])],
      attrs: { kernel_shape: [3], strides: [3] },
      differentiable: [0],
    },
    {
      name: 'three axes',
      inputs: [spread([1, 1, 1, 1, 2]), int64([5, 14], [1, 1, 1, 1, 2])],
      attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] },
      differentiable: [0],
    },
  ],
  AveragePool: [
    {
      name: '2×2',
      inputs: [spread([2, 2, 4, 4])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
      differentiable: [0],
    },
    {
      name: 'padded',
      inputs: [spread([1, 2, 5, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      differentiable: [0],
    },
    {
      name: 'padded, padding counted',
      inputs: [spread([1, 2, 5, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil',
      inputs: [spread([1, 2, 5, 6])],
      attrs: { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil, padding counted',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil, padded',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
      differentiable: [0],
    },
    {
      name: 'ceil, no padding, padding counted',
      inputs: [spread([1, 1, 5, 5])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, count_include_pad: 1 },
      differentiable: [0],
    },
    {
      name: 'asymmetric padding',
      inputs: [spread([1, 1, 4, 4])],
      attrs: { kernel_shape: [2, 2], pads: [0, 1, 1, 0] },
      differentiable: [0],
    },
    {
      name: 'dilated',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [2, 2], dilations: [2, 3], pads: [1, 1, 1, 1] },
      differentiable: [0],
    },
    {
      name: 'dilated, padding counted',
      inputs: [spread([1, 1, 6, 6])],
      attrs: { kernel_shape: [2, 2], dilations: [2, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
      differentiable: [0],
    },
    {
      name: 'SAME_LOWER',
      inputs: [spread([1, 1, 5, 5])],
      attrs: { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' },
      differentiable: [0],
    },
    { name: 'one axis', inputs: [spread([2, 2, 6])], attrs: { kernel_shape: [3], strides: [2] }, differentiable: [0] },
    {
      name: 'three axes, padded',
      inputs: [spread([1, 2, 3, 4, 4])],
      attrs: { kernel_shape: [2, 3, 3], strides: [1, 2, 2], pads: [1, 1, 1, 0, 1, 1] },
      differentiable: [0],
    },
    {
      name: 'three axes, ceil',
      inputs: [spread([1, 1, 3, 5, 4])],
      attrs: { kernel_shape: [2, 2, 2], strides: [2, 2, 2], ceil_mode: 1 },
      differentiable: [0],
    },
  ],
  GlobalAveragePool: [
    { name: 'images', inputs: [spread([2, 3, 3, 4])], differentiable: [0] },
    { name: 'one axis', inputs: [spread([2, 3, 5])], differentiable: [0] },
    { name: 'three axes', inputs: [spread([1, 2, 2, 3, 2])], differentiable: [0] },
  ],
  GridSample: [
    ...samplings,
    {
      name: 'defaults',
      inputs: [spread([1, 2, 3, 4]), grid([1, 2, 2], { height: 3, width: 4 }, false)],
      differentiable: [0, 1],
    },
    {
      name: 'nearest, half-way between pixels',
      inputs: [spread([1, 1, 1, 4]), float32([1, 1, 3, 2], [-0.5, 0, 0, 0, 0.5, 0])],
      attrs: { mode: 'nearest' },
      differentiable: [],
    },
  ],
  Resize: [
    ...resizes,
    ...(['round_prefer_ceil', 'floor', 'ceil'] as const).map((nearest_mode): OpCase<'Resize'> => ({
      name: `nearest, ${nearest_mode}`,
      inputs: [spread([1, 1, 4, 6]), null, scales(1, 1, 1.75, 0.5)],
      constant: [2],
      attrs: { nearest_mode },
      differentiable: [0],
    })),
    {
      name: 'linear, fractional scales',
      inputs: [spread([1, 2, 4, 6]), null, scales(1, 1, 1.3, 0.6)],
      constant: [2],
      attrs: { mode: 'linear' },
      differentiable: [0],
    },
    {
      name: 'linear, one axis of one',
      inputs: [spread([1, 2, 5]), null, null, int64([1, 2, 8])],
      constant: [3],
      attrs: { mode: 'linear' },
      differentiable: [0],
    },
    {
      name: 'linear, named axes',
      inputs: [spread([1, 2, 3, 4]), null, null, int64([5, 3])],
      constant: [3],
      attrs: { mode: 'linear', axes: [2, 3] },
      differentiable: [0],
    },
  ],
} as const satisfies Partial<OpCases<OpName>>;
