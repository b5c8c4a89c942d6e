/**
 * Descriptors of the patch around each of the 51 inner landmarks (brows, nose, eyes, mouth) of 68: grey values, HOG and LBP,
 * as Zeng et al. 2018 describe a face. Sizes of patches and cells are chosen here.
 *
 *   grey  means of 2×2 px, 64 numbers, less their mean
 *   HOG   2×2 cells of 8×8 px, 9 unsigned orientations without interpolation, as features/hog.ts: 36 numbers
 *   LBP   shares of the 59 uniform patterns of the 8 neighbours in the patch (Ojala et al. 2002)
 *
 * Each has length 1, so that all three weigh alike. They have no parameters, and no gradient that means anything.
 * Shape legend: N batch, P 51 landmarks, S 16 px, the side of a patch.
 */
import { UNIFORM_BINS, LBP_BINS } from '../../features/index.ts';
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { landmarkPatches } from './landmark-patches.ts';

/** Of 68: those before are the outline of the face. */
const FIRST = 17;
const LANDMARKS = 68;
const POINTS = LANDMARKS - FIRST;
const SIDE = 16;
/** With a pixel around, for differences and neighbours. */
const WIDE = SIDE + 2;
const GRAY_PX = 2;
const CELL_PX = 8;
const BINS = 9;
const CLIP = 0.2;
/** Below any difference of grey levels: sampling between pixels rounds, and equal neighbours shall stay equal. */
const TIE = 1e-4;
/** Right, then counter-clockwise as displayed. */
const NEIGHBORS = [
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
] as const;

/** Numbers of all descriptors of a face. */
export const DESCRIPTOR_SIZE = POINTS * ((SIDE / GRAY_PX) ** 2 + (SIDE / CELL_PX) ** 2 * BINS + LBP_BINS);

/**
 * @param x [N,1,H,W] grey faces   @param landmarks [N,136], x/width − ½ and y/height − ½ of 68 points
 * @returns [N,8109], point by point: grey, HOG, LBP
 * @throws {ShapeError} when x is not grey, or there are not 68 landmarks
 */
export function landmarkDescriptors(b: NetworkBuilder, x: Value, landmarks: Value): Value {
  const [channels] = staticDims(x.shape.slice(1), 'landmarkDescriptors') as [number];
  if (channels !== 1 || landmarks.shape[1] !== 2 * LANDMARKS)
    throw new ShapeError(
      'landmarkDescriptors',
      `expected grey faces with ${LANDMARKS} landmarks, got [${x.shape.join(',')}] and [${landmarks.shape.join(',')}]`,
    );
  const inner = b.op('Slice', [landmarks, b.ints([2 * FIRST]), b.ints([2 * LANDMARKS]), b.ints([1])]);
  const wide = landmarkPatches(b, x, inner, WIDE);
  /** The patch, moved by so many pixels: [N,P,S,S]. */
  const shifted = (dx: number, dy: number): Value => slice(b, wide, [1 + dy, 1 + dx], [1 + dy + SIDE, 1 + dx + SIDE]);
  const all = b.op('Concat', [gray(b, shifted(0, 0)), orientations(b, shifted), patterns(b, shifted)], { axis: 2 });
  return b.op('Flatten', [all], { axis: 1 });
}

const slice = (b: NetworkBuilder, x: Value, from: readonly number[], to: readonly number[]): Value =>
  b.op('Slice', [x, b.ints([...from]), b.ints([...to]), b.ints([2, 3])]);

/** As ONNX numbers its types. */
const INT64 = 7;

/** To rows of numbers: [N,P,…] → [N,P,size]. */
const rows = (b: NetworkBuilder, x: Value, size: number): Value => b.op('Reshape', [x, b.ints([0, POINTS, size])]);

/** Means of squares that do not overlap. */
const pooled = (b: NetworkBuilder, x: Value, side: number): Value =>
  b.op('AveragePool', [x], { kernel_shape: [side, side], strides: [side, side], pads: [0, 0, 0, 0] });

