/**
 * RAF-DB's annotations of an image (Li & Deng 2019, section III-A.3): five landmarks by hand with gender, race and age as codes, 37
 * landmarks found automatically, and the box of the face. A file whose contents the project did not ask for is left out.
 */
import type { FivePoints } from 'mienjs/face';
import type { Collected } from '../collected.ts';
import { fiveLandmarks } from '../pose.ts';
import { answersByTask, meanBox, rounded } from './places.ts';
import { chosenOf, questionsOf } from './questions.ts';

/** In RAF-DB's order: the eyes and the corners of the mouth from the image's left to its right. */
const FIVE = [
  'rightEye',
  'leftEye',
  'noseTip',
  'mouthRight',
  'mouthLeft',
] as const satisfies readonly (keyof FivePoints)[];
/** Questions by key, and the words by which their options are known, in the order of RAF-DB's codes. */
const ATTRIBUTES = {
  gender: ['male', 'female', 'unclear'],
  race: ['caucasian', 'african-american', 'asian'],
  age: ['0-3', '4-19', '20-39', '40-69', '70'],
} as const;
const AUTO_POINTS = 37;

/** @returns files below `Annotation` by path, of a task by index */
export function annotationsOf(collected: Collected): (task: number, stem: string) => Record<string, string> {
  const { tasks, settings } = collected;
  const five = fiveLandmarks(collected);
  const codes = Object.entries(ATTRIBUTES).map(([key, words]) => codesOf(collected, key, words));
  const [box] = questionsOf(settings, 'box');
  const boxes = box ? answersByTask(collected, box.key) : new Map<number, unknown[]>();
  return (task, stem) => {
    const points = five.get(task);
    const attributes = codes.map((code) => code.get(task));
    const { proposal } = tasks[task]!;
    const face = box && (meanBox(boxes.get(task) ?? []) ?? meanBox([proposal?.answer[box.key]]));
    const auto = proposal?.landmarks ?? [];
    return {
      ...(points && attributes.every((code) => code !== undefined)
        ? {
            [`manual/${stem}_manu_attri.txt`]: `${pointLines(FIVE.map((name) => points[name]))}${attributes.join('\n')}\n`,
          }
        : {}),
      ...(auto.length === AUTO_POINTS ? { [`auto/${stem}_auto_attri.txt`]: pointLines(auto) } : {}),
      ...(face
        ? {
            [`boundingbox/${stem}_boundingbox.txt`]: `${[face.x, face.y, face.x + face.width, face.y + face.height].map(rounded).join(' ')}\n`,
          }
        : {}),
    };
  };
}

const pointLines = (points: readonly (readonly [number, number])[]): string =>
  points.map((point) => `${point.map(rounded).join('\t')}\n`).join('');

/** What most annotators chose, of equally many the first option; by index of the task. */
function codesOf(collected: Collected, key: string, words: readonly string[]): Map<number, number> {
  const question = questionsOf(collected.settings, 'choice').find((choice) => choice.key === key);
  const codes = new Map<number, number>();
  if (!question) return codes;
  const codeOf = new Map(question.options.map(({ value }) => [value, words.findIndex((word) => hasWord(value, word))]));
  for (const [task, answers] of answersByTask(collected, key)) {
    const counts = words.map(() => 0);
    for (const value of answers.flatMap(chosenOf)) {
      const code = codeOf.get(value) ?? -1;
      if (code >= 0) counts[code]!++;
    }
    const most = Math.max(...counts);
    if (most > 0) codes.set(task, counts.indexOf(most));
  }
  return codes;
}

/** `age-70-or-more` has `70`, `age-0-3` has `0-3`, and `female` has not `male`. */
const hasWord = (value: string, word: string): boolean => `-${value}-`.includes(`-${word}-`);
