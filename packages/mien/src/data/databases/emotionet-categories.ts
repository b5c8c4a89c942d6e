/**
 * The 16 categories of EmotioNet's second challenge: 6 basic expressions, then 10 compounds, by the columns of its
 * table.
 */
import type { EmotioNetCategory } from './emotionet-units.ts';

export const LABELLED_CATEGORIES = [
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
  'happily surprised',
  'happily disgusted',
  'sadly angry',
  'sadly disgusted',
  'fearfully angry',
  'fearfully surprised',
  'angrily surprised',
  'angrily disgusted',
  'awed',
  'appalled',
] as const satisfies readonly EmotioNetCategory[];
export type LabelledCategory = (typeof LABELLED_CATEGORIES)[number];

const BASIC_COLUMNS: Readonly<Record<string, LabelledCategory>> = {
  happy: 'happiness',
  surprised: 'surprise',
  sad: 'sadness',
  angry: 'anger',
  disgusted: 'disgust',
  fearful: 'fear',
};

/** By the column's name in lower case, such as `happy`, `angrily_disgusted`. */
export const CATEGORY_OF_COLUMN: Readonly<Record<string, LabelledCategory>> = {
  ...Object.fromEntries(
    LABELLED_CATEGORIES.slice(Object.keys(BASIC_COLUMNS).length).map((name) => [name.replace(' ', '_'), name]),
  ),
  ...BASIC_COLUMNS,
};
