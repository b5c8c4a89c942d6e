/**
 * Errors that a user can act on. Each message is one sentence that names the operation or the input,
 * what was expected and what came.
 */
export class MienError extends Error {
  override readonly name: string = 'MienError';
}

/** A file, folder or value that the caller supplied cannot be used; `input` names it. */
export class InputError extends MienError {
  override readonly name = 'InputError';
  readonly input: string;
  constructor(input: string, reason: string, options?: { cause?: unknown }) {
    super(`${input}: ${reason}`, options);
    this.input = input;
  }
}

/** Tensor shapes, dtypes or attributes that do not fit the operation. */
export class ShapeError extends MienError {
  override readonly name = 'ShapeError';
  constructor(operation: string, reason: string) {
    super(`${operation}: ${reason}`);
  }
}
