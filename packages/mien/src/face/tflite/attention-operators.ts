/**
 * The three custom operators of the attention mesh (Grishchenko et al. 2020): a rough mesh says where the lips and eyes
 * are, features are resampled there, and refined points are mapped back.
 * Shapes: landmarks [N,P,3] or [N,P,2]; matrices T [N,4,4], which map (x, y, 0, 1) in a crop to pixels of the input.
 * Semantics: MediaPipe, mediapipe/util/tflite/operations, version 2 of each operator.
 */
import type { Value } from '../../onnx/index.ts';
import { float32, int64 } from '../../tensor/index.ts';
import { decodeFlexMap, type FlexValue } from './flexbuffer.ts';
import type { TfliteOperator } from './model.ts';
import type { Translate, Translation } from './translation.ts';

export const attentionOperators: Readonly<Record<string, Translate>> = {
  /**
   * The square that holds a subset of the landmarks. With θ the direction from the "left" to the "right" landmark and
   * r = target − θ, the subset turned by r has extent (w, h) and centre R(r)·c:
   *   T = shift(c) · R(−r) · scale(scale_x·w/W, scale_y·h/H) · shift(−W/2, −H/2)
   */
  Landmarks2TransformMatrix: (t, op) => {
    const b = t.builder;
    const options = decodeFlexMap(op.customOptions);
    const [W, H] = [number(t, op, options, 'output_width'), number(t, op, options, 'output_height')];
    const landmarks = t.native(op.inputs[0]!);
    const pick = (indices: readonly number[]): Value =>
      b.op('Gather', [landmarks, b.constant(int64(indices))], { axis: 1 }); // [N,n,3]
    const from = pick([number(t, op, options, 'left_rotation_idx')]);
    const to = pick([number(t, op, options, 'right_rotation_idx')]);
    const direction = b.op('Sub', [to, from]);
    const [dx, dy] = [column(t, direction, 0), column(t, direction, 1)]; // [N,1,1]
    const length = b.op('Sqrt', [b.op('Add', [b.op('Mul', [dx, dx]), b.op('Mul', [dy, dy])])]);
    const [cosTheta, sinTheta] = [b.op('Div', [dx, length]), b.op('Div', [dy, length])];
    const target = number(t, op, options, 'target_rotation_radians');
    const [ct, st] = [Math.cos(target), Math.sin(target)];
    const cos = b.op('Add', [b.op('Mul', [cosTheta, ct]), b.op('Mul', [sinTheta, st])]);
    const sin = b.op('Sub', [b.op('Mul', [cosTheta, st]), b.op('Mul', [sinTheta, ct])]);

    const subset = pick(list(t, op, options, 'subset_idxs'));
    const [x, y] = [column(t, subset, 0), column(t, subset, 1)]; // [N,n,1]
    const u = b.op('Sub', [b.op('Mul', [x, cos]), b.op('Mul', [y, sin])]);
    const v = b.op('Add', [b.op('Mul', [x, sin]), b.op('Mul', [y, cos])]);
    const extent = (values: Value): { size: Value; middle: Value } => {
      const axes = b.ints([1]);
      const [high, low] = [b.op('ReduceMax', [values, axes]), b.op('ReduceMin', [values, axes])]; // [N,1,1]
      return { size: b.op('Sub', [high, low]), middle: b.op('Mul', [b.op('Add', [high, low]), 0.5]) };
    };
    const [across, down] = [extent(u), extent(v)];
    const sx = b.op('Mul', [across.size, number(t, op, options, 'scale_x') / W]);
    const sy = b.op('Mul', [down.size, number(t, op, options, 'scale_y') / H]);
    const m00 = b.op('Mul', [cos, sx]);
    const m01 = b.op('Mul', [sin, sy]);
    const m10 = b.op('Neg', [b.op('Mul', [sin, sx])]);
    const m11 = b.op('Mul', [cos, sy]);
    // Undoes the turn of the centre, then takes the crop's middle to it.
    const shift = (p: Value, q: Value, mx: Value, my: Value, add: 'Add' | 'Sub'): Value => {
      const center = b.op(add, [b.op('Mul', [p, cos]), b.op('Mul', [q, sin])]);
      return b.op('Sub', [center, b.op('Add', [b.op('Mul', [mx, W / 2]), b.op('Mul', [my, H / 2])])]);
    };
    const m03 = shift(across.middle, down.middle, m00, m01, 'Add');
    const m13 = shift(down.middle, across.middle, m10, m11, 'Sub');
    const zero = b.op('Mul', [m00, 0]);
    const one = b.op('Add', [zero, 1]);
    const rows = [
      [m00, m01, zero, m03],
      [m10, m11, zero, m13],
      [zero, zero, one, zero],
      [zero, zero, zero, one],
    ];
    t.setNative(
      op.outputs[0]!,
      b.op(
        'Concat',
        rows.map((row) => b.op('Concat', row, { axis: 2 })),
        { axis: 1 },
      ),
    ); // [N,4,4]
  },

  /**
   * Samples features at T·(i + ½, j + ½) − ½ (in pixel indices) for each position (i, j) of a crop, bilinearly; 0
   * outside. Deviation: the original gives 0 from the outermost pixel centres on, GridSample fades over one more pixel.
   */
  TransformTensorBilinear: (t, op) => {
    const b = t.builder;
    const options = decodeFlexMap(op.customOptions);
    const [W, H] = [number(t, op, options, 'output_width'), number(t, op, options, 'output_height')];
    const features = t.channelsFirst(op.inputs[0]!);
    const [, , height, width] = features.shape as [unknown, unknown, number, number];
    const { linear, shift } = affineParts(t, t.native(op.inputs[1]!));
    const positions = Array.from({ length: W * H }, (_, k) => [(k % W) + 0.5, Math.floor(k / W) + 0.5]).flat();
    const sampled = b.op('Add', [b.op('MatMul', [b.constant(float32([W * H, 2], positions)), linear]), shift]); // [N,W·H,2]
    // Positions from 0 to width → −1 … 1 over the whole pixels.
    const unit = b.op('Sub', [b.op('Mul', [sampled, b.constant(float32([2], [2 / width, 2 / height]))]), 1]);
    const grid = b.op('Reshape', [unit, b.ints([-1, H, W, 2])]);
    t.setChannelsFirst(
      op.outputs[0]!,
      b.op('GridSample', [features, grid], { mode: 'linear', padding_mode: 'zeros', align_corners: 0 }),
    );
  },

  /** Maps points [N,P,2] by T. */
  TransformLandmarks: (t, op) => {
    const { linear, shift } = affineParts(t, t.native(op.inputs[1]!));
    t.setNative(
      op.outputs[0]!,
      t.builder.op('Add', [t.builder.op('MatMul', [t.native(op.inputs[0]!), linear]), shift]),
    );
  },
};