/** Of length 1, along the last axis; zeros stay. */
function unit(b: NetworkBuilder, x: Value): Value {
  const squares = b.op('ReduceSum', [b.op('Mul', [x, x]), b.ints([2])], { keepdims: 1 });
  return b.op('Div', [x, b.op('Sqrt', [b.op('Add', [squares, 1e-8])])]);
}

function gray(b: NetworkBuilder, patch: Value): Value {
  const values = rows(b, pooled(b, patch, GRAY_PX), (SIDE / GRAY_PX) ** 2);
  return unit(b, b.op('Sub', [values, b.op('ReduceMean', [values, b.ints([2])], { keepdims: 1 })]));
}

const asNumber = (b: NetworkBuilder, x: Value): Value => b.op('Cast', [x], { to: 1 });

function orientations(b: NetworkBuilder, shifted: (dx: number, dy: number) => Value): Value {
  const gx = b.op('Sub', [shifted(1, 0), shifted(-1, 0)]);
  const down = b.op('Sub', [shifted(0, 1), shifted(0, -1)]);
  // Where rows are equal, noise would make the angle 0 or π
  const gy = b.op('Mul', [down, asNumber(b, b.op('Greater', [b.op('Abs', [down]), TIE]))]);
  const length = b.op('Sqrt', [b.op('Add', [b.op('Mul', [gx, gx]), b.op('Mul', [gy, gy])])]);
  // Angles from 0 to π: g and −g are one orientation
  const isBack = b.op('Or', [b.op('Less', [gy, 0]), b.op('And', [b.op('Equal', [gy, 0]), b.op('Less', [gx, 0])])]);
  const sign = b.op('Sub', [1, b.op('Mul', [asNumber(b, isBack), 2])]);
  const [ux, uy] = [b.op('Mul', [gx, sign]), b.op('Mul', [gy, sign])];
  /** The lengths of gradients whose angle is at least that of edge k between bins. */
  const from = Array.from({ length: BINS - 1 }, (_, i) => {
    const angle = (Math.PI * (i + 1)) / BINS;
    const side = b.op('Sub', [b.op('Mul', [uy, Math.cos(angle)]), b.op('Mul', [ux, Math.sin(angle)])]);
    return b.op('Mul', [length, asNumber(b, b.op('GreaterOrEqual', [side, 0]))]);
  });
  const cells = (SIDE / CELL_PX) ** 2;
  const bins = [length, ...from].map((v, k) =>
    rows(b, pooled(b, k < BINS - 1 ? b.op('Sub', [v, from[k]!]) : v, CELL_PX), cells),
  );
  const histogram = b.op('Concat', bins, { axis: 2 });
  return unit(b, b.op('Min', [unit(b, histogram), CLIP]));
}

function patterns(b: NetworkBuilder, shifted: (dx: number, dy: number) => Value): Value {
  const center = b.op('Sub', [shifted(0, 0), TIE]);
  const code = NEIGHBORS.map(([dx, dy], p) =>
    b.op('Mul', [asNumber(b, b.op('GreaterOrEqual', [shifted(dx, dy), center])), 2 ** p]),
  ).reduce((sum, bit) => b.op('Add', [sum, bit]));
  const table = b.constant(float32([256], UNIFORM_BINS));
  const bins = rows(b, b.op('Gather', [table, b.op('Cast', [code], { to: INT64 })], { axis: 0 }), SIDE * SIDE);
  const none = b.op('Mul', [b.op('Slice', [bins, b.ints([0]), b.ints([LBP_BINS]), b.ints([2])]), 0]);
  const share = b.op('Add', [b.op('Mul', [bins, 0]), 1 / (SIDE * SIDE)]);
  const counted = b.op('ScatterElements', [none, b.op('Cast', [bins], { to: INT64 }), share], {
    axis: 2,
    reduction: 'add',
  });
  return unit(b, counted);
}
