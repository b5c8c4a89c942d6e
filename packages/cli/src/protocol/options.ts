/** The options of a run under a protocol. */
import type { Command } from 'commander';
import type { FramingCounter, RecordImagesOptions } from 'mienjs/data/node';
import { readImagesOptions, type ReadImagesOptions } from '../data/align.ts';
import { facesOf } from '../data/faces.ts';
import { log } from '../output.ts';

export interface ProtocolOptions extends ReadImagesOptions {
  readonly protocol?: string;
}

/** Adds `--protocol`. */
export function addProtocolOptions(command: Command): Command {
  return command.option('--protocol <id>', 'all folds of a protocol (see `mien data protocols`)');
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
export async function imageOptions(options: ReadImagesOptions, counter: FramingCounter): Promise<RecordImagesOptions> {
  return {
    ...(await readImagesOptions(options)),
    onImage: (_, framing) => counter.add(framing),
    onFace: facesOf('images'),
  };
}
