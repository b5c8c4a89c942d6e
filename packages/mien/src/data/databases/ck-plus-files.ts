/** CK+'s label files: one expression, action units, landmarks. Numbers are in e-notation, `3.0000000e+00`. */
import { InputError } from '../../errors.ts';
import type { Expression } from '../../labels/index.ts';
import type { ActionUnit, LandmarkSets } from './database.ts';
import { readNumberRows } from './files.ts';

const EMOTION_CODES = [
  'neutral',
  'anger',
  'contempt',
  'disgust',
  'fear',
  'happiness',
  'sadness',
  'surprise',
] as const satisfies readonly Expression[];
const MAX_INTENSITY = 5;
const LANDMARKS = 68;

/** @throws {InputError} naming the file, and the line where there is one, when it is not one code from 0 to 7 */
export async function readEmotion(file: string): Promise<Expression> {
  const rows = await readNumberRows(file, 1);
  if (rows.length !== 1) throw new InputError(file, `expected one code, got ${rows.length}`);
  const { line, values } = rows[0]!;
  const expression = EMOTION_CODES[values[0]!];
  if (expression === undefined)
    throw new InputError(`${file}:${line}`, `expected a code from 0 to ${EMOTION_CODES.length - 1}, got ${values[0]}`);
  return expression;
}

/**
 * Lines "unit intensity"; intensity 0 says that the coder gave none.
 * @throws {InputError} naming file and line
 */
export async function readActionUnits(file: string): Promise<ActionUnit[]> {
  return (await readNumberRows(file, 2)).map(({ line, values: [unit, intensity] }) => {
    if (!Number.isInteger(unit) || unit! < 1)
      throw new InputError(`${file}:${line}`, `expected the number of an action unit, got ${unit}`);
    if (!Number.isInteger(intensity) || intensity! < 0 || intensity! > MAX_INTENSITY) {
      throw new InputError(`${file}:${line}`, `expected an intensity from 0 to ${MAX_INTENSITY}, got ${intensity}`);
    }
    return intensity === 0 ? { unit: unit! } : { unit: unit!, intensity: intensity! };
  });
}

/**
 * Lines "x y", px, in the order of the 68-point scheme.
 * @throws {InputError} naming the file, and the line where there is one
 */
export async function readLandmarks68(file: string): Promise<LandmarkSets> {
  const rows = await readNumberRows(file, 2);
  if (rows.length !== LANDMARKS) throw new InputError(file, `expected ${LANDMARKS} landmarks, got ${rows.length}`);
  return { [LANDMARKS]: rows.map(({ values: [x, y] }) => [x!, y!] as const) };
}
