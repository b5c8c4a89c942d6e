/**
 * How much speaks for a face having been read rightly: two networks that were trained apart must agree. The detector
 * has key points of its own; the mesh says how sure it is that its crop shows a face. A face that is read the wrong way
 * round passes either test alone, but its mesh lies off the key points, both are less sure, or the same crop upside
 * down is a better face. How the limits were chosen: docs/adr/0008-consistency-of-faces.md.
 */
import type { Point2, Point3 } from '../image/index.ts';
import { boundingBox } from './roi.ts';
import type { Detection, FaceMesh } from './types.ts';

/** Vertices whose mean is each of the detector's first four key points: right eye, left eye, nose tip, mouth. */
const KEYPOINT_VERTICES = [[33, 133], [263, 362], [1], [13, 14]] as const;

/** Presence counts up to this logit; surer ones are sure. */
const MAX_PRESENCE = 15;
const PRESENCE_WEIGHT = 1 / 40;
const DISTANCE_WEIGHT = 1.5;

/**
 * From here on a face is taken as read, and from the second limit on without the mesh's second look. Of 1,596 wrong
 * readings 0 and 0 reach them.
 */
export const SURE_EVIDENCE = 0.95;
export const SURE_AT_FIRST = 1.05;
/** Least evidence of a doubtful face, in the best of its four orientations. */
const MIN_EVIDENCE = 0.65;
/**
 * The same where the mesh is present (logit), and either much less so upside down or far ahead of the other
 * orientations.
 */
export const MIN_DISTINCT_EVIDENCE = 0.5;
const DISTINCT_PRESENCE = 3;
const DISTINCT_FROM_FLIPPED = 5;
const DISTINCT_FROM_OTHERS = 0.25;
/** A face whose mesh is surer by more than this (logit) upside down is upside down, or none. */
const MAX_FLIPPED_LEAD = 2;

/** The mesh's right eye, left eye, nose tip and mouth: what the detector's first four key points are for. */
export function meshKeypoints(points: readonly Point3[]): Point2[] {
  return KEYPOINT_VERTICES.map((vertices) => meanPoint(points, vertices));
}

/**
 * Mean distance of the detector's eyes, nose and mouth from the mesh's, in units of the face's size (the square root of
 * its box's area).
 */
export function keypointDistance(keypoints: Detection['keypoints'], points: readonly Point3[]): number {
  const { width, height } = boundingBox(points);
  const distances = meshKeypoints(points).map(([x, y], k) => Math.hypot(x - keypoints[k]![0], y - keypoints[k]![1]));
  return distances.reduce((sum, d) => sum + d, 0) / distances.length / Math.sqrt(width * height);
}

/** The logit of the mesh's presence. */
export function presenceLogit({ score }: FaceMesh): number {
  return Math.log(score) - Math.log1p(-score);
}

/**
 * E = s + min(ℓ, 15)/40 − 1.5·d, with s the detector's score, ℓ the logit of the mesh's presence, d `keypointDistance`.
 * The weights are about those of a logistic regression on right and wrong readings, divided by that of s.
 * @returns at most 1.375
 */
export function evidenceOf({ score, keypoints }: Detection, mesh: FaceMesh): number {
  return (
    score +
    PRESENCE_WEIGHT * Math.min(presenceLogit(mesh), MAX_PRESENCE) -
    DISTANCE_WEIGHT * keypointDistance(keypoints, mesh.points)
  );
}

/** A doubtful face, read in the best of its four orientations. */
export interface Reading {
  readonly evidence: number;
  /** Evidence of the next best orientation; −∞ where none shows a face. */
  readonly runnerUp: number;
  readonly mesh: FaceMesh;
  /** The mesh of the same crop upside down. */
  readonly flipped: FaceMesh;
}

/** Whether a doubtful face is a face, and is read the right way round. */
export function isConsistent({ evidence, runnerUp, mesh, flipped }: Reading): boolean {
  const presence = presenceLogit(mesh);
  const lead = presence - presenceLogit(flipped);
  if (lead < -MAX_FLIPPED_LEAD) return false;
  if (evidence >= MIN_EVIDENCE) return true;
  return (
    evidence >= MIN_DISTINCT_EVIDENCE &&
    presence >= DISTINCT_PRESENCE &&
    (lead >= DISTINCT_FROM_FLIPPED || evidence - runnerUp >= DISTINCT_FROM_OTHERS)
  );
}

function meanPoint(points: readonly Point3[], vertices: readonly number[]): Point2 {
  let [x, y] = [0, 0];
  for (const v of vertices) {
    x += points[v]![0] / vertices.length;
    y += points[v]![1] / vertices.length;
  }
  return [x, y];
}
