/** `--align` and `--memory`: how images of data are read, and faces brought to the frame that a network takes. */
import { Option } from 'commander';
import { loadFaceFinder } from 'mienjs/predict/node';
import type { RecordImagesOptions } from 'mienjs/data/node';
import { wholeNumber } from '../options.ts';

const ALIGN = ['landmarks', 'eyes-mouth', 'detect', 'none'] as const;
export type AlignChoice = (typeof ALIGN)[number];

/** In MiB. */
export function memoryOption(): Option {
  return new Option(
    '--memory <MiB>',
    'memory that decoded images may take; a split that takes more streams from disk (default: 1024)',
  ).argParser(wholeNumber(1));
}

export function alignOption(): Option {
  return new Option(
    '--align <how>',
    'how faces are brought to the frame of the network or descriptor, where it has one (default: landmarks)',
  ).choices(ALIGN);
}

/** For the help of verbs that have the option. */
export const ALIGN_NOTES = `
--align: "landmarks" aligns the faces whose landmarks the database gives; "eyes-mouth" does so by eyes and mouth alone, with an affine
map (Li & Deng 2019, section III-B); "detect" also finds the landmarks of the others, by the detector that \`mien recognize\` uses; "none"
aligns none. A face that is not aligned is cut out by its box, and without a box the whole image is taken.`;

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
    ...(align === undefined ? {} : align === 'detect' ? { findFace: await loadFaceFinder() } : { align }),
    ...(memory === undefined ? {} : { memory: memory * 2 ** 20 }),
  };
}
