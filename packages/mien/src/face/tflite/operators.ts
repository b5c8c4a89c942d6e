/**
 * One translation per TFLite operator, to ONNX nodes in channels-first layout.
 * Option field numbers follow the tables `…Options` of the TensorFlow Lite schema, version 3.
 */
import type { Value } from '../../onnx/index.ts';
import { tensor, toNumbers } from '../../tensor/index.ts';
import { attentionOperators } from './attention-operators.ts';
import type { TfliteOperator } from './model.ts';
import { transposed, type Translate, type Translation } from './translation.ts';

/** By the operator's name in the schema, custom operators by their own. */
export const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  DEQUANTIZE: (t, op) => {
    // Constants are widened when they are decoded; quantised activations do not occur.
    t.setConstant(t.info(op, 0, 'outputs').index, t.constantInput(op, 0));
  },
  ADD: (t, op) => elementwise(t, op, 'Add'),
  MUL: (t, op) => elementwise(t, op, 'Mul'),
  RELU: (t, op) => t.setChannelsFirst(op.outputs[0]!, t.builder.op('Relu', [t.channelsFirst(op.inputs[0]!)])),
  PRELU: (t, op) => {
    const slope = transposed(t.constantInput(op, 1), [2, 0, 1]); // [1,1,C] → [C,1,1]
    t.setChannelsFirst(
      op.outputs[0]!,
      t.builder.op('PRelu', [t.channelsFirst(op.inputs[0]!), t.builder.constant(slope)]),
    );
  },
  CONV_2D: (t, op) => {
    const weight = transposed(t.constantInput(op, 1), [0, 3, 1, 2]); // [O,kh,kw,I] → [O,I,kh,kw]
    convolve(t, op, weight, { activation: 3, dilationW: 4, dilationH: 5 });
  },
  DEPTHWISE_CONV_2D: (t, op) => {
    const weight = transposed(t.constantInput(op, 1), [3, 0, 1, 2]); // [1,kh,kw,C·m] → [C·m,1,kh,kw]
    convolve(t, op, weight, { activation: 4, dilationW: 5, dilationH: 6 });
  },
  MAX_POOL_2D: (t, op) => {
    const strides = [option(op, 2, 1), option(op, 1, 1)];
    const kernel = [option(op, 4, 1), option(op, 3, 1)];
    const x = t.channelsFirst(op.inputs[0]!);
    const pads = padding(t, op, x, kernel, strides, [1, 1]);
    finish(t, op, t.builder.op('MaxPool', [x], { kernel_shape: kernel, strides, pads }), 5);
  },
  PAD: (t, op) => {
    const [n0, n1, h0, h1, w0, w1, c0, c1] = toNumbers(t.constantInput(op, 1)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (n0 !== 0 || n1 !== 0) t.fail(op, 'pads the batch');
    const axes = [
      [c0, c1, 1],
      [h0, h1, 2],
      [w0, w1, 3],
    ].filter(([before, after]) => before !== 0 || after !== 0) as [number, number, number][];
    const pads = t.builder.ints([...axes.map((a) => a[0]), ...axes.map((a) => a[1])]);
    const x = t.channelsFirst(op.inputs[0]!);
    t.setChannelsFirst(
      op.outputs[0]!,
      t.builder.op('Pad', [x, pads, null, t.builder.ints(axes.map((a) => a[2]))], { mode: 'constant' }),
    );
  },
  RESIZE_BILINEAR: (t, op) => {
    const alignCorners = op.options?.int8(2, 0) === 1;
    const halfPixel = op.options?.int8(3, 0) === 1;
    const y = t.builder.op(
      'Resize',
      [t.channelsFirst(op.inputs[0]!), null, null, t.builder.ints(toNumbers(t.constantInput(op, 1)))],
      {
        mode: 'linear',
        axes: [2, 3],
        coordinate_transformation_mode: alignCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric',
      },
    );
    t.setChannelsFirst(op.outputs[0]!, y);
  },
  RESHAPE: (t, op) => {
    const to = t.info(op, 0, 'outputs');
    t.setNative(to.index, t.reshape(t.native(op.inputs[0]!), to.shape));
  },
  CONCATENATION: (t, op) => {
    const rank = t.info(op, 0).shape.length;
    const axis = (option(op, 0, 0) + rank) % rank;
    const y = t.builder.op(
      'Concat',
      op.inputs.map((i) => t.native(i)),
      { axis },
    );
    t.setNative(op.outputs[0]!, activate(t, op, y, 1));
  },
  STRIDED_SLICE: (t, op) => {
    const { shape } = t.info(op, 0);
    if ([2, 3, 4].some((mask) => option(op, mask, 0) !== 0))
      t.fail(op, 'uses an ellipsis, new-axis or shrink-axis mask');
    const [begin, end, step] = [1, 2, 3].map((slot) => toNumbers(t.constantInput(op, slot))) as [
      number[],
      number[],
      number[],
    ];
    const bounds = shape.map((size, axis) => ({
      axis,
      begin: option(op, 0, 0) & (1 << axis) ? 0 : begin[axis]!,
      end: option(op, 1, 0) & (1 << axis) ? size : end[axis]!,
      step: step[axis]!,
      size,
    }));
    const partial = bounds.filter((b) => b.begin !== 0 || b.end !== b.size || b.step !== 1);
    const x = t.native(op.inputs[0]!);
    const ints = (key: 'begin' | 'end' | 'axis' | 'step'): Value => t.builder.ints(partial.map((b) => b[key]));
    t.setNative(
      op.outputs[0]!,
      partial.length === 0 ? x : t.builder.op('Slice', [x, ints('begin'), ints('end'), ints('axis'), ints('step')]),
    );
  },
  ...attentionOperators,
};

