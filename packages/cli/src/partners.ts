/** The partners of a recipe, images of another database that its program is shown: from `--data` and `--character`. */
import { MienError } from 'mienjs';
import { Partners, type Dataset } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import type { Recipe } from 'mienjs/train';
import { loadData, type DataInputOptions } from './data/data-input.ts';
import type { DataOption } from './options.ts';

/** A manifest names its people, too, and has landmarks to align by. */
const MANIFEST = 'manifest';

/** The recipe with partners of a manifest, where one is given in place of the dataset that it names. */
export function takePartners(recipe: Recipe, given: readonly DataOption[]): Recipe {
  const { data, partners } = recipe;
  const has = (wanted: string): boolean => given.some(({ name }) => name === wanted);
  return partners && data.dataset !== MANIFEST && !has(partners.dataset) && has(MANIFEST)
    ? { ...recipe, partners: { ...partners, dataset: MANIFEST } }
    : recipe;
}

/** The data that are not of partners alone. */
export const withoutPartners = ({ data, partners }: Recipe, given: readonly DataOption[]): DataOption[] =>
  given.filter(({ name }) => name !== partners?.dataset || name === data.dataset);

/** What the recipe's partners are of; undefined where it has none. @throws {MienError} when they are not given */
export async function loadPartners(
  { id, partners }: Recipe,
  given: readonly DataOption[],
  input: DataInputOptions,
): Promise<Dataset | undefined> {
  if (!partners) return undefined;
  const own = given.find(({ name }) => name === partners.dataset);
  if (!own)
    throw new MienError(
      `${id}: is shown characters beside its faces, give --data ${partners.dataset}=PATH, where PATH is ${findDataset(partners.dataset).layout}, or --data manifest=PATH, with a column subject`,
    );
  return loadData(own, Partners.formatOf(partners), input, given);
}

/** The recipe with this one of the characters. @throws {MienError} for a recipe that shows none, or several */
export function withCharacter(recipe: Recipe, character: string | undefined): Recipe {
  if (character === undefined) return recipe;
  if (recipe.partners?.count !== 1)
    throw new MienError(`${recipe.id}: --character: is of recipes that learn one character, such as ha-gan.ferplus`);
  return { ...recipe, partners: { ...recipe.partners, people: [character] } };
}

/** Terms of use with those of the partners, in one line. @param own those of the faces */
export function withPartnersLicence(own: string, { partners }: Recipe): string {
  const theirs = partners && findDataset(partners.dataset).licence;
  return theirs === undefined || theirs === own ? own : `${own}. ${theirs}`;
}
