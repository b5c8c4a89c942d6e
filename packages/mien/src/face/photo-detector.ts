/**
 * Finds faces of very different sizes in photos, from coarse to fine. Two networks look at the whole image: the
 * short-range one with a margin beyond the borders, since faces that fill a picture look to it like faces in a larger
 * one, and the full-range one for faces down to a twentieth of the longer side. Places where they hesitate are looked
 * at more closely. Tiles of half, a quarter, … of the side are scanned only while no face was found, or where there
 * were very small ones.
 */
import type { RawImage } from '../image/index.ts';
import { squareAround, wholeImage } from './roi.ts';
import type { Ssd } from './ssd.ts';
import { intersectionOverUnion, MIN_DETECTION_SCORE, SAME_FACE_OVERLAP, weightedSuppression } from './suppression.ts';
import type { CloserLook, Detection, FaceDetector, Roi } from './types.ts';

/** Side of the short-range network's first square, in units of the image's longer side. */
const MARGIN = 1.4;
/** Lower scores of the two networks hint at a face: of some 5 px in their input, or one that is hard to see. */
const NEAR_HINT = 0.2;
const FAR_HINT = 0.15;
/** Side of the square that is laid around a hint, in units of its size. */
const HINT_SQUARE = 3;
/** Hints that are followed at each level, best first, so that a texture cannot take all the time. */
const MAX_HINTS = 12;
/** Least score in a close-up of a face; whether there is one is then decided by more than this. */
const MIN_CLOSE_UP_SCORE = 0.3;
/** How far from the middle of a close-up its face may lie, in units of the square's side. */
const OFF_CENTER = 0.25;

/** Neighbouring tiles share this part of their side: a face up to that size is whole in one of them. */
const TILE_OVERLAP = 0.25;
/** Tiles are not smaller than this, px: the network's own resolution. */
const MIN_TILE = 192;
/** A level of more tiles is not scanned: while no face was found, and after small faces were. */
const MAX_TILES_WITHOUT_FACE = 32;
const MAX_TILES = 128;
/** A face cut off by a tile's inner border by more than this part of its size belongs to another tile. */
const CUT_TOLERANCE = 0.1;
/** Faces below this part of the side are at the limit of what a level finds: there may be smaller ones. */
const SMALL_FACE = 1 / 16;
/** Squares that one run of a network takes, to bound memory. */
const BATCH = 8;

/** The two networks that look for faces. */
export interface DetectorNetworks {
  /** SHORT_RANGE: sure of faces from an eighth of its square to all of it. */
  readonly near: Ssd;
  /** FULL_RANGE: sure of faces from a twentieth of its square to a half. */
  readonly far: Ssd;
}

export class PhotoFaceDetector implements FaceDetector, CloserLook {
  readonly #near: Ssd;
  readonly #far: Ssd;

  constructor({ near, far }: DetectorNetworks) {
    this.#near = near;
    this.#far = far;
  }

  get closer(): CloserLook {
    return this;
  }

  async detect(image: RawImage): Promise<Detection[]> {
    const found = await this.#scanWhole(image, 0);
    let side = Math.max(image.width, image.height);
    for (let level = 1; found.length === 0 || found.some((d) => sizeOf(d) < SMALL_FACE * side); level++) {
      side /= 2;
      const regions = tiles(image, side);
      const tooMany = level > 1 && regions.length > (found.length > 0 ? MAX_TILES : MAX_TILES_WITHOUT_FACE);
      if (side < MIN_TILE || tooMany) break;
      await this.#follow(image, await this.#scan(this.#far, image, regions, FAR_HINT), found, 0);
    }
    return weightedSuppression(found, SAME_FACE_OVERLAP);
  }

