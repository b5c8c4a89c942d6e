import { describe, expect, it } from 'vitest';
import {
  asExpression,
  classIndexByCode,
  expressionOfFolder,
  EXPRESSIONS_7,
  EXPRESSIONS_8,
  FER2013_CODES,
  FERPLUS_CATEGORIES,
  parseExpression,
} from './expressions.ts';

describe('expression vocabulary', () => {
  it('has the 7 basic classes as the beginning of the 8', () => {
    expect(EXPRESSIONS_8.slice(0, 7)).toEqual([...EXPRESSIONS_7]);
    expect(FERPLUS_CATEGORIES.slice(0, 8)).toEqual([...EXPRESSIONS_8]);
  });

  it('maps codes to a class order', () => {
    // anger disgust fear happiness sadness surprise neutral
    expect(classIndexByCode(FER2013_CODES, EXPRESSIONS_7)).toEqual([4, 5, 6, 1, 3, 2, 0]);
    expect(() => classIndexByCode(EXPRESSIONS_8, EXPRESSIONS_7)).toThrow(/contempt is not among the classes neutral/);
  });

  it('reads every name that datasets use, and rejects others', () => {
    for (const name of EXPRESSIONS_8) expect(parseExpression(name.toUpperCase())).toBe(name);
    expect(['angry', 'Afraid', ' joy ', 'Surprised', 'NE'].map(parseExpression)).toEqual([
      'anger',
      'fear',
      'happiness',
      'surprise',
      'neutral',
    ]);
    expect(() => parseExpression('bored')).toThrow(/unknown expression "bored": expected one of neutral/);
  });

  it('reads names of folders, with slips and numbers', () => {
    expect(
      ['0_angry', 'Happy faces', 'Sad-1', '03. Suprise', 'AF', 'FEARFUL_images', 'contempt'].map(expressionOfFolder),
    ).toEqual(['anger', 'happiness', 'sadness', 'surprise', 'fear', 'fear', 'contempt']);
    expect(['3', 'photos', 'happy birthday', '1_2', ''].map(expressionOfFolder)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(asExpression('constructor')).toBeUndefined();
  });
});
