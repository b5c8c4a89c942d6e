/** Poses of the faces of a project, from the five landmarks that annotators placed. */
import type { FivePoints } from 'mienjs/face';
import type { HeadPose } from 'mienjs/geometry';
import type { Quality } from '../contract/index.ts';
import type { Collected } from './collected.ts';
import { answersByTask, meanPoints } from './export/places.ts';

export type PoseOf = (points: FivePoints) => HeadPose;

/** Values of the points of a question by which they are known: the sides are the picture's, those of a face the person's. */
export const FIVE_POINTS = {
  'left-eye': 'rightEye',
  'right-eye': 'leftEye',
  'nose-tip': 'noseTip',
  'left-mouth': 'mouthRight',
  'right-mouth': 'mouthLeft',
} as const satisfies Record<string, keyof FivePoints>;

const BIN_DEG = 15;
const RANGES = { yaw: 90, pitch: 60, roll: 90 } as const;

/** The five landmarks of each image: the mean of its annotators' points. By index of the task. */
export function fiveLandmarks(collected: Collected): Map<number, FivePoints> {
  const found = new Map<number, FivePoints>();
  const question = collected.settings.questions.find(
    (q) =>
      q.kind === 'points' && Object.keys(FIVE_POINTS).every((name) => q.points.some(({ value }) => value === name)),
  );
  if (question?.kind !== 'points') return found;
  for (const [task, answers] of answersByTask(collected, question.key)) {
    const points = meanPoints(answers, question.points.length);
    if (!points || collected.tasks[task]!.role !== 'work') continue;
    found.set(
      task,
      Object.fromEntries(
        question.points.flatMap(({ value }, i) =>
          value in FIVE_POINTS ? [[FIVE_POINTS[value as keyof typeof FIVE_POINTS], [points[i]!.x, points[i]!.y]]] : [],
        ),
      ) as unknown as FivePoints,
    );
  }
  return found;
}

/** Histograms of bins of 15°; what lies beyond is counted in the outermost. */
export function poseFigures(collected: Collected, poseOf: PoseOf): Quality['pose'] {
  const poses: HeadPose[] = [];
  for (const points of fiveLandmarks(collected).values()) {
    try {
      poses.push(poseOf(points));
    } catch {
      // Points that are not a face have no pose
    }
  }
  const histogram = (range: number, angleOf: (pose: HeadPose) => number): Quality['pose']['yaw'] => {
    if (poses.length === 0) return [];
    const bins = Array.from({ length: (2 * range) / BIN_DEG }, (_, i) => ({
      from: -range + i * BIN_DEG,
      to: -range + (i + 1) * BIN_DEG,
      count: 0,
    }));
    for (const pose of poses) {
      const at = Math.floor((angleOf(pose) + range) / BIN_DEG);
      bins[Math.min(Math.max(at, 0), bins.length - 1)]!.count++;
    }
    return bins;
  };
  return {
    yaw: histogram(RANGES.yaw, ({ yawDeg }) => yawDeg),
    pitch: histogram(RANGES.pitch, ({ pitchDeg }) => pitchDeg),
    roll: histogram(RANGES.roll, ({ rollDeg }) => rollDeg),
  };
}
