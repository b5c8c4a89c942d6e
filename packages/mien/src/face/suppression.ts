/**
 * Weighted non-maximum suppression: detections of one face are averaged, not discarded.
 * Source: Bazarevsky et al. 2019 (BlazeFace), section 3.4; MediaPipe's NonMaxSuppressionCalculator, algorithm WEIGHTED.
 */
import type { BoxXYWH, Point2 } from '../image/index.ts';
import type { Detection } from './types.ts';

/** Overlap above which detections are taken for the same face; MediaPipe's value. */
export const SAME_FACE_OVERLAP = 0.3;
/**
 * Least score of a detection: MediaPipe's for the short-range network; for the full-range one it takes 0.6, and Mien
 * asks the mesh instead.
 */
export const MIN_DETECTION_SCORE = 0.5;

/** Area of the intersection over the area of the union, 0 … 1; 0 for two empty boxes. */
export function intersectionOverUnion(a: BoxXYWH, b: BoxXYWH): number {
  const overlap = intersectionArea(a, b);
  const union = a.width * a.height + b.width * b.height - overlap;
  return union > 0 ? overlap / union : 0;
}

/** Area that two boxes share, in square pixels. */
export function intersectionArea(a: BoxXYWH, b: BoxXYWH): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

/**
 * Repeatedly takes the best detection and all that overlap it by more than the threshold, and replaces them by
 *   box, keypoints = Σ scoreᵢ·(·)ᵢ / Σ scoreᵢ,  score = the best one's.
 * @param overlapThreshold intersection over union, 0 … 1
 * @returns best first
 */
export function weightedSuppression(detections: readonly Detection[], overlapThreshold: number): Detection[] {
  let remaining = [...detections].sort((a, b) => b.score - a.score);
  const kept: Detection[] = [];
  while (remaining.length > 0) {
    const best = remaining[0]!;
    const group: Detection[] = [best];
    const others: Detection[] = [];
    for (const d of remaining.slice(1))
      (intersectionOverUnion(best.box, d.box) > overlapThreshold ? group : others).push(d);
    kept.push(weightedMean(group));
    remaining = others;
  }
  return kept;
}

/** @param group best first, not empty */
function weightedMean(group: readonly Detection[]): Detection {
  const best = group[0]!;
  if (group.length === 1) return best;
  const total = group.reduce((sum, d) => sum + d.score, 0);
  const mean = (read: (d: Detection) => number): number => group.reduce((sum, d) => sum + d.score * read(d), 0) / total;
  return {
    box: {
      x: mean((d) => d.box.x),
      y: mean((d) => d.box.y),
      width: mean((d) => d.box.width),
      height: mean((d) => d.box.height),
    },
    score: best.score,
    keypoints: best.keypoints.map((_, k): Point2 => [
      mean((d) => d.keypoints[k]![0]),
      mean((d) => d.keypoints[k]![1]),
    ]) as unknown as Detection['keypoints'],
  };
}
