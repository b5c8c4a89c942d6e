/**
 * Points as COCO's key points: one JSON object, in pieces. The visibility of a point is 1 where it is hidden and was guessed, 2 where it is
 * seen; a face without a box has the one around its points.
 */
import type { Question } from '../../contract/index.ts';
import { Fault } from '../../http/fault.ts';
import type { Collected } from '../collected.ts';
import { answersByTask, meanBox, meanPoints, rounded, type Box, type Point } from './places.ts';
import { questionsOf } from './questions.ts';

type PointsQuestion = Extract<Question, { kind: 'points' }>;

/** @throws {Fault} 400 when the project asks for no points */
export function pointsQuestion({ settings }: Collected): PointsQuestion {
  const [question] = questionsOf(settings, 'points');
  if (!question) throw new Fault(400, 'the project asks for no points');
  return question;
}

export function* cocoPieces(collected: Collected, question: PointsQuestion): Generator<string> {
  const { tasks, settings } = collected;
  const points = answersByTask(collected, question.key);
  const [boxes] = questionsOf(settings, 'box');
  const boxAnswers = boxes ? answersByTask(collected, boxes.key) : undefined;
  const licenses = [...new Set(tasks.flatMap(({ license }) => license ?? []))];
  const category = {
    id: 1,
    name: 'face',
    supercategory: 'person',
    keypoints: question.points.map(({ value }) => value),
    skeleton: [],
  };
  yield `{"info":{"description":"made by Mien"},"licenses":${JSON.stringify(
    licenses.map((name, i) => ({ id: i + 1, name })),
  )},"categories":[${JSON.stringify(category)}],"images":[`;
  let separator = '';
  for (const [t, { name, width, height, source, license }] of tasks.entries()) {
    if (!points.has(t)) continue;
    yield (
      separator +
      JSON.stringify({
        id: t + 1,
        file_name: name,
        width,
        height,
        ...(license === null ? {} : { license: licenses.indexOf(license) + 1 }),
        ...(source === null ? {} : { source }),
      })
    );
    separator = ',';
  }
  yield '],"annotations":[';
  separator = '';
  for (const [t, values] of points) {
    const face = meanPoints(values, question.points.length);
    if (!face) continue;
    const box = meanBox(boxAnswers?.get(t) ?? []) ?? extentOf(face);
    yield (
      separator +
      JSON.stringify({
        id: t + 1,
        image_id: t + 1,
        category_id: 1,
        iscrowd: 0,
        bbox: [box.x, box.y, box.width, box.height].map(rounded),
        area: rounded(box.width * box.height),
        num_keypoints: face.length,
        keypoints: face.flatMap(({ x, y, hidden }) => [rounded(x), rounded(y), hidden ? 1 : 2]),
      })
    );
    separator = ',';
  }
  yield ']}\n';
}

function extentOf(points: readonly Point[]): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
