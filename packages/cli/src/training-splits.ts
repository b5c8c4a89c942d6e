/** A recipe on the splits that the data have. */
import type { TrainingSplits } from 'mienjs/data';
import type { Recipe } from 'mienjs/train';

/** @param note what was held out, which then stands on the card */
export function withSplits(recipe: Recipe, splits: TrainingSplits, note: string | undefined): Recipe {
  const notes = [recipe.notes, note === undefined ? undefined : `${note[0]!.toUpperCase()}${note.slice(1)}.`]
    .filter((text) => text !== undefined)
    .join(' ');
  return { ...recipe, data: { ...recipe.data, ...splits }, ...(notes === '' ? {} : { notes }) };
}
