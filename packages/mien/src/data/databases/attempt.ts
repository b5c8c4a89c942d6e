/** Turning thrown errors into problems that are reported, so that the rest of a database is kept. */
import { InputError } from '../../errors.ts';
import type { ProblemSink } from './database.ts';

/** Runs a part; an `InputError` that ends it is reported in place of its result. */
export async function attempt<T>(problem: ProblemSink, part: () => Promise<T>): Promise<T | undefined> {
  try {
    return await part();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem(error.input, error.reason);
    return undefined;
  }
}
