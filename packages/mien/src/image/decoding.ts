/**
 * How images are decoded within a piece of work, such as a command: with damage or without, and who is told what is odd
 * about them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Something about an image that was read which its reader should know. */
export interface DecodeNote {
  /**
   * `frames`: only the first of several was read; `damage`: part of it is missing or wrong; `dark`: more than 8 bits,
   * nearly black.
   */
  readonly kind: 'frames' | 'damage' | 'dark';
  /** After the name of the file. */
  readonly text: string;
}

export interface Decoding {
  /** Read what there is of a truncated or damaged image, with a note, in place of an error. Default false. */
  readonly lenient?: boolean;
  readonly onNote?: (note: DecodeNote, label: string) => void;
}

const current = new AsyncLocalStorage<Decoding>();

/** Runs `work`, in which every `decodeImage` that is not told otherwise decodes like this. */
export function withDecoding<T>(decoding: Decoding, work: () => T): T {
  return current.run(decoding, work);
}

/** The settings in force, those given first. */
export function decodingOf({ lenient, onNote }: Decoding): Required<Decoding> {
  const outer = current.getStore();
  return { lenient: lenient ?? outer?.lenient ?? false, onNote: onNote ?? outer?.onNote ?? (() => undefined) };
}