  async detectTurned(image: RawImage, turnRad: number): Promise<Detection[]> {
    return weightedSuppression(await this.#scanWhole(image, turnRad), SAME_FACE_OVERLAP);
  }

  async lookAt(image: RawImage, squares: readonly Roi[]): Promise<(Detection | undefined)[]> {
    const found: (Detection | undefined)[] = [];
    for (let i = 0; i < squares.length; i += BATCH) {
      const batch = squares.slice(i, i + BATCH);
      const detections = await this.#near.detect(image, batch, MIN_CLOSE_UP_SCORE);
      detections.forEach((list, j) => {
        const {
          center: [x, y],
          size,
        } = batch[j]!;
        const isCentral = ({ box }: Detection): boolean =>
          Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < OFF_CENTER * size;
        found.push(weightedSuppression(list, SAME_FACE_OVERLAP).find(isCentral));
      });
    }
    return found;
  }

  /** Both networks on the whole image, and what they hint at. */
  async #scanWhole(image: RawImage, turnRad: number): Promise<Detection[]> {
    const whole = { ...wholeImage(image), rotationRad: turnRad };
    const near = await this.#scan(this.#near, image, [{ ...whole, size: MARGIN * whole.size }], NEAR_HINT);
    const far = await this.#scan(this.#far, image, [whole], FAR_HINT);
    const found: Detection[] = [];
    await this.#follow(image, [...near, ...far], found, turnRad);
    return found;
  }

  /** Adds to `found` the sure detections, and what a closer look finds where the others hint at a face. */
  async #follow(image: RawImage, detections: readonly Detection[], found: Detection[], turnRad: number): Promise<void> {
    found.push(...detections.filter((d) => d.score >= MIN_DETECTION_SCORE));
    const hints = weightedSuppression(
      detections.filter((d) => d.score < MIN_DETECTION_SCORE),
      SAME_FACE_OVERLAP,
    )
      .filter((hint) => !found.some((face) => explains(face, hint)))
      .slice(0, MAX_HINTS);
    found.push(
      ...(await this.#scan(
        this.#near,
        image,
        hints.map(({ box }) => squareAround(box, HINT_SQUARE, turnRad)),
        MIN_DETECTION_SCORE,
      )),
    );
  }

  /** Unmerged detections of faces that a region shows whole. */
  async #scan(network: Ssd, image: RawImage, regions: readonly Roi[], minScore: number): Promise<Detection[]> {
    const found: Detection[] = [];
    for (let i = 0; i < regions.length; i += BATCH) {
      const batch = regions.slice(i, i + BATCH);
      const detections = await network.detect(image, batch, minScore);
      detections.forEach((list, j) => found.push(...list.filter((d) => isWhole(d, batch[j]!, image))));
    }
    return found;
  }
}

const sizeOf = ({ box }: Detection): number => Math.max(box.width, box.height);

/** Whether a hint is part of a face that was found: it overlaps it, or lies in its middle. */
function explains(face: Detection, hint: Detection): boolean {
  if (intersectionOverUnion(face.box, hint.box) > SAME_FACE_OVERLAP) return true;
  const [dx, dy] = [
    hint.box.x + hint.box.width / 2 - face.box.x - face.box.width / 2,
    hint.box.y + hint.box.height / 2 - face.box.y - face.box.height / 2,
  ];
  return sizeOf(hint) <= sizeOf(face) && Math.max(Math.abs(dx) / face.box.width, Math.abs(dy) / face.box.height) < 0.4;
}

/** Upright squares of the given side that cover the image, overlapping by at least TILE_OVERLAP, spread evenly. */
export function tiles({ width, height }: { readonly width: number; readonly height: number }, side: number): Roi[] {
  const starts = (length: number): number[] => {
    if (length <= side) return [(length - side) / 2];
    const count = Math.ceil((length - TILE_OVERLAP * side) / ((1 - TILE_OVERLAP) * side));
    return Array.from({ length: count }, (_, i) => (i * (length - side)) / (count - 1));
  };
  return starts(height).flatMap((y) =>
    starts(width).map((x): Roi => ({ center: [x + side / 2, y + side / 2], size: side, rotationRad: 0 })),
  );
}

/**
 * Whether a square shows the face to its edges, apart from what the image itself cuts off. Quarter turns leave a square
 * where it is.
 */
function isWhole({ box }: Detection, tile: Roi, image: RawImage): boolean {
  const [left, top] = [tile.center[0] - tile.size / 2, tile.center[1] - tile.size / 2];
  const slack = CUT_TOLERANCE * Math.max(box.width, box.height);
  return (
    (left <= 0 || box.x >= left - slack) &&
    (top <= 0 || box.y >= top - slack) &&
    (left + tile.size >= image.width || box.x + box.width <= left + tile.size + slack) &&
    (top + tile.size >= image.height || box.y + box.height <= top + tile.size + slack)
  );
}
