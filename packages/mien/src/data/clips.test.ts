import { expect, test } from 'vitest';
import { type ClipRule, clipRuleSchema, clipsOf, framesOf } from './clips.ts';

const places = (rule: ClipRule, length: number, peak?: number): number[][] =>
  clipsOf(rule, length, peak).map((clip) => [...clip]);

test.each<[what: string, rule: ClipRule, length: number, clips: number[][]]>([
  ['the last', { kind: 'last', frames: 3 }, 5, [[2, 3, 4]]],
  ['the last of fewer', { kind: 'last', frames: 3 }, 2, [[0, 1]]],
  ['evenly', { kind: 'even', frames: 3 }, 8, [[0, 4, 7]]],
  ['evenly, of fewer', { kind: 'even', frames: 3 }, 2, [[0, 1]]],
  ['one alone is the peak', { kind: 'even', frames: 1 }, 4, [[3]]],
  [
    'windows',
    { kind: 'windows', frames: 3, stride: 2 },
    6,
    [
      [0, 1, 2],
      [2, 3, 4],
      [3, 4, 5],
    ],
  ],
  [
    'windows that fit',
    { kind: 'windows', frames: 2, stride: 2 },
    4,
    [
      [0, 1],
      [2, 3],
    ],
  ],
  ['a window of fewer', { kind: 'windows', frames: 16, stride: 8 }, 3, [[0, 1, 2]]],
  ['about the peak, the last frame', { kind: 'peak', before: 2, after: 1 }, 5, [[2, 3, 4]]],
  ['five intensities that end at the peak', { kind: 'five-intensities' }, 9, [[0, 4, 8, 4, 0]]],
])('%s', (_, rule, length, clips) => {
  expect(places(rule, length)).toEqual(clips);
  expect(Math.max(...clips.map((clip) => clip.length))).toBeLessThanOrEqual(framesOf(rule));
  expect(clipRuleSchema.parse(rule)).toEqual(rule);
});

test('a peak within the sequence is what the frames are taken about', () => {
  expect(places({ kind: 'peak', before: 1, after: 1 }, 9, 4)).toEqual([[3, 4, 5]]);
  expect(places({ kind: 'five-intensities' }, 9, 4)).toEqual([[0, 2, 4, 6, 8]]);
});

test('no sequence, and a peak beyond it, are refused', () => {
  expect(() => places({ kind: 'last', frames: 1 }, 0)).toThrow('clips: expected a sequence of a frame or more, got 0');
  expect(() => places({ kind: 'last', frames: 1 }, 3, 3)).toThrow('clips: expected a peak from 0 to 2, got 3');
  expect(clipRuleSchema.safeParse({ kind: 'last', frames: 0 }).success).toBe(false);
});
