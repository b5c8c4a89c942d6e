/** Frame selections of the literature (Li & Deng 2020, Tables 3 and 5), and their meaning. */
import type { FaceRecord } from '../databases/index.ts';
import type { FrameRule, FrameSelection } from './protocol.ts';

const fromEnd = (...places: number[]): FrameRule => ({ rule: 'from-end', places });

export const ALL_FRAMES: FrameSelection = { expression: { rule: 'all' }, firstIsNeutral: false };
export const LAST: FrameSelection = { expression: fromEnd(0), firstIsNeutral: false };
export const LAST_THREE: FrameSelection = { expression: fromEnd(0, 1, 2), firstIsNeutral: false };
export const LAST_THREE_AND_FIRST: FrameSelection = { expression: fromEnd(0, 1, 2), firstIsNeutral: true };
export const LAST_FOUR: FrameSelection = { expression: fromEnd(0, 1, 2, 3), firstIsNeutral: false };
export const LAST_FOUR_AND_FIRST: FrameSelection = { expression: fromEnd(0, 1, 2, 3), firstIsNeutral: true };
/** Bao et al. 2019: "the first, third and fifth images in reverse order". */
export const LAST_THIRD_FIFTH: FrameSelection = { expression: fromEnd(0, 2, 4), firstIsNeutral: false };
export const MIDDLE: FrameSelection = { expression: { rule: 'middle', count: 1 }, firstIsNeutral: false };
export const MIDDLE_THREE: FrameSelection = { expression: { rule: 'middle', count: 3 }, firstIsNeutral: false };
export const MIDDLE_THREE_AND_FIRST: FrameSelection = {
  expression: { rule: 'middle', count: 3 },
  firstIsNeutral: true,
};
/** Li & Deng 2020, Table 5 (PPDN, DCPN): "from the 7th to the last". */
export const SEVENTH_TO_LAST: FrameSelection = { expression: { rule: 'from-start', first: 6 }, firstIsNeutral: false };

/** The selections by name, for data that are used without a protocol. */
export const FRAME_SELECTIONS = {
  all: ALL_FRAMES,
  last: LAST,
  'last-three': LAST_THREE,
  'last-three-and-first': LAST_THREE_AND_FIRST,
  'last-four': LAST_FOUR,
  'last-four-and-first': LAST_FOUR_AND_FIRST,
  middle: MIDDLE,
  'middle-three': MIDDLE_THREE,
  'middle-three-and-first': MIDDLE_THREE_AND_FIRST,
  'seventh-to-last': SEVENTH_TO_LAST,
} as const satisfies Readonly<Record<string, FrameSelection>>;
export type FrameSelectionName = keyof typeof FRAME_SELECTIONS;

/**
 * Places of the frames that show the expression, of a sequence of n, ascending. In a short sequence, those that exist.
 * @returns places from 0
 */
export function expressionPlaces({ expression, firstIsNeutral }: FrameSelection, n: number): number[] {
  const isTaken = takenBy(expression, n);
  return Array.from({ length: n }, (_, place) => place).filter(
    (place) => isTaken(place) && !(firstIsNeutral && place === 0),
  );
}

function takenBy(rule: FrameRule, n: number): (place: number) => boolean {
  switch (rule.rule) {
    case 'all':
      return () => true;
    case 'from-end':
      return (place) => rule.places.includes(n - 1 - place);
    case 'middle': {
      const start = Math.max(0, Math.floor((n - rule.count) / 2));
      return (place) => place >= start && place < start + rule.count;
    }
    case 'from-start':
      return (place) => place >= rule.first;
  }
}

/** What a database says of the sequence's peak, which does not hold for its first frame. */
const OF_THE_PEAK: ReadonlySet<string> = new Set<keyof FaceRecord>([
  'labelDistribution',
  'actionUnits',
  'valence',
  'arousal',
]);

/** The record as a neutral face. */
export function asNeutral(record: FaceRecord): FaceRecord {
  const kept = Object.fromEntries(
    Object.entries(record).filter(([field]) => !OF_THE_PEAK.has(field)),
  ) as unknown as FaceRecord;
  return { ...kept, label: 'neutral' };
}
