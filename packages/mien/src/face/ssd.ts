/**
 * MediaPipe's single-shot face detectors, run on square regions of an image.
 * Shapes: N regions, A anchors; regressions [N,A,16] hold box centre, box size and six keypoints in input pixels
 * relative to the anchor's centre; class scores [N,A,1] are logits.
 * Parameters are those of MediaPipe's graphs face_detection_short_range and face_detection_full_range.
 */
import { applyAffine, warpToFloat32, type Point2, type RawImage } from '../image/index.ts';
import type { Session } from '../runtime/index.ts';
import { tensor } from '../tensor/index.ts';
import { anchorCenters, type AnchorSpec } from './anchors.ts';
import { levelForWarp } from './pyramid.ts';
import { roiToImage } from './roi.ts';
import type { Detection, Roi } from './types.ts';

/** For faces of about a tenth of the region and larger (2 m in front of a phone). */
export const SHORT_RANGE: AnchorSpec = { inputSize: 128, strides: [8, 16, 16, 16], anchorsPerLayer: 2 };
/** For faces down to a thirtieth of the region. */
export const FULL_RANGE: AnchorSpec = { inputSize: 192, strides: [4], anchorsPerLayer: 1 };

/** Logits are clipped to ± this before the sigmoid. */
const LOGIT_CLIP = 100;
const VALUES_PER_ANCHOR = 16;

export interface SsdOptions {
  /**
   * Regions are sampled bilinearly from the image, halved until neighbouring samples are less than this many pixels
   * apart. Default 2, which skips none. `Infinity` never halves: what MediaPipe does, though it skips most of a large
   * photo.
   */
  readonly maxStep?: number;
}

export class Ssd {
  readonly #maxStep: number;
  readonly #inputSize: number;
  readonly #session: Session;
  readonly #anchors: Float32Array;

  /** @param session the network that the spec describes */
  constructor(spec: AnchorSpec, session: Session, options: SsdOptions = {}) {
    this.#maxStep = options.maxStep ?? 2;
    this.#inputSize = spec.inputSize;
    this.#session = session;
    this.#anchors = anchorCenters(spec);
  }

  /**
   * Every anchor that scores at least `minScore`, unmerged; pixels outside the image are black.
   * @returns the detections of each region, in the image's pixels
   */
  async detect(image: RawImage, regions: readonly Roi[], minScore: number): Promise<Detection[][]> {
    if (regions.length === 0) return [];
    const inputSize = this.#inputSize;
    const perImage = 3 * inputSize * inputSize;
    const pixels = new Float32Array(regions.length * perImage);
    regions.forEach((roi, i) => {
      const level = levelForWarp(image, roiToImage(roi, inputSize), this.#maxStep);
      warpToFloat32(level.image, level.outputToInput, { height: inputSize, width: inputSize }, pixels, i * perImage, {
        mean: 0.5,
        std: 0.5,
        channels: 'rgb',
        layout: 'nchw',
        border: 'zero',
        antialias: false,
      });
    });
    const input = tensor('float32', [regions.length, 3, inputSize, inputSize], pixels);
    const results = await this.#session.run({ [this.#session.inputNames[0]!]: input });
    const [regressions, logits] = this.#session.outputNames.map((name) => results[name]!.data as Float32Array) as [
      Float32Array,
      Float32Array,
    ];
    const anchors = this.#anchors.length / 2;
    return regions.map((roi, i) =>
      decodeDetections(
        regressions.subarray(i * anchors * VALUES_PER_ANCHOR, (i + 1) * anchors * VALUES_PER_ANCHOR),
        logits.subarray(i * anchors, (i + 1) * anchors),
        { anchors: this.#anchors, inputSize, roi, minScore },
      ),
    );
  }
}

/**
 * Raw outputs of one region → detections in the image.
 *   p = σ(clip(logit, ±100)),  centre = anchor·inputSize + (t₀, t₁),  size = (t₂, t₃),  keypoint k = anchor·inputSize + (t₄₊₂ₖ, t₅₊₂ₖ)
 * A region's rotation moves the box's centre and the keypoints; the box itself stays upright.
 * @param regressions [A,16]   @param logits [A]
 */
export function decodeDetections(
  regressions: Float32Array,
  logits: Float32Array,
  { anchors, inputSize, roi, minScore }: { anchors: Float32Array; inputSize: number; roi: Roi; minScore: number },
): Detection[] {
  const map = roiToImage(roi, inputSize);
  const scale = roi.size / inputSize;
  const found: Detection[] = [];
  logits.forEach((logit, a) => {
    const score = 1 / (1 + Math.exp(-Math.min(Math.max(logit, -LOGIT_CLIP), LOGIT_CLIP)));
    if (score < minScore) return;
    const at = a * VALUES_PER_ANCHOR;
    const point = (k: number): Point2 =>
      applyAffine(map, [
        anchors[2 * a]! * inputSize + regressions[at + k]!,
        anchors[2 * a + 1]! * inputSize + regressions[at + k + 1]!,
      ]);
    const [x, y] = point(0);
    const width = regressions[at + 2]! * scale;
    const height = regressions[at + 3]! * scale;
    found.push({
      box: { x: x - width / 2, y: y - height / 2, width, height },
      score,
      keypoints: [point(4), point(6), point(8), point(10), point(12), point(14)],
    });
  });
  return found;
}
