/**
 * What photos do to a face, one thing at a time and in several strengths. Every condition gives an 8-bit image of the
 * same size, as pixels of a file are.
 */
import {
  addGaussianNoise,
  changeExposure,
  changeTone,
  compose,
  compressAsJpeg,
  coverBox,
  gaussianBlur,
  loseResolution,
  rawImage,
  rotation,
  scaling,
  translation,
  warpAffine,
  type Affine2,
  type BoxXYWH,
  type HeightWidth,
  type RawImage,
} from '../../image/index.ts';
import type { ImageFormat } from '../../data/index.ts';
import type { Random } from '../../tensor/index.ts';

/** In the order in which they are reported. */
export const KINDS = {
  blur: 'Gaussian blur, σ as % of the width',
  noise: 'Gaussian noise, σ as % of the full range',
  jpeg: 'JPEG compression, quality',
  size: 'low resolution: shrunk to this height in px and enlarged again',
  darkness: 'less light, % of it left',
  contrast: 'less contrast about the mean, % of it left',
  occlusion: 'a part covered with the mean grey',
  rotation: 'turned in the image plane, degrees; every other image the other way',
  scale: 'framed too wide or too tight, % of the size of the face',
  shift: 'framed beside the face, % of the width; one of four directions an image',
} as const;
export type Kind = keyof typeof KINDS;

export interface Condition {
  readonly kind: Kind;
  /** In the unit of the kind; the name of what is covered for an occlusion. */
  readonly strength: number | string;
  /** @param place of the image among those measured: chooses directions */
  apply(image: RawImage, place: number, random: Random): RawImage;
}

const DEGREES = Math.PI / 180;
const SIZES = [128, 96, 64, 48, 40, 32, 24, 16];

/** All conditions for images of a format. The parts that are covered need a template of the face. */
export function conditionsFor({ height, template }: ImageFormat): Condition[] {
  const pixels = (kind: Kind, strengths: readonly number[], change: PixelChange): Condition[] =>
    strengths.map((strength) => ({
      kind,
      strength,
      apply: (image, _, random) => changePixels(image, (values) => change(values, image, strength, random)),
    }));
  const warped = (
    kind: Kind,
    strengths: readonly number[],
    map: (size: HeightWidth, strength: number, place: number) => Affine2,
  ): Condition[] =>
    strengths.map((strength) => ({
      kind,
      strength,
      apply: (image, place) =>
        warpAffine(image, aboutCenter(image, map(image, strength, place)), image, { border: 'replicate' }),
    }));
  return [
    ...pixels('blur', [1.5, 3, 4.5, 6], (values, image, percent) =>
      gaussianBlur(values, image, (percent / 100) * image.width),
    ),
    ...pixels('noise', [2, 4, 8, 16], (values, _, percent, random) =>
      addGaussianNoise(values, (255 * percent) / 100, random),
    ),
    ...pixels('jpeg', [50, 25, 10, 5], (values, image, quality) => compressAsJpeg(values, image, quality)),
    ...pixels(
      'size',
      SIZES.filter((px) => px < height),
      (values, image, px) => loseResolution(values, image, px),
    ),
    ...pixels('darkness', [70, 50, 30, 15], (values, _, percent) => changeExposure(values, percent / 100)),
    ...pixels('contrast', [70, 50, 30, 15], (values, _, percent) => changeTone(values, percent / 100, 0)),
    ...Object.entries(coveredParts(template)).map(([strength, part]): Condition => ({
      kind: 'occlusion',
      strength,
      apply: (image) => changePixels(image, (values) => coverBox(values, image, scaled(part, image))),
    })),
    ...warped('rotation', [10, 20, 30, 45], (_, degrees, place) =>
      rotation((place % 2 === 0 ? 1 : -1) * degrees * DEGREES),
    ),
    ...warped('scale', [-20, -10, 10, 20], (_, percent) => scaling(1 / (1 + percent / 100), 1 / (1 + percent / 100))),
    ...warped('shift', [5, 10, 15], ({ width }, percent, place) => {
      const direction = (place % 4) * 90 * DEGREES;
      return translation((Math.cos(direction) * width * percent) / 100, (Math.sin(direction) * width * percent) / 100);
    }),
  ];
}

type PixelChange = (values: Float32Array, image: RawImage, strength: number, random: Random) => void;

function changePixels(image: RawImage, change: (values: Float32Array) => void): RawImage {
  const values = Float32Array.from(image.data);
  change(values);
  return rawImage(
    image.width,
    image.height,
    image.channels,
    Uint8Array.from(values, (v) => v + 0.5),
  );
}

function aboutCenter({ width, height }: HeightWidth, map: Affine2): Affine2 {
  return compose(translation(width / 2, height / 2), map, translation(-width / 2, -height / 2));
}

/** Parts of the framed face, as shares of width and height. */
function coveredParts(template: ImageFormat['template']): Readonly<Record<string, BoxXYWH>> {
  const halves = {
    'left half': { x: 0, y: 0, width: 0.5, height: 1 },
    'right half': { x: 0.5, y: 0, width: 0.5, height: 1 },
    'lower half': { x: 0, y: 0.5, width: 1, height: 0.5 },
  };
  if (!template) return halves;
  const { rightEye, leftEye, mouthRight, mouthLeft } = template;
  const apart = Math.abs(leftEye[0] - rightEye[0]);
  /** The strip about two points, from beyond one to beyond the other. */
  const strip = (
    [ax, ay]: readonly [number, number],
    [bx, by]: readonly [number, number],
    beyond: number,
    half: number,
  ): BoxXYWH => ({
    x: Math.min(ax, bx) - beyond * apart,
    y: (ay + by) / 2 - half * apart,
    width: Math.abs(ax - bx) + 2 * beyond * apart,
    height: 2 * half * apart,
  });
  return { eyes: strip(rightEye, leftEye, 0.5, 0.3), mouth: strip(mouthRight, mouthLeft, 0.25, 0.35), ...halves };
}

const scaled = ({ x, y, width, height }: BoxXYWH, size: HeightWidth): BoxXYWH => ({
  x: x * size.width,
  y: y * size.height,
  width: width * size.width,
  height: height * size.height,
});
