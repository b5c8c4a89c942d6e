/** Pictures of known faces, cut out of photos, cut off and turned, and the judgement of what is found in them. */
import { boundingBox, intersectionOverUnion, meshKeypoints, type FaceMesh } from 'mienjs/face';
import {
  applyAffine,
  compose,
  crop,
  invert,
  resize,
  rotation,
  scaling,
  translation,
  warpAffine,
  type Affine2,
  type BoxXYWH,
  type RawImage,
} from 'mienjs/image';
import { DEMO_FACES, demoPhoto, type DemoFace, type KnownFace } from './demo-faces.ts';

export interface FacePicture {
  readonly image: RawImage;
  /** To be found. */
  readonly faces: readonly KnownFace[];
  /** May be found: the rest of the photo's, of which the picture shows a part. */
  readonly others: readonly KnownFace[];
}

/**
 * The photo around a face. @param scale side of the crop in units of the face's box   @param longerSide px; of the
 * photo itself where absent
 */
export async function faceCrop(face: DemoFace, scale: number, longerSide?: number): Promise<FacePicture> {
  const photo = await demoPhoto(face.sample);
  const { x, y, width, height } = face.box;
  const box = wholePixels(photo, {
    left: x + (width * (1 - scale)) / 2,
    top: y + (height * (1 - scale)) / 2,
    right: x + (width * (1 + scale)) / 2,
    bottom: y + (height * (1 + scale)) / 2,
  });
  const cut = crop(photo, box);
  const factor = longerSide === undefined ? 1 : longerSide / Math.max(box.width, box.height);
  const size = {
    width: Math.max(1, Math.round(box.width * factor)),
    height: Math.max(1, Math.round(box.height * factor)),
  };
  const map = compose(scaling(size.width / box.width, size.height / box.height), translation(-box.x, -box.y));
  return { image: longerSide === undefined ? cut : resize(cut, size), ...placed(face.sample, map, face) };
}

export const BORDERS = ['left', 'right', 'top', 'bottom'] as const;

/**
 * The photo about a face, of which one border cuts a part off. @param visible the part of the face's box that is left
 */
export async function faceAtBorder(
  face: DemoFace,
  border: (typeof BORDERS)[number],
  visible = 2 / 3,
): Promise<FacePicture> {
  const photo = await demoPhoto(face.sample);
  const { x, y, width, height } = face.box;
  const around = { left: x - 1.2 * width, top: y - 1.2 * height, right: x + 2.2 * width, bottom: y + 2.2 * height };
  const cut = {
    left: x + width * (1 - visible),
    top: y + height * (1 - visible),
    right: x + width * visible,
    bottom: y + height * visible,
  };
  const box = wholePixels(photo, { ...around, [border]: cut[border] });
  return { image: crop(photo, box), ...placed(face.sample, translation(-box.x, -box.y), face) };
}

/** A square of the photo around a face, turned about its middle. @param degrees clockwise   @param side px */
export async function turnedFace(
  face: DemoFace,
  degrees: number,
  { scale = 2.2, side = 320 } = {},
): Promise<FacePicture> {
  const { x, y, width, height } = face.box;
  const step = (scale * Math.max(width, height)) / side;
  const map = compose(
    translation(x + width / 2, y + height / 2),
    rotation((-degrees * Math.PI) / 180),
    scaling(step, step),
    translation(-side / 2, -side / 2),
  );
  return {
    image: warpAffine(await demoPhoto(face.sample), map, { width: side, height: side }),
    ...placed(face.sample, invert(map), face),
  };
}

/** The whole photo, turned, with black corners. @param degrees clockwise */
export async function turnedPhoto(sample: number, degrees: number): Promise<FacePicture> {
  const photo = await demoPhoto(sample);
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const size = {
    width: Math.round(photo.width * cos + photo.height * sin),
    height: Math.round(photo.width * sin + photo.height * cos),
  };
  const map = compose(
    translation(photo.width / 2, photo.height / 2),
    rotation(-angle),
    translation(-size.width / 2, -size.height / 2),
  );
  return { image: warpAffine(photo, map, size), ...placed(sample, invert(map)) };
}

export interface Judgment {
  /** Faces found where they are, with eyes, nose and mouth in their places. */
  readonly right: number;
  /** Found where a face is, but with eyes, nose and mouth elsewhere: turned, mirrored or beside it. */
  readonly misread: number;
  /** Found where no face is, or a second time. */
  readonly false: number;
}

/**
 * Most mean distance of eyes, nose and mouth from their places in a face that is read rightly, in units of its size.
 */
const MAX_ERROR = 0.15;
/** Least overlap of boxes of one face. */
const SAME_FACE = 0.2;

export function judgeFaces(found: readonly { readonly mesh: FaceMesh }[], { faces, others }: FacePicture): Judgment {
  const counts = { right: 0, misread: 0, false: 0 };
  const free = new Set<KnownFace>([...faces, ...others]);
  for (const { mesh } of found) {
    const box = boundingBox(mesh.points);
    const [best] = [...free]
      .map((face) => ({ face, overlap: intersectionOverUnion(face.box, box) }))
      .sort((a, b) => b.overlap - a.overlap);
    if (!best || best.overlap < SAME_FACE) {
      counts.false++;
      continue;
    }
    free.delete(best.face);
    if (faces.includes(best.face)) counts[pointError(best.face, mesh) < MAX_ERROR ? 'right' : 'misread']++;
  }
  return counts;
}

function pointError({ size, points }: KnownFace, mesh: FaceMesh): number {
  const distances = meshKeypoints(mesh.points).map(([x, y], k) => Math.hypot(x - points[k]![0], y - points[k]![1]));
  return distances.reduce((sum, d) => sum + d, 0) / distances.length / size;
}

/** The faces of a photo where a map takes them; all to be found, or one of them. */
function placed(sample: number, map: Affine2, wanted?: DemoFace): Pick<FacePicture, 'faces' | 'others'> {
  const place = (faces: readonly DemoFace[]): KnownFace[] =>
    faces.map(({ box: { x, y, width, height }, size, points }) => ({
      box: boundingBox(
        (
          [
            [x, y],
            [x + width, y],
            [x, y + height],
            [x + width, y + height],
          ] as const
        ).map((p) => applyAffine(map, p)),
      ),
      size: size * Math.sqrt(Math.abs(map[0] * map[4] - map[1] * map[3])),
      points: points.map((p) => applyAffine(map, p)),
    }));
  const all = DEMO_FACES.filter((face) => face.sample === sample);
  return {
    faces: place(all.filter((face) => !wanted || face === wanted)),
    others: place(all.filter((face) => wanted && face !== wanted)),
  };
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function wholePixels({ width, height }: RawImage, edges: Edges): BoxXYWH {
  const [x, y] = [Math.max(0, Math.round(edges.left)), Math.max(0, Math.round(edges.top))];
  return {
    x,
    y,
    width: Math.min(width, Math.round(edges.right)) - x,
    height: Math.min(height, Math.round(edges.bottom)) - y,
  };
}
