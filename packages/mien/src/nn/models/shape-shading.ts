/**
 * Shape and shading at landmarks, and a kernel discriminant on them (Benitez-Quiroz, Srinivasan & Martinez, EmotioNet: an
 * accurate, real-time algorithm for the automatic annotation of a million facial expressions in the wild, CVPR 2016): how far
 * landmarks are apart, the angles of the triangles between them, and the responses of Gabor filters at each.
 *
 *   shape     ‖aᵢ − aⱼ‖ of all pairs, faces scaled to one distance between the eyes; three angles a triangle
 *   shading   g(x, y) = exp(−(u² + v²)/2σ²)·cos(2πu/λ + φ),  u = x cos α + y sin α,  v = −x sin α + y cos α
 *   logits    principal components → random features of a Gaussian kernel → linear layer
 *
 * 68 landmarks and the 111 triangles of Delaunay's triangulation of the average face make 2,278 distances and 333 angles (the
 * paper: 66, 107; 2,145 and 321); 5 wavelengths (4 to 16 px, as in the paper) × 4 orientations × 2 phases make 2,720
 * responses. Decided here, where the paper chooses by cross-validation: σ = λ/2, 4 orientations, phases 0 and 90°. Filters are
 * scaled with the face, whose eyes are 40 px apart (the paper: 300, far above the size of these images), and by the sum
 * of their absolute values; the face is standardised by itself before. Distances are in units of that between the eyes, angles
 * in radians. The paper trains a kernel subclass discriminant a class; here it is softmax regression in the space of the
 * kernel e^(−‖x−y‖²/2s²), s² the number of components, by random features (Rahimi & Recht, Random features for large-scale
 * kernel machines, NIPS 2007): √2·cos(w·x + c), w from N(0, 1/s²), c uniform. `mien features` fits an exact discriminant to
 * them.
 *
 * Shape legend: N samples, P landmarks, T triangles, G filters, k components, M random features, K classes.
 */
import type { Value } from '../../onnx/index.ts';
import { float32, int64, type Tensor } from '../../tensor/index.ts';
import { ZEROS } from '../init.ts';
import { linear } from '../layers/basic.ts';
import { landmarkPatches } from '../layers/landmark-patches.ts';
import { standardize } from '../layers/standardize.ts';
import type { Network, NetworkBuilder } from '../network.ts';
import { PRINCIPAL } from './landmark-autoencoder.ts';
import { choosePoints, lengths, pairDistances, POINTS, pointsOf } from './landmark-points.ts';

export interface ShapeShadingOptions {
  readonly classes: number;
  /** Side of the grey face, px. Default 100. */
  readonly size?: number;
  /** Distance between the eyes of a face for which wavelengths are in pixels. Default 40. */
  readonly eyeDistance?: number;
  /** k. Default 150. */
  readonly components?: number;
  /** M. Default 1024. */
  readonly kernelFeatures?: number;
}

/** Corners of the eyes: their middles are the eyes. */
const EYES = [
  [36, 39],
  [42, 45],
] as const;

