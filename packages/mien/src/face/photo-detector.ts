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
/** A level of more tiles is not scanned: while no face was found, and after small faces were. */
const MAX_TILES_WITHOUT_FACE = 32;
const MAX_TILES = 128;
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
    let side = Math.max(image.width, image.height);
    const found = await this.#scan(image, [wholeImage(image)]);
    for (let level = 1, small = false; level === 1 || found.length === 0 || small; level++) {
      side /= 2;
      const regions = tiles(image, side);
      if (level > 1 && (side < MIN_TILE || regions.length > (found.length > 0 ? MAX_TILES : MAX_TILES_WITHOUT_FACE))) break;
      const here = await this.#scan(image, regions);
      found.push(...here);
      small = here.some((d) => Math.max(d.box.width, d.box.height) < SMALL_FACE * side);
    }
    return weightedSuppression(found, SAME_FACE_OVERLAP);
  }

  /** Unmerged detections of faces that a region shows whole. */
  async #scan(image: RawImage, regions: readonly Roi[]): Promise<Detection[]> {
    const found: Detection[] = [];
    for (let i = 0; i < regions.length; i += BATCH) {
      const batch = regions.slice(i, i + BATCH);
      const detections = await this.#ssd.detect(image, batch, MIN_DETECTION_SCORE);
      detections.forEach((list, j) => found.push(...list.filter((d) => isWhole(d, batch[j]!, image))));
    }
    return found;
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
