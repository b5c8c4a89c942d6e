import { simulateVotes } from 'mienjs/crowd';
import { describe, expect, it } from 'vitest';
import { projectSettingsSchema, type Answer, type Question } from '../contract/index.ts';
import type { Collected, CollectedAnswer, CollectedTask } from './collected.ts';
import { FIVE_POINTS } from './pose.ts';
import { figuresOf } from './quality.ts';

const EXPRESSIONS = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear'];
const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, title: value }));
const expression: Question = {
  kind: 'choice',
  key: 'expression',
  title: 'Which expression?',
  options: [...optionsOf(EXPRESSIONS), { value: 'not-a-face', title: 'Not a face', outside: true }],
};

const taskOf = (i: number, changes: Partial<CollectedTask> = {}): CollectedTask => ({
  id: `task${i}`,
  name: `${i}.jpg`,
  role: 'work',
  width: 100,
  height: 100,
  source: null,
  license: null,
  keyword: null,
  gold: null,
  proposal: null,
  ...changes,
});
const given = (task: number, member: number, answer: Answer, changes: Partial<CollectedAnswer> = {}) => ({
  task,
  member,
  answer,
  atMs: 0,
  activeMs: 2000,
  isCounted: true,
  isArbitration: false,
  ...changes,
});
const collectedOf = (
  questions: readonly Question[],
  tasks: readonly CollectedTask[],
  answers: readonly CollectedAnswer[],
): Collected => ({
  settings: projectSettingsSchema.parse({ questions }),
  tasks,
  members: Array.from({ length: 1 + Math.max(...answers.map(({ member }) => member)) }, (_, m) => `member-${m}`),
  answers,
});
const noPose = () => {
  throw new Error('no pose was asked for');
};

