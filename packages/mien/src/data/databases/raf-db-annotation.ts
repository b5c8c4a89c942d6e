/**
 * RAF-DB's annotations of one image, in pixels of the original image:
 * - `manual/<name>_manu_attri.txt`: five lines `x y` (centres of the eyes, tip of the nose, corners of the mouth), then
 *   gender, race and age as codes
 * - `auto/<name>_auto_attri.txt`: 37 lines `x y`
 * - `boundingbox/<name>_boundingbox.txt`: left, top, right and bottom
 * Source: Li & Deng 2019, section III-A.3.
 */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { exists, readText } from '../../files/index.ts';
import type { BoxXYWH, Point2 } from '../../image/index.ts';
import { attempt } from './attempt.ts';
import type { LandmarkSets, ProblemSink } from './database.ts';

const MANUAL_POINTS = 5;
const AUTO_POINTS = 37;
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  gender: ['male', 'female', 'unsure'],
  race: ['Caucasian', 'African-American', 'Asian'],
  age: ['0-3', '4-19', '20-39', '40-69', '70+'],
};

/** Gender, race and age by the owners' names; undefined where there is no such file, or it is damaged. */
export async function readAttributes(file: string, problem: ProblemSink): Promise<Record<string, string> | undefined> {
  return attempt(problem, async () => {
    const rows = await readRows(file);
    if (rows === undefined) return undefined;
    const codes = rows.slice(MANUAL_POINTS);
    const names = Object.entries(ATTRIBUTES);
    if (codes.length !== names.length)
      throw new InputError(file, `has ${rows.length} lines, expected ${MANUAL_POINTS} points and gender, race and age`);
    return Object.fromEntries(
      names.map(([name, values], i) => {
        const [code] = codes[i]!;
        const value = code === undefined ? undefined : values[code];
        if (value === undefined)
          throw new InputError(
            `${file}:${MANUAL_POINTS + i + 1}`,
            `${name} is ${code ?? 'no number'}, expected a code 0 … ${values.length - 1} (${values.join(', ')})`,
          );
        return [name, value];
      }),
    );
  });
}

/** The face in the original image; undefined where there is no such file, or it is damaged. */
export async function readBox(file: string, problem: ProblemSink): Promise<BoxXYWH | undefined> {
  return attempt(problem, async () => {
    const rows = await readRows(file);
    if (rows === undefined) return undefined;
    const [left, top, right, bottom, ...rest] = rows.flat();
    if (left === undefined || top === undefined || !(right! > left && bottom! > top) || rest.length > 0)
      throw new InputError(file, 'is not a box, expected left, top, right and bottom');
    return { x: left, y: top, width: right! - left, height: bottom! - top };
  });
}

/**
 * @throws {InputError} when the file of the 5 points is missing, or a file has another number of points; that of the 37
 *   may be missing
 */
export async function readRafLandmarks(folder: string, stem: string): Promise<LandmarkSets> {
  const manual = join(folder, 'manual', `${stem}_manu_attri.txt`);
  const auto = join(folder, 'auto', `${stem}_auto_attri.txt`);
  const rows = await readRows(manual);
  if (rows === undefined) throw new InputError(manual, 'no such file');
  const five = pointsOf(manual, rows.slice(0, MANUAL_POINTS), MANUAL_POINTS);
  const further = await readRows(auto);
  return further === undefined
    ? { [MANUAL_POINTS]: five }
    : { [MANUAL_POINTS]: five, [AUTO_POINTS]: pointsOf(auto, further, AUTO_POINTS) };
}

function pointsOf(file: string, rows: readonly (readonly number[])[], count: number): Point2[] {
  if (rows.length !== count || rows.some((row) => row.length !== 2))
    throw new InputError(file, `expected ${count} points "x y"`);
  return rows.map(([x, y]) => [x!, y!]);
}

/** The numbers of each line; undefined when there is no such file. */
async function readRows(file: string): Promise<number[][] | undefined> {
  if (!(await exists(file))) return undefined;
  return (await readText(file))
    .trim()
    .split('\n')
    .map((row, i) => {
      const values = row
        .trim()
        .split(/\s+/)
        .map((field) => (field === '' ? NaN : Number(field)));
      if (!values.every(Number.isFinite))
        throw new InputError(`${file}:${i + 1}`, `is "${row.trim().slice(0, 60)}", expected numbers`);
      return values;
    });
}
