/** The options of a run under a protocol. */
import { type Command, Option } from 'commander';
import { loadFaceFinder } from 'mienjs/predict/node';
import type { FramingCounter, RecordImagesOptions } from 'mienjs/data/node';
import { facesOf } from '../data/data-input.ts';
import { log } from '../output.ts';

const ALIGN = ['landmarks', 'detect', 'none'] as const;

export interface ProtocolOptions {
  readonly protocol?: string;
  readonly align?: (typeof ALIGN)[number];
}

/** What options mean nothing without `--protocol`. */
export function addProtocolOptions(command: Command): Command {
  return command
    .option('--protocol <id>', 'all folds of a protocol (see `mien data protocols`)')
    .addOption(
      new Option(
        '--align <how>',
        "with --protocol: how faces are brought to the network's frame, where it has one (default: landmarks)",
      ).choices(ALIGN),
    );
}

export const ALIGN_NOTES = `
--align: "landmarks" aligns the faces whose landmarks the database gives; "detect" also finds those of the others, by the
detector that \`mien recognize\` uses; "none" aligns none. A face that is not aligned is cut out by its box, and without a
box the whole image is taken.`;

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
  { align = 'landmarks' }: ProtocolOptions,
  counter: FramingCounter,
): Promise<RecordImagesOptions> {
  const onImage: RecordImagesOptions['onImage'] = (_, framing) => counter.add(framing);
  const shared = { onImage, onFace: facesOf('images') };
  return align === 'detect' ? { findFace: await loadFaceFinder(), ...shared } : { align, ...shared };
}
