import type { Question } from 'mien-server/contract';
import { PROJECT_PRESETS } from 'mien-server/presets';
import { describe, expect, it } from 'vitest';
import { beginDraft, finished, isAnswered, setValue, settle, stepBack, toggleOption } from './draft.ts';

const questionsOf = (name: string): readonly Question[] =>
  PROJECT_PRESETS.find((preset) => preset.name === name)!.settings.questions;

describe('the answer that is being given', () => {
  it('goes from question to question, back, and on past what is settled', () => {
    const questions = questionsOf('attributes');
    let draft = settle(questions, setValue(beginDraft(null), questions[0]!, 'female'));
    draft = settle(questions, setValue(draft, questions[1]!, 'age-0-3'));
    expect([draft.active, draft.isComplete]).toEqual([2, false]);
    const back = stepBack(questions, draft)!;
    expect([back.active, back.answer['age']]).toEqual([1, 'age-0-3']);
    draft = settle(questions, setValue(back, questions[1]!, 'age-70'));
    draft = settle(questions, setValue(draft, questions[2]!, 'asian'));
    draft = settle(questions, setValue(draft, questions[3]!, 'nothing'));
    expect([draft.isComplete, finished(questions, draft)]).toEqual([
      true,
      { gender: 'female', age: 'age-70', race: 'asian', occlusion: 'nothing' },
    ]);
    expect(stepBack(questions, beginDraft(null))).toBeUndefined();
  });

  it('says of several options that none was chosen', () => {
    const questions = questionsOf('action-units');
    const [units] = questions as [Question];
    let draft = toggleOption(toggleOption(beginDraft(null), units, 'au1'), units, 'au4');
    expect(finished(questions, draft)).toEqual({ units: ['au1', 'au4'] });
    draft = toggleOption(toggleOption(draft, units, 'au1'), units, 'au4');
    expect([isAnswered(units, draft.answer['units']), finished(questions, draft)]).toEqual([true, { units: [] }]);
  });

  it('wants all points, or, where the question is optional, none', () => {
    const [box, points] = questionsOf('landmarks') as [Question, Question];
    const one = [{ x: 1, y: 2, hidden: false }];
    expect([isAnswered(box, undefined), isAnswered(points, one), isAnswered(points, Array(5).fill(one[0]))]).toEqual([
      false,
      false,
      true,
    ]);
    const optional = { ...points, optional: true } as Question;
    expect(finished([optional], setValue(beginDraft(null), optional, one))).toEqual({});
  });
});
