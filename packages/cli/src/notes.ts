/** What is odd about images that were read, on stderr: the first few of each kind, and how many more there were. */
import type { DecodeNote } from 'mienjs/image/node';
import { log } from './output.ts';

/** Notes of one kind that are printed. */
const SHOWN = 5;

const SEVERAL: Readonly<Record<DecodeNote['kind'], string>> = {
  frames: 'more files of several frames, of which the first was read',
  damage: 'more truncated or damaged images, of which what there is was read',
  dark: 'more images that come out nearly black',
};

export class NoteLog {
  readonly #counts = new Map<DecodeNote['kind'], number>();

  readonly add = ({ kind, text }: DecodeNote, label: string): void => {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= SHOWN) log(`${label}: ${text}`);
  };

  /** Says how many were not printed. */
  finish(): void {
    for (const [kind, count] of this.#counts) if (count > SHOWN) log(`${count - SHOWN} ${SEVERAL[kind]}`);
    this.#counts.clear();
  }
}
