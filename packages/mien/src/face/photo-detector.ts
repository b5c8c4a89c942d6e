/**
 * Finds faces of very different sizes in photos: one detector network over the whole image and, level by level, over
 * ever smaller overlapping tiles.
 */
import type { RawImage } from '../image/index.ts';
import { wholeImage } from './roi.ts';
import type { Ssd } from './ssd.ts';
import { MIN_DETECTION_SCORE, SAME_FACE_OVERLAP, weightedSuppression } from './suppression.ts';
import type { Detection, FaceDetector, Roi } from './types.ts';

/** Neighbouring tiles share this part of their side: a face up to that size is whole in one of them. */
const TILE_OVERLAP = 0.25;
/** Tiles are not smaller than this, px: the network's own resolution. */
const MIN_TILE = 192;
/** Levels scanned at most: while no face was found, and after small faces were. Level 3 holds faces of 1 % of the longer side. */
const LEVELS_WITHOUT_FACE = 3;
const LEVELS_AT_MOST = 4;
/** A face cut off by a tile's inner border by more than this part of its size belongs to another tile. */
const CUT_TOLERANCE = 0.1;
/** Faces below this part of the tile's side suggest that there are smaller ones yet. */
const SMALL_FACE = 0.125;
/** Tiles that one run of the network takes, to bound memory. */
const BATCH = 8;

export class PhotoFaceDetector implements FaceDetector {
  readonly #ssd: Ssd;

  /** @param ssd best the full-range network: it also finds faces of a twelfth of the tile */
  constructor(ssd: Ssd) {
    this.#ssd = ssd;
  }

  /**
   * Level 0 is the whole image, level 1 tiles of half its longer side, and so on. Levels 0 and 1 are always scanned, a
   * further one only while no face was found, or after one in which faces were small.
   */
  async detect(image: RawImage): Promise<Detection[]> {
    const found: Detection[] = [];
    const longer = Math.max(image.width, image.height);
    for (let side = longer, level = 0; level < LEVELS_AT_MOST && (level < 2 || side >= MIN_TILE); side /= 2, level++) {
      const regions = level === 0 ? [wholeImage(image)] : tiles(image, side);
      const here: Detection[] = [];
      for (let i = 0; i < regions.length; i += BATCH) {
        const batch = regions.slice(i, i + BATCH);
        const detections = await this.#ssd.detect(image, batch, MIN_DETECTION_SCORE);
        detections.forEach((list, j) => here.push(...list.filter((d) => isWhole(d, batch[j]!, image))));
      }
      found.push(...here);
      const small = here.some((d) => Math.max(d.box.width, d.box.height) < SMALL_FACE * side);
      if (level > 0 && !small && (found.length > 0 || level + 1 === LEVELS_WITHOUT_FACE)) break;
    }
    return weightedSuppression(found, SAME_FACE_OVERLAP);
  }
}

/** Upright squares of the given side that cover the image, overlapping by at least TILE_OVERLAP, spread evenly. */
export function tiles({ width, height }: { readonly width: number; readonly height: number }, side: number): Roi[] {
  const starts = (length: number): number[] => {
    if (length <= side) return [(length - side) / 2];
    const count = Math.ceil((length - TILE_OVERLAP * side) / ((1 - TILE_OVERLAP) * side));
    return Array.from({ length: count }, (_, i) => (i * (length - side)) / (count - 1));
  };
  return starts(height).flatMap((y) => starts(width).map((x): Roi => ({ centre: [x + side / 2, y + side / 2], size: side, rotationRad: 0 })));
}

/** Whether a tile shows the face to its edges, apart from what the image itself cuts off. */
function isWhole({ box }: Detection, tile: Roi, image: RawImage): boolean {
  const [left, top] = [tile.centre[0] - tile.size / 2, tile.centre[1] - tile.size / 2];
  const slack = CUT_TOLERANCE * Math.max(box.width, box.height);
  return (
    (left <= 0 || box.x >= left - slack) &&
    (top <= 0 || box.y >= top - slack) &&
    (left + tile.size >= image.width || box.x + box.width <= left + tile.size + slack) &&
    (top + tile.size >= image.height || box.y + box.height <= top + tile.size + slack)
  );
}