describe('figures of a project', () => {
  const { votes, kinds } = simulateVotes({ tasks: 400, workers: 30, votesPerTask: 15, seed: 4 });
  const answers = Array.from(votes.task, (task, v) =>
    given(
      task,
      votes.worker[v]!,
      { expression: votes.classes[votes.label[v]!]! },
      // Those who always give one answer are quick, too
      kinds[votes.worker[v]!] === 'constant' ? { activeMs: 200 } : {},
    ),
  );
  const collected = collectedOf(
    [expression],
    votes.tasks.map((_, i) => taskOf(i)),
    answers,
  );

  it('infer labels, and name those who do not look', () => {
    const { figures, inferred } = figuresOf(collected, noPose);
    const [question] = figures.questions;
    expect(question!.method).toBe(inferred!.inference.method);
    expect(question!.classes.map(({ value }) => value)).toEqual(EXPRESSIONS);
    expect(question!.classes.reduce((sum, { images }) => sum + images, 0)).toBe(400);
    expect(question!.classes.reduce((sum, { votes: n }) => sum + n, 0)).toBe(answers.length);
    expect(Object.values(question!.subsets).reduce((a, b) => a + b, 0)).toBe(400);
    const kappa = question!.agreement["Fleiss' κ"]!;
    expect(kappa.low).toBeLessThan(kappa.value);
    expect(kappa.high).toBeGreaterThan(kappa.value);
    const flagged = kinds.map((kind, m) => [kind, figures.members[`member-${m}`]!.flags] as const);
    for (const [kind, flags] of flagged) {
      if (kind === 'constant') expect(flags).toEqual(expect.arrayContaining(['constant', 'fast']));
      if (kind === 'reliable') expect(flags).toEqual([]);
      // Who says anything but the right label of seven is, mostly, as if by chance
      if (kind === 'adversary') expect(flags.some((flag) => flag === 'contrary' || flag === 'random')).toBe(true);
      if (kind === 'spammer') expect(flags).toContain('random');
    }
    for (const kind of ['constant', 'reliable', 'adversary', 'spammer'])
      expect(flagged.some(([of]) => of === kind)).toBe(true);
  });

  it('leave out labels that do not count, and those outside the classes', () => {
    const more = [
      ...answers,
      given(0, 29, { expression: 'anger' }, { isCounted: false }),
      given(1, 28, { expression: 'not-a-face' }),
    ];
    const before = figuresOf(collected, noPose).figures.questions;
    expect(figuresOf({ ...collected, answers: more }, noPose).figures.questions).toEqual(before);
  });

  it('name who contradicts the others', () => {
    const question: Question = { ...expression, options: optionsOf(['neutral', 'happiness']) };
    const tasks = Array.from({ length: 30 }, (_, i) => taskOf(i));
    const labels = tasks.flatMap((_, i) =>
      [0, 1, 2, 3].map((m) => given(i, m, { expression: (i % 2 === 0) === m < 3 ? 'neutral' : 'happiness' })),
    );
    const { members } = figuresOf(collectedOf([question], tasks, labels), noPose).figures;
    expect(members['member-3']!.flags).toEqual(['contrary']);
    expect(members['member-0']!.flags).toEqual([]);
  });

  it('count gold items by themselves', () => {
    const tasks = [
      ...collected.tasks,
      ...Array.from({ length: 6 }, (_, i) => taskOf(400 + i, { role: 'gold', gold: { expression: 'fear' } })),
    ];
    const gold = Array.from({ length: 6 }, (_, i) => given(400 + i, 0, { expression: i < 2 ? 'fear' : 'anger' }));
    const { figures } = figuresOf({ ...collected, tasks, answers: [...answers, ...gold] }, noPose);
    expect(figures.members['member-0']!.flags).toContain('gold');
    expect(figures.members['member-1']!.flags).not.toContain('gold');
    // Gold items are of known answer: they are none of the labels that are counted
    expect(figures.questions).toEqual(figuresOf(collected, noPose).figures.questions);
  });

  it('divide classes without names of pairs by the same rule', () => {
    const question: Question = { ...expression, key: 'gender', options: optionsOf(['female', 'male', 'unclear']) };
    const { figures } = figuresOf(
      collectedOf(
        [question],
        [taskOf(0), taskOf(1)],
        [
          given(0, 0, { gender: 'female' }),
          given(0, 1, { gender: 'female' }),
          given(1, 0, { gender: 'male' }),
          given(1, 1, { gender: 'unclear' }),
        ],
      ),
      noPose,
    );
    expect(figures.questions[0]!.subsets).toEqual({ single: 1, two: 1 });
    expect(figures.questions[0]!.pairs).toEqual([{ values: ['male', 'unclear'], images: 1 }]);
  });

  it("give Cohen's κ of two coders for each unit, and the arbiter's word", () => {
    const units: Question = {
      kind: 'choice',
      key: 'units',
      title: 'Units',
      multiple: true,
      options: optionsOf(['au1', 'au12']),
    };
    const tasks = Array.from({ length: 40 }, (_, i) => taskOf(i));
    const coded = tasks.flatMap((_, i) => [
      given(i, 0, { units: i % 2 === 0 ? ['au1', 'au12'] : [] }),
      // The other agrees on unit 12, and on unit 1 as by chance
      given(i, 1, { units: [...(i % 4 < 2 ? ['au1'] : []), ...(i % 2 === 0 ? ['au12'] : [])] }),
    ]);
    const arbiter = [given(0, 2, { units: [] }, { isArbitration: true })];
    const [question] = figuresOf(collectedOf([units], tasks, [...coded, ...arbiter]), noPose).figures.questions;
    expect(question!.kappaByOption['au12']!.value).toBe(1);
    expect(Math.abs(question!.kappaByOption['au1']!.value)).toBeLessThan(0.1);
    expect(question!.classes.find(({ value }) => value === 'au12')).toEqual({ value: 'au12', votes: 40, images: 19 });
  });

  it('tell poses from the mean of the landmarks', () => {
    const points: Question = {
      kind: 'points',
      key: 'landmarks',
      title: 'Landmarks',
      points: Object.keys(FIVE_POINTS).map((value) => ({ value, title: value })),
    };
    const placed = (dx: number) => Object.keys(FIVE_POINTS).map((_, i) => ({ x: 10 * i + dx, y: i, hidden: false }));
    const asked: number[] = [];
    const { pose } = figuresOf(
      collectedOf(
        [points],
        [taskOf(0)],
        [given(0, 0, { landmarks: placed(-4) }), given(0, 1, { landmarks: placed(4) })],
      ),
      ({ noseTip: [x] }) => {
        asked.push(x);
        return { yawDeg: 40, pitchDeg: -500, rollDeg: 0 };
      },
    ).figures;
    expect(asked).toEqual([20]);
    expect(pose.yaw.filter(({ count }) => count > 0)).toEqual([{ from: 30, to: 45, count: 1 }]);
    expect(pose.pitch[0]).toEqual({ from: -60, to: -45, count: 1 });
  });

  it('are none where nobody has answered', () => {
    const { figures, inferred } = figuresOf(
      { ...collectedOf([expression], [taskOf(0)], [given(0, 0, { expression: 'anger' })]), answers: [] },
      noPose,
    );
    expect(inferred).toBeUndefined();
    expect(figures.questions).toEqual([]);
    expect(figures.pose).toEqual({ yaw: [], pitch: [], roll: [] });
  });
});