/** Delaunay's triangulation of the canonical face's landmarks; shape-shading.test.ts proves that it is. */
// prettier-ignore
export const LANDMARK_TRIANGLES: readonly number[] = [
  0, 1, 36, 0, 17, 36, 1, 2, 41, 1, 36, 41, 2, 3, 48, 2, 31, 41, 2, 31, 48, 3, 4, 48,
  4, 5, 48, 5, 6, 48, 6, 7, 59, 6, 48, 59, 7, 8, 58, 7, 58, 59, 8, 9, 56, 8, 56, 57,
  8, 57, 58, 9, 10, 55, 9, 55, 56, 10, 11, 54, 10, 54, 55, 11, 12, 54, 12, 13, 54, 13, 14, 54,
  14, 15, 46, 14, 35, 46, 14, 35, 54, 15, 16, 45, 15, 45, 46, 16, 26, 45, 17, 18, 36, 18, 19, 37,
  18, 36, 37, 19, 20, 23, 19, 20, 37, 19, 23, 24, 20, 21, 22, 20, 21, 38, 20, 22, 23, 20, 37, 38,
  21, 22, 27, 21, 27, 39, 21, 38, 39, 22, 23, 43, 22, 27, 42, 22, 42, 43, 23, 24, 44, 23, 43, 44,
  24, 25, 44, 25, 26, 45, 25, 44, 45, 27, 28, 39, 27, 28, 42, 28, 29, 39, 28, 29, 42, 29, 30, 31,
  29, 30, 35, 29, 31, 40, 29, 35, 47, 29, 39, 40, 29, 42, 47, 30, 31, 32, 30, 32, 33, 30, 33, 34,
  30, 34, 35, 31, 32, 49, 31, 40, 41, 31, 48, 49, 32, 33, 50, 32, 49, 50, 33, 34, 52, 33, 50, 51,
  33, 51, 52, 34, 35, 53, 34, 52, 53, 35, 46, 47, 35, 53, 54, 36, 37, 41, 37, 38, 41, 38, 39, 40,
  38, 40, 41, 42, 43, 47, 43, 44, 46, 43, 46, 47, 44, 45, 46, 48, 49, 60, 48, 59, 60, 49, 50, 61,
  49, 59, 60, 49, 59, 67, 49, 61, 67, 50, 51, 61, 51, 52, 63, 51, 61, 62, 51, 62, 63, 52, 53, 63,
  53, 54, 64, 53, 55, 64, 53, 55, 65, 53, 63, 65, 54, 55, 64, 55, 56, 65, 56, 57, 65, 57, 58, 67,
  57, 65, 66, 57, 66, 67, 58, 59, 67, 61, 62, 66, 61, 66, 67, 62, 63, 66, 63, 65, 66,
];

const WAVELENGTHS = [4, 4 * Math.SQRT2, 8, 8 * Math.SQRT2, 16];
const ORIENTATIONS = 4;
const PHASES = [0, Math.PI / 2];
/** Two deviations of the widest filter on each side. */
const SIDE = 33;

/** Numbers of a face: distances, angles, responses. */
export const SHAPE_SHADING_SIZE =
  (POINTS * (POINTS - 1)) / 2 + LANDMARK_TRIANGLES.length + POINTS * WAVELENGTHS.length * ORIENTATIONS * PHASES.length;

/**
 * `x` [N,1,S,S] and `landmarks` [N,136] → `logits` [N,K]; `descriptors` [N,5331], of which the components are found
 * (`Recipe.principal`, layer `principal`).
 */
export function shapeShading(options: ShapeShadingOptions): Network {
  const { classes, size = 100, eyeDistance = 40, components = 150, kernelFeatures = 1024 } = options;
  return {
    name: 'shape-shading',
    input: { channels: 1, height: size, width: size },
    furtherInputs: { landmarks: { dims: [2 * POINTS] } },
    build(b, x, further = {}) {
      const descriptors = shapeAndShading(b, x, further['landmarks']!, eyeDistance);
      const principal = b.frozen(() => linear(b, PRINCIPAL, descriptors, { features: components, init: ZEROS }));
      const weight = b.state('kernel.weight', [kernelFeatures, components], {
        kind: 'gaussian',
        std: 1 / Math.sqrt(components),
      });
      const phase = b.state('kernel.bias', [kernelFeatures], { kind: 'uniform', limit: Math.PI });
      const features = b.op('Mul', [
        b.op('Cos', [b.op('Gemm', [principal, weight, phase], { transB: 1 })]),
        Math.SQRT2,
      ]);
      const logits = linear(b, 'classifier', features, { features: classes, init: { kind: 'xavier' } });
      return { logits, descriptors };
    },
  };
}

/**
 * Distances, angles and responses. Where no face was found, and all landmarks are one point, distances are 0 and angles 90°.
 * @param x [N,1,S,S]   @param landmarks [N,136], x/S − ½, y/S − ½
 * @param eyeDistance px between the eyes, for which the filters' wavelengths are given
 * @returns [N,5331]
 */
