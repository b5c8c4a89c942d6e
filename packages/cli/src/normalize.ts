/** `--normalize`: illumination normalization of the images, by the steps of `mienjs/image`. */
import { InvalidArgumentError, Option } from 'commander';
import { formatNormalization, NORMALIZATIONS, parseNormalization, type NormalizeStep } from 'mienjs/image';
import { withNormalization, type Recipe } from 'mienjs/train';

export interface NormalizeOptions {
  readonly normalize?: readonly NormalizeStep[];
}

export function normalizeOption(description: string): Option {
  return new Option('--normalize <steps>', description).argParser((text: string) => {
    try {
      return parseNormalization(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  });
}

/** For the help of verbs that have the option. */
export const NORMALIZE_NOTES = `
--normalize: steps with commas between, in order; parameters after colons, as in gamma:gamma=0.2,dog. Each channel by itself,
but for mapped-lbp, which is of the grey image; a recipe of grey images takes three channels then.
${Object.entries(NORMALIZATIONS)
  .map(([name, { summary, parameters }]) => {
    const defaults = Object.entries(parameters).map(
      ([key, { default: value }]) => `${key}=${Number(value.toPrecision(4))}`,
    );
    return `  ${name.padEnd(26)}${summary}${defaults.length > 0 ? ` (${defaults.join(', ')})` : ''}`;
  })
  .join('\n')}`;

/**
 * The recipe with these steps in place of its own; its notes say so, and its card with them.
 * @throws {InputError} when the steps give more channels than the recipe can take
 */
export function takeNormalization(recipe: Recipe, { normalize }: NormalizeOptions): Recipe {
  if (normalize === undefined) return recipe;
  const notes = `Trained with the images normalized by ${formatNormalization(normalize)} (--normalize).`;
  return {
    ...withNormalization(recipe, normalize),
    notes: recipe.notes === undefined ? notes : `${recipe.notes} ${notes}`,
  };
}
