/**
 * MediaPipe's face mesh (Kartynnik et al. 2019): a square crop [N,3,192,192] in 0 … 1 to 468 points in 3-D, in pixels
 * of the crop, and a logit that the crop shows a face.
 */
import { applyAffine, warpToFloat32, type Point3, type RawImage } from '../image/index.ts';
import type { Session } from '../runtime/index.ts';
import { tensor } from '../tensor/index.ts';
import { roiFromDetection, roiToImage } from './roi.ts';
import type { Detection, FaceMesh, FaceMesher, Roi } from './types.ts';

const INPUT_SIZE = 192;
const POINTS = 468;

export class MediaPipeMesher implements FaceMesher {
  readonly #session: Session;

  /** @param session face_landmark.tflite, translated */
  constructor(session: Session) {
    this.#session = session;
  }

  async mesh(image: RawImage, detection: Detection): Promise<FaceMesh> {
    return (await this.meshAll(image, [detection]))[0]!;
  }

  async meshAll(image: RawImage, detections: readonly Detection[]): Promise<FaceMesh[]> {
    return this.meshRois(image, detections.map(roiFromDetection));
  }

  /** A mesh for each square of the image, in one run of the network; beyond the image, edge pixels repeat. */
  async meshRois(image: RawImage, rois: readonly Roi[]): Promise<FaceMesh[]> {
    if (rois.length === 0) return [];
    const perImage = 3 * INPUT_SIZE * INPUT_SIZE;
    const pixels = new Float32Array(rois.length * perImage);
    rois.forEach((roi, i) => {
      warpToFloat32(image, roiToImage(roi, INPUT_SIZE), { height: INPUT_SIZE, width: INPUT_SIZE }, pixels, i * perImage, {
        mean: 0, std: 1, channels: 'rgb', layout: 'nchw', border: 'replicate',
      });
    });
    const input = tensor('float32', [rois.length, 3, INPUT_SIZE, INPUT_SIZE], pixels);
    const results = await this.#session.run({ [this.#session.inputNames[0]!]: input });
    const [points, logits] = this.#session.outputNames.map((name) => results[name]!.data as Float32Array) as [Float32Array, Float32Array];
    return rois.map((roi, i) => ({
      points: pointsInImage(points.subarray(i * POINTS * 3, (i + 1) * POINTS * 3), roi),
      score: 1 / (1 + Math.exp(-logits[i]!)),
      roi,
    }));
  }
}

/** Crop pixels [468·3] → image pixels; z is scaled alike. */
function pointsInImage(raw: Float32Array, roi: Roi): Point3[] {
  const map = roiToImage(roi, INPUT_SIZE);
  const scale = roi.size / INPUT_SIZE;
  return Array.from({ length: raw.length / 3 }, (_, k) => {
    const [x, y] = applyAffine(map, [raw[3 * k]!, raw[3 * k + 1]!]);
    return [x, y, raw[3 * k + 2]! * scale];
  });
}
