/** `--align`: how faces of data are brought to the frame that a network, or a descriptor, takes. */
import { Option } from 'commander';
import { loadFaceFinder } from 'mienjs/predict/node';
import type { RecordImagesOptions } from 'mienjs/data/node';

const ALIGN = ['landmarks', 'eyes-mouth', 'detect', 'none'] as const;
export type AlignChoice = (typeof ALIGN)[number];

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

/** Loads the face networks where they are needed. */
export async function framingOptions(align: AlignChoice): Promise<Pick<RecordImagesOptions, 'align' | 'findFace'>> {
  return align === 'detect' ? { findFace: await loadFaceFinder() } : { align };
}
