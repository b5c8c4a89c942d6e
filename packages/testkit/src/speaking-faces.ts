/**
 * Faces for tests without networks: the average face before the camera, whose mouth is open as wide as the image's first
 * pixel is bright. Detector and mesh are made up; reconstruction and turn to the front are the real ones.
 */
import type { Point3, RawImage } from 'mienjs/image';
import { MeshReconstructor, roiFromMesh, type Detection, type FaceMesh, type Recentering } from 'mienjs/face';
import { loadCanonicalFace } from 'mienjs/face/node';

/** Vertices below the meeting of the lips, cm from the middle of the canonical face. */
const MOUTH_VERTEX = 13;
/** How far the chin goes down at a brightness of 255, cm. */
const WIDEST = 4;

/** @param onDetect called for each image that is looked at   A black first pixel: there is no face. */
export async function speakingFaces(onDetect: () => void = () => undefined): Promise<Recentering> {
  const canonical = await loadCanonicalFace();
  const meetsAt = canonical.vertices[MOUTH_VERTEX]![1];
  const points = ({ width, data }: RawImage): Point3[] =>
    canonical.vertices.map(([x, y, z]): Point3 => {
      const scale = width / 22;
      const down = y > meetsAt ? (WIDEST * data[0]!) / 255 : 0;
      return [width / 2 + scale * x, width / 2 + scale * (y + down - 1), scale * z];
    });
  const meshOf = (image: RawImage): FaceMesh => {
    const own = points(image);
    return { points: own, score: 1, roi: roiFromMesh(own) };
  };
  const at = [0, 0] as const;
  return {
    detector: {
      detect: (image) => {
        onDetect();
        const all = points(image);
        const range = (k: 0 | 1): [number, number] => {
          const values = all.map((p) => p[k]);
          return [Math.min(...values), Math.max(...values)];
        };
        const [[left, right], [top, bottom]] = [range(0), range(1)];
        const detection: Detection = {
          box: { x: left, y: top, width: right - left, height: bottom - top },
          score: 0.9,
          keypoints: [at, at, at, at, at, at],
        };
        return Promise.resolve(image.data[0] === 0 ? [] : [detection]);
      },
    },
    mesher: {
      mesh: (image) => Promise.resolve(meshOf(image)),
      meshAll: (image, detections) => Promise.resolve(detections.map(() => meshOf(image))),
    },
    reconstructor: new MeshReconstructor(canonical),
    canonical,
  };
}
