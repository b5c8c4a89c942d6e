/** `--align` and `--memory`: how images of data are read, and faces brought to the frame that a network takes. */
import { Option } from 'commander';
import { InputError } from 'mienjs';
import type { Recipe } from 'mienjs/train';
import { loadFaceFinder } from 'mienjs/predict/node';
import type { RecordImagesOptions } from 'mienjs/data/node';
import { wholeNumber } from '../options.ts';

const ALIGN = ['landmarks', 'eyes-mouth', 'detect', 'none'] as const;
const ALIGN_TRAINING = [...ALIGN, 'frontal'] as const;
export type AlignChoice = (typeof ALIGN_TRAINING)[number];

/** In MiB. */
export function memoryOption(): Option {
  return new Option(
    '--memory <MiB>',
    'memory that decoded images may take; a split that takes more streams from disk (default: 1024)',
  ).argParser(wholeNumber(1));
}

/** @param training whether a model is made, which may be of another alignment */
export function alignOption(training: boolean): Option {
  return new Option(
    '--align <how>',
    'how faces are brought to the frame of the network or descriptor, where it has one (default: landmarks)',
  ).choices(training ? ALIGN_TRAINING : ALIGN);
}

/** For the help of verbs that have the option. */
export const ALIGN_NOTES = `
--align: "landmarks" aligns the faces whose landmarks the database gives; "eyes-mouth" does so by eyes and mouth alone, with an affine
map (Li & Deng 2019, section III-B); "detect" also finds the landmarks of the others, by the detector that \`mien recognize\` uses; "none"
aligns none. A face that is not aligned is cut out by its box, and without a box the whole image is taken.`;

/** For the help of `mien train`. */
export const FRONTAL_NOTES = `"frontal" paints every face onto the average face's surface, seen from the front (Hassner et al. 2015),
by the landmarks of the data or those that are found; the model's file says so, and recognition and evaluation do the same.`;

/** The recipe with faces aligned as the option says; its notes say so, and its card with them. */
export function withAlignment(recipe: Recipe, { align }: Pick<ReadImagesOptions, 'align'>): Recipe {
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

export interface ReadImagesOptions {
  readonly align?: AlignChoice;
  /** MiB */
  readonly memory?: number;
}

/** Loads the face networks where they are needed. */
export async function readImagesOptions({
  align,
  memory,
}: ReadImagesOptions): Promise<Pick<RecordImagesOptions, 'align' | 'findFace' | 'memory'>> {
  return {
    // What is frontal, the model says
    ...(align === undefined || align === 'frontal'
      ? {}
      : align === 'detect'
        ? { findFace: await loadFaceFinder() }
        : { align }),
    ...(memory === undefined ? {} : { memory: memory * 2 ** 20 }),
  };
}