/** A 32-bit field of the operator's options. */
function option(op: TfliteOperator, field: number, otherwise: number): number {
  return op.options?.int32(field, otherwise) ?? otherwise;
}

/** Two inputs, broadcast from the last axis: in channels-first layout when the result has four dimensions. */
function elementwise(t: Translation, op: TfliteOperator, onnx: 'Add' | 'Mul'): void {
  if (t.info(op, 0, 'outputs').shape.length === 4) {
    finish(
      t,
      op,
      t.builder.op(
        onnx,
        op.inputs.map((i) => t.channelsFirst(i)),
      ),
      0,
    );
  } else {
    t.setNative(
      op.outputs[0]!,
      activate(
        t,
        op,
        t.builder.op(
          onnx,
          op.inputs.map((i) => t.native(i)),
        ),
        0,
      ),
    );
  }
}

/**
 * @param weight [O,I/group,kh,kw]   @param fields where this operator's options table keeps what the two kinds place
 *   differently
 */
function convolve(
  t: Translation,
  op: TfliteOperator,
  weight: ReturnType<typeof transposed>,
  fields: { activation: number; dilationW: number; dilationH: number },
): void {
  const x = t.channelsFirst(op.inputs[0]!);
  const strides = [option(op, 2, 1), option(op, 1, 1)];
  const dilations = [option(op, fields.dilationH, 1), option(op, fields.dilationW, 1)];
  const pads = padding(t, op, x, weight.dims.slice(2), strides, dilations);
  const group = (x.shape[1] as number) / weight.dims[1]!;
  const bias =
    op.inputs.length > 2 && op.inputs[2]! >= 0
      ? t.builder.constant(tensor('float32', [weight.dims[0]!], Float32Array.from(toNumbers(t.constantInput(op, 2)))))
      : null;
  finish(
    t,
    op,
    t.builder.op('Conv', [x, t.builder.constant(weight), bias], { strides, dilations, pads, group }),
    fields.activation,
  );
}

/**
 * Explicit pads [top, left, bottom, right]. Padding code 0 is SAME: the output has ⌈size / stride⌉ positions, and an
 * odd pixel of padding goes to the bottom or right; 1 is VALID.
 */
function padding(
  t: Translation,
  op: TfliteOperator,
  x: Value,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const code = op.options?.int8(0, 0) ?? 0;
  if (code === 1) return [0, 0, 0, 0];
  if (code !== 0) t.fail(op, `has padding code ${code}, expected 0 (SAME) or 1 (VALID)`);
  const totals = [0, 1].map((i) => {
    const size = x.shape[2 + i] as number;
    const extent = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.max((Math.ceil(size / strides[i]!) - 1) * strides[i]! + extent - size, 0);
  });
  return [...totals.map((p) => p >> 1), ...totals.map((p) => p - (p >> 1))];
}

/** The activation that TFLite fuses into the operator: 0 none, 1 ReLU, 3 ReLU6. */
function activate(t: Translation, op: TfliteOperator, y: Value, field: number): Value {
  const code = op.options?.int8(field, 0) ?? 0;
  if (code === 0) return y;
  if (code === 1) return t.builder.op('Relu', [y]);
  if (code === 3) return t.builder.op('Clip', [y, 0, 6]);
  return t.fail(op, `has the fused activation ${code}, expected 0 (none), 1 (ReLU) or 3 (ReLU6)`);
}

function finish(t: Translation, op: TfliteOperator, y: Value, activationField: number): void {
  t.setChannelsFirst(op.outputs[0]!, activate(t, op, y, activationField));
}
