/** The partners that a recipe's program is shown (data/partners.ts), from their dataset. */
import { createHash } from 'node:crypto';
import { type Dataset, Partners, type Samples, trainSplit } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { classesHeads } from './heads.ts';
import type { Recipe } from './recipe.ts';

/**
 * Partners from the training split of `dataset`, for the classes of the recipe's first head.
 * @throws {MienError} when the recipe has partners and none are given, or its program none   @throws {InputError} as
 *   `Partners`
 */
export async function openPartners(
  recipe: Recipe,
  dataset: Dataset | undefined,
  train: Samples,
): Promise<{ partners: Partners; digest: string } | undefined> {
  const { id, partners: spec, program } = recipe;
  if (!spec) return undefined;
  const head = classesHeads(recipe)[0];
  if (!program || !head || (recipe.sampler?.groupSize ?? 1) > 1)
    throw new MienError(`${id}: partners need a program of steps, an output of classes, and samples one by one`);
  if (!dataset) throw new MienError(`${id}: is shown images of ${spec.dataset} beside its own, which are needed`);
  if (train.labels.some((label) => label < 0))
    throw new MienError(`${id}: partners are chosen by class, and some samples of its data have no label`);
  const samples = await dataset.loadSplit(trainSplit(dataset), 'train');
  const partners = new Partners(samples, spec, head.classes);
  const digest = createHash('sha256')
    .update(JSON.stringify([partners.people, [...samples.labels]]))
    .update(samples.images.pixels)
    .digest('hex');
  return { partners, digest };
}