export function shapeAndShading(b: NetworkBuilder, x: Value, landmarks: Value, eyeDistance: number): Value {
  const points = pointsOf(b, landmarks);
  const eye = ([outer, inner]: readonly [number, number]): Value =>
    b.op('Mul', [b.op('Add', [choosePoints(b, points, [outer]), choosePoints(b, points, [inner])]), 0.5]);
  const apart = b.op('Max', [lengths(b, b.op('Sub', [eye(EYES[0]), eye(EYES[1])])), 1e-6]); // [N,1], sides of the image
  const scaled = b.op('Div', [points, b.op('Unsqueeze', [apart, b.ints([2])])]);
  const step = b.op('Mul', [b.op('Reshape', [apart, b.ints([-1, 1, 1, 1])]), (x.shape[3] as number) / eyeDistance]);
  const patches = landmarkPatches(b, standardize(b, x), landmarks, SIDE, step);
  const pixels = b.op('Reshape', [patches, b.ints([0, POINTS, SIDE * SIDE])]);
  const responses = b.op('MatMul', [pixels, b.constant(gaborBank())]); // [N,P,S·S]·[S·S,G]
  return b.op('Concat', [pairDistances(b, scaled), angles(b, scaled), b.op('Flatten', [responses], { axis: 1 })], {
    axis: 1,
  });
}

/** The three angles of each triangle, 0 to π: [N,P,2] → [N,3·T]. π/2 − arctan(cot) = arccot. */
function angles(b: NetworkBuilder, points: Value): Value {
  const corner = (turn: number): Value =>
    choosePoints(
      b,
      points,
      LANDMARK_TRIANGLES.map((_, i) => LANDMARK_TRIANGLES[i - (i % 3) + ((i + turn) % 3)]!),
    );
  const [at, p, q] = [corner(0), corner(1), corner(2)] as const;
  const [u, v] = [b.op('Sub', [p, at]), b.op('Sub', [q, at])];
  const axis = (w: Value, k: number): Value => b.op('Gather', [w, b.constant(int64([k], []))], { axis: 2 });
  const product = (i: number, j: number): Value => b.op('Mul', [axis(u, i), axis(v, j)]);
  const inner = b.op('Add', [product(0, 0), product(1, 1)]);
  const outer = b.op('Abs', [b.op('Sub', [product(0, 1), product(1, 0)])]);
  const cotangent = b.op('Div', [inner, b.op('Max', [outer, 1e-9])]);
  return b.op('Sub', [Math.PI / 2, b.op('Atan', [cotangent])]);
}

/** [S·S,G], each filter's absolute values adding to 1. */
function gaborBank(): Tensor<'float32'> {
  const filters = WAVELENGTHS.flatMap((wavelength) =>
    Array.from({ length: ORIENTATIONS }, (_, o) => (o * Math.PI) / ORIENTATIONS).flatMap((alpha) =>
      PHASES.map((phase) => gabor(wavelength, alpha, phase)),
    ),
  );
  return float32(
    [SIDE * SIDE, filters.length],
    Array.from(
      { length: SIDE * SIDE * filters.length },
      (_, i) => filters[i % filters.length]![Math.floor(i / filters.length)]!,
    ),
  );
}

function gabor(wavelength: number, alpha: number, phase: number): number[] {
  const sigma = wavelength / 2;
  const values = Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - (SIDE - 1) / 2, Math.floor(i / SIDE) - (SIDE - 1) / 2];
    const u = x * Math.cos(alpha) + y * Math.sin(alpha);
    return Math.exp(-(x * x + y * y) / (2 * sigma * sigma)) * Math.cos((2 * Math.PI * u) / wavelength + phase);
  });
  const total = values.reduce((sum, v) => sum + Math.abs(v), 0);
  return values.map((v) => v / total);
}
