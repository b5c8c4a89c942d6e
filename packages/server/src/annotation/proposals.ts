/**
 * What the recogniser proposes for an image: a box, points and expressions of its surest face, for correction by hand, and 37 points that nobody
 * corrects. Jobs of the kind `propose` find them, an image at a time.
 */
import { fivePointsOf } from 'mienjs/face';
import type { FaceResult, ImageResult } from 'mienjs/results';
import type { Answer, ProjectSettings, Proposal } from '../contract/index.ts';
import type { FileStore } from '../files/file-store.ts';
import { LeftUndone, type Handler } from '../jobs/runner.ts';
import { Stopped, type Recognition } from '../recognition/recognition.ts';
import type { Store } from '../store/index.ts';

/** Settings of a job. */
export interface ProposeSettings {
  readonly model: string;
  readonly project: string;
}
/** Payload of an item. */
export interface ProposePayload {
  readonly task: string;
}

/**
 * Which of the 68 landmarks (or the middle of which two) make the 37: every second one of the jaw, three of each brow, three of the
 * bridge of the nose with the wings, corners and lids of the eyes, eight of the outer lips, and where the lips meet. RAF-DB's 37 points, which
 * are of as many places, are not published as an order; this one is Mien's.
 */
const POINTS_37: readonly (readonly number[])[] = [
  ...[0, 2, 4, 6, 8, 10, 12, 14, 16].map((i) => [i]),
  ...[17, 19, 21, 22, 24, 26].map((i) => [i]),
  ...[27, 30, 31, 33, 35].map((i) => [i]),
  ...[[36], [37, 38], [39], [40, 41], [42], [43, 44], [45], [46, 47]],
  ...[48, 50, 51, 52, 54, 56, 57, 58].map((i) => [i]),
  [62, 66],
];

type Point = readonly [number, number];

/** Names of points that are known, as the picture shows them: left is its left. */
const FIVE = ['left-eye', 'right-eye', 'nose-tip', 'left-mouth', 'right-mouth'] as const;

export function proposalOf({ faces }: ImageResult, questions: ProjectSettings['questions']): Proposal {
  const [face] = faces;
  if (!face) return { answer: {}, landmarks: [], expressions: {} };
  const answer: Answer = {};
  const five = fiveOf(face);
  for (const question of questions) {
    if (question.kind === 'box') answer[question.key] = { ...face.box };
    if (question.kind !== 'points') continue;
    const points = question.points.map(({ value }) => five.get(value));
    // A question about other points is not answered in part
    if (points.every((point) => point !== undefined))
      answer[question.key] = points.map(([x, y]) => ({ x, y, hidden: false }));
  }
  const landmarks = POINTS_37.map((places): [number, number] => {
    const points = places.map((i) => face.landmarks[i]!);
    return [mean(points, 0), mean(points, 1)];
  });
  return { answer, landmarks, expressions: { ...face.expressions } };
}

const mean = (points: readonly Point[], axis: 0 | 1): number =>
  points.reduce((sum, point) => sum + point[axis], 0) / points.length;

function fiveOf({ landmarks }: FaceResult): Map<string, Point> {
  const five = fivePointsOf({ 68: landmarks })!;
  const sorted = (a: Point, b: Point): readonly [Point, Point] => (a[0] <= b[0] ? [a, b] : [b, a]);
  const points = [...sorted(five.rightEye, five.leftEye), five.noseTip, ...sorted(five.mouthRight, five.mouthLeft)];
  return new Map(FIVE.map((name, i) => [name, points[i]!]));
}

/** Results of these jobs say nothing of the images, which are their project's. */
const resultOf = (task: string, error?: string): ImageResult => ({
  file: task,
  width: null,
  height: null,
  faces: [],
  ...(error === undefined ? {} : { error: `${task}: ${error}` }),
});

export function proposeHandler(recognition: Recognition, files: FileStore, { annotation }: Store): Handler {
  const failed = (task: string, reason: string): { ok: false; result: ImageResult } => ({
    ok: false,
    result: resultOf(task, reason),
  });
  return {
    async work({ settings, payload }) {
      const { project: projectId } = settings as ProposeSettings;
      const { task: taskId } = payload as ProposePayload;
      const [project, task] = await Promise.all([
        annotation.projects.find(projectId),
        annotation.tasks.find(projectId, taskId),
      ]);
      const bytes = task?.fileKey ? await files.get(task.fileKey) : undefined;
      if (!project || !bytes) return failed(taskId, 'the image is gone');
      try {
        const result = await recognition.recognize({ file: taskId, bytes }, { lane: 'job' });
        if (result.error !== undefined) return failed(taskId, 'cannot be recognised');
        await annotation.tasks.setProposal(taskId, proposalOf(result, project.settings.questions));
        return { ok: true, result: resultOf(taskId) };
      } catch (error) {
        if (error instanceof Stopped) throw new LeftUndone();
        throw error;
      }
    },
    giveUp: ({ payload }, reason) => failed((payload as ProposePayload).task, reason),
  };
}