/** T → what multiplies row vectors (x, y) from the right [N,2,2], and what is added [N,1,2]. */
function affineParts(t: Translation, matrix: Value): { linear: Value; shift: Value } {
  const b = t.builder;
  const axes = b.ints([1, 2]);
  const part = (fromColumn: number, toColumn: number): Value =>
    b.op('Transpose', [b.op('Slice', [matrix, b.ints([0, fromColumn]), b.ints([2, toColumn]), axes])], {
      perm: [0, 2, 1],
    });
  return { linear: part(0, 2), shift: part(3, 4) };
}

/** Coordinate `c` of points [N,n,3] → [N,n,1]. */
function column(t: Translation, points: Value, c: number): Value {
  const b = t.builder;
  return b.op('Slice', [points, b.ints([c]), b.ints([c + 1]), b.ints([2])]);
}

function number(t: Translation, op: TfliteOperator, options: ReadonlyMap<string, FlexValue>, name: string): number {
  const value = options.get(name);
  return typeof value === 'number' ? value : t.fail(op, `needs a number for its option "${name}"`);
}

function list(
  t: Translation,
  op: TfliteOperator,
  options: ReadonlyMap<string, FlexValue>,
  name: string,
): readonly number[] {
  const value = options.get(name);
  return typeof value === 'object' ? value : t.fail(op, `needs a list for its option "${name}"`);
}
