/** Answers against the questions of a project: whether they can be, one way of writing each, and whether they are right. */
import { intersectionOverUnion } from 'mienjs/face';
import type { Answer, AnswerValue, ProjectSettings, Question } from '../contract/index.ts';

type Questions = ProjectSettings['questions'];
type Size = { readonly width: number; readonly height: number };
type Box = Extract<AnswerValue, { width: number }>;
type Points = readonly { readonly x: number; readonly y: number; readonly hidden: boolean }[];

/**
 * Where an answer says that a question does not apply (not a face), the others may be left out.
 * @returns what is wrong with it, a line; undefined: nothing
 */
export function faultOf(questions: Questions, answer: Answer): string | undefined {
  const unknown = Object.keys(answer).find((key) => !questions.some((question) => question.key === key));
  if (unknown !== undefined) return `${unknown}: there is no such question`;
  const isOutside = questions.some((question) => saysOutside(question, answer[question.key]));
  for (const question of questions) {
    const value = answer[question.key];
    const fault =
      value !== undefined
        ? faultOfValue(question, value)
        : question.optional || isOutside
          ? undefined
          : 'is not answered';
    if (fault !== undefined) return `${question.key}: ${fault}`;
  }
  return undefined;
}

function saysOutside(question: Question, value: AnswerValue | undefined): boolean {
  if (question.kind !== 'choice' || value === undefined) return false;
  const chosen: unknown[] = Array.isArray(value) ? value : [value];
  return question.options.some((option) => option.outside === true && chosen.includes(option.value));
}

function faultOfValue(question: Question, value: AnswerValue): string | undefined {
  switch (question.kind) {
    case 'choice': {
      const isList = Array.isArray(value);
      if (isList !== (question.multiple === true)) return `expected ${isList ? 'one option' : 'a list of options'}`;
      const chosen: unknown[] = isList ? value : [value];
      if (new Set(chosen).size !== chosen.length) return 'an option is there twice';
      const other = chosen.find((one) => !question.options.some((option) => option.value === one));
      if (other === undefined) return undefined;
      return typeof other === 'string' ? `${other} is not one of the options` : 'expected options';
    }
    case 'box':
      return typeof value === 'object' && !Array.isArray(value) ? undefined : 'expected a box';
    case 'points': {
      const { length } = question.points;
      const isPoints = Array.isArray(value) && value.length === length && value.every((p) => typeof p === 'object');
      return isPoints ? undefined : `expected ${length} points`;
    }
  }
}

/** Equal answers become the same text: JSON with questions and options in the project's order. */
export function canonicalOf(questions: Questions, answer: Answer): string {
  const entries = questions.flatMap((question): [string, unknown][] => {
    const value = answer[question.key];
    if (value === undefined) return [];
    if (question.kind === 'choice' && Array.isArray(value))
      return [
        [question.key, question.options.map((option) => option.value).filter((one) => value.includes(one as never))],
      ];
    return [[question.key, value]];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** Whether two answers choose the same; what was drawn is not looked at. */
export function chooseSame(questions: Questions, a: Answer, b: Answer): boolean {
  const choices = questions.filter(({ kind }) => kind === 'choice');
  return canonicalOf(choices, a) === canonicalOf(choices, b);
}

/** Intersection over union of two boxes from which they count as the same. */
const SAME_BOX = 0.5;
/** Mean distance of points, in parts of the image's longer side, up to which they count as the same. */
const SAME_POINTS = 0.05;

/** Whether an answer is the known one, in all that is known of it: choices exactly, boxes and points roughly. */
export function isRight(questions: Questions, known: Answer, answer: Answer, size: Size): boolean {
  return questions.every((question) => {
    const expected = known[question.key];
    const given = answer[question.key];
    if (expected === undefined) return true;
    if (given === undefined) return false;
    switch (question.kind) {
      case 'choice':
        return chooseSame([question], known, answer);
      case 'box':
        return intersectionOverUnion(expected as Box, given as Box) >= SAME_BOX;
      case 'points':
        return distanceOf(expected as Points, given as Points) <= SAME_POINTS * Math.max(size.width, size.height);
    }
  });
}

const distanceOf = (a: Points, b: Points): number =>
  a.reduce((sum, p, i) => sum + Math.hypot(p.x - b[i]!.x, p.y - b[i]!.y), 0) / a.length;
