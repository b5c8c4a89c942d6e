/** The metadata of a model file: JSON by key, checked against a schema. Errors name the file and the key. */
import type { z } from 'zod';
import { InputError } from '../errors.ts';

/**
 * @param otherwise what follows from there being none, for the error   @returns the value of a key, not yet checked
 * @throws {InputError} when there is none, or it is not JSON
 */
export function readEntry(
  source: string,
  metadata: ReadonlyMap<string, string>,
  key: string,
  otherwise: string,
): unknown {
  const text = metadata.get(key);
  if (text === undefined) throw new InputError(source, `has no "${key}" metadata, ${otherwise}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(source, `its "${key}" metadata is not JSON`, { cause });
  }
}

/** @throws {InputError} naming the first field that the schema refuses; of the value itself it says `whole` */
export function fitting<T>(source: string, key: string, schema: z.ZodType<T>, value: unknown, whole = 'spec'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(
    source,
    `its "${key}" metadata does not fit: ${issue.path.join('.') || whole}: ${issue.message}`,
  );
}
