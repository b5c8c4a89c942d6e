/**
 * Errors that a user can act on. Each message is one line that names the operation or the input, what was expected and
 * what came. What comes from outside (names, cells, lines of files) is made printable here, once: at most 200
 * characters of it, and no control characters.
 */
import { excerpt, printable } from './printable.ts';

export class MienError extends Error {
  override readonly name: string = 'MienError';
  constructor(message: string, options?: { cause?: unknown }) {
    super(printable(message), options);
  }
}

/** A file, folder or value that the caller supplied cannot be used: `input` names it, `reason` says why. */
export class InputError extends MienError {
  override readonly name = 'InputError';
  /** As it was given, however long. */
  readonly input: string;
  /** The rest of the message, printable. */
  readonly reason: string;
  constructor(input: string, reason: string, options?: { cause?: unknown }) {
    const shown = printable(reason);
    super(`${excerpt(input)}: ${shown}`, options);
    this.input = input;
    this.reason = shown;
  }
}

/** Tensor shapes, dtypes or attributes that do not fit the operation. */
export class ShapeError extends MienError {
  override readonly name = 'ShapeError';
  constructor(operation: string, reason: string) {
    super(`${operation}: ${reason}`);
  }
}
