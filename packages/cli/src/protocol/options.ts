/** The options of a run under a protocol. */
import { type Command, Option } from 'commander';
import { loadFaceFinder } from 'mienjs/predict/node';
import type { FramingCounter, RecordImagesOptions } from 'mienjs/data/node';
import { InputError } from 'mienjs';
import type { Recipe } from 'mienjs/train';
import { facesOf } from '../data/faces.ts';
import { log } from '../output.ts';

const ALIGN = ['landmarks', 'detect', 'none'] as const;
const ALIGN_TRAINING = [...ALIGN, 'frontal'] as const;

export interface ProtocolOptions {
  readonly protocol?: string;
  readonly align?: (typeof ALIGN_TRAINING)[number];
}

/** @param training whether a model is made, which may be of another alignment */
export function addProtocolOptions(command: Command, { training = false } = {}): Command {
  return command
    .option('--protocol <id>', 'all folds of a protocol (see `mien data protocols`)')
    .addOption(
      new Option(
        '--align <how>',
        "how faces are brought to the network's frame, where it has one (default: landmarks)",
      ).choices(training ? ALIGN_TRAINING : ALIGN),
    );
}

export const ALIGN_NOTES = `
--align: "landmarks" aligns the faces whose landmarks the data give; "detect" also finds those of the others, by the
detector that \`mien recognize\` uses; "none" aligns none. A face that is not aligned is cut out by its box, and without a
box the whole image is taken.`;

export const FRONTAL_NOTES = `"frontal" paints every face onto the average face's surface, seen from the front (Hassner et al. 2015),
by the landmarks of the data or those that are found; the model's file says so, and recognition and evaluation do the same.`;

/** The recipe with faces aligned as the option says; its notes say so, and its card with them. */
export function withAlignment(recipe: Recipe, { align }: ProtocolOptions): Recipe {
  if (align !== 'frontal') return recipe;
  if (!recipe.preprocess.template)
    throw new InputError(recipe.id, 'has no face template, so its faces cannot be frontalized (--align frontal)');
  const notes = 'Trained on frontalized faces (--align frontal).';
  return {
    ...recipe,
    preprocess: { ...recipe.preprocess, alignment: 'frontal' },
    notes: recipe.notes === undefined ? notes : `${recipe.notes} ${notes}`,
  };
}

/** A usage error for an option that has no meaning here. */
export function refuseOptions(
  command: Command,
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
  why: string,
): void {
  const name = names.find((option) => given[option] !== undefined);
  if (name !== undefined)
    command.error(`error: option '--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}' ${why}`);
}

/** One line on stderr. */
export function logFramings(counter: FramingCounter): void {
  const framings = counter.describe();
  if (framings !== undefined) log(`images: ${framings}`);
}

/** Loads the face networks where they are needed. */
export async function imageOptions(
  { align: asked = 'landmarks' }: ProtocolOptions,
  counter?: FramingCounter,
  source = 'images',
): Promise<RecordImagesOptions> {
  const align = asked === 'frontal' ? 'landmarks' : asked; // what is frontal, the model says
  const shared: RecordImagesOptions = {
    onFace: facesOf(source),
    ...(counter ? { onImage: (_, framing) => counter.add(framing) } : {}),
  };
  return align === 'detect' ? { findFace: await loadFaceFinder(), ...shared } : { align, ...shared };
}
