/**
 * How each expression looks on the page: a color that people with any color vision tell from the others (after Okabe &
 * Ito 2008; held by colors.test.ts), and a drawn face, so that color is never all that tells it.
 */
import type { Expression } from 'mienjs/labels';

export interface ExpressionLook {
  readonly light: string;
  readonly dark: string;
  /** Brows and mouth as strokes, in a square of 24. */
  readonly strokes: string;
  /** Eyes as thicker strokes; a stroke of no length is a dot. */
  readonly eyes: string;
}

const OPEN = 'M8.7 10.8v.01M15.3 10.8v.01';
const WIDE = 'M8.7 10.4v.5M15.3 10.4v.5';
const NARROW = 'M8 10.9h1.3M14.7 10.9h1.3';

export const LOOKS: Readonly<Record<Expression, ExpressionLook>> = {
  neutral: { light: '#7d858a', dark: '#a3abb0', eyes: OPEN, strokes: 'M7.2 7.6h3M13.8 7.6h3M8.4 16h7.2' },
  happiness: {
    light: '#d18a00',
    dark: '#f0a92c',
    eyes: 'M7.6 11.1q1.1-1.5 2.2 0M14.2 11.1q1.1-1.5 2.2 0',
    strokes: 'M7.2 7.3q1.5-.9 3 0M13.8 7.3q1.5-.9 3 0M7.2 14q4.8 6.2 9.6 0',
  },
  surprise: {
    light: '#b9a800',
    dark: '#efe05a',
    eyes: WIDE,
    strokes: 'M7 6.3q1.7-1.9 3.3-.4M13.7 5.9q1.6-1.5 3.3.4M10 16.4a2 2.6 0 1 0 4 0a2 2.6 0 1 0-4 0',
  },
  sadness: {
    light: '#1465a8',
    dark: '#5aa2e0',
    eyes: OPEN,
    strokes: 'M6.9 8.3l3.3-1.7M13.8 6.6l3.3 1.7M8.2 17.3q3.8-3.8 7.6 0',
  },
  anger: {
    light: '#c8451b',
    dark: '#f07a4a',
    eyes: OPEN,
    strokes: 'M7 6.7l3.4 2M13.6 8.7l3.4-2M8.4 16.8q3.6-2.2 7.2 0',
  },
  disgust: {
    light: '#00865f',
    dark: '#2fbf92',
    eyes: NARROW,
    strokes: 'M7 8.1l3.3.7M13.7 8.8l3.3-.7M11.2 13.2l.8-.7l.8.7M7.8 16.9q2-2.5 4.2-.5t4.2-.8',
  },
  fear: {
    light: '#8d4fa3',
    dark: '#c78ad9',
    eyes: WIDE,
    strokes: 'M7 7.2l3.3-1.5M13.7 5.7l3.3 1.5M8.2 17.6q-.2-3.1 3.8-3.1t3.8 3.1z',
  },
  contempt: {
    light: '#3fa0d6',
    dark: '#a9defb',
    eyes: NARROW,
    strokes: 'M7.2 8.3h3M13.8 7.4l3-.9M8.4 16.4h4q2.4-.1 3.4-2.2',
  },
};

export const lookOf = (name: string): ExpressionLook => LOOKS[name as Expression];
