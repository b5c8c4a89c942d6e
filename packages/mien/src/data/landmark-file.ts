/**
 * Landmarks of one face in a file of text: a point a line, `x y` or `x,y` in pixels of the image. Files of the 300-W
 * scheme (`.pts`) have a header and braces about the points, which are passed over. Or an NPY file of float32 or float64
 * [P,2].
 */
import { InputError } from '../errors.ts';
import { readText } from '../files/index.ts';
import type { Point2 } from '../image/index.ts';
import { readNpy } from '../tables/npy.ts';
import { toNumbers } from '../tensor/index.ts';

/** @throws {InputError} naming the file, and the line where there is one */
export async function readLandmarkFile(file: string): Promise<Point2[]> {
  return /\.npy$/i.test(file) ? fromNpy(file) : fromText(file, await readText(file));
}

async function fromNpy(file: string): Promise<Point2[]> {
  const array = await readNpy(file);
  const [P, two] = array.dims;
  if (array.dims.length !== 2 || two !== 2)
    throw new InputError(file, `expected landmarks [P,2], got [${array.dims.join(',')}]`);
  const values = toNumbers(array);
  return Array.from({ length: P! }, (_, p): Point2 => [values[2 * p]!, values[2 * p + 1]!]);
}

function fromText(file: string, text: string): Point2[] {
  const points: Point2[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const fields = line.trim();
    if (fields === '' || fields === '{' || fields === '}' || /^(version|n_points)\s*:/.test(fields)) continue;
    const numbers = fields.split(/[\s,;]+/).map(Number);
    if (numbers.length !== 2 || !numbers.every(Number.isFinite))
      throw new InputError(`${file}:${i + 1}`, `expected a point "x y", got "${fields.slice(0, 40)}"`);
    points.push([numbers[0]!, numbers[1]!]);
  }
  if (points.length === 0) throw new InputError(file, 'holds no landmarks');
  return points;
}
