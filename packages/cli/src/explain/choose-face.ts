/** Which face of a photo is explained. */
import { InputError } from 'mienjs';
import type { Face } from 'mienjs/face';

/**
 * @param file names the photo in errors   @param asked its number, as `mien recognize` lists them; the largest without
 * @param hint what else to do where there is no face
 * @returns its number
 * @throws {InputError} when there is no such face
 */
export function chooseFace(
  file: string,
  faces: readonly Pick<Face, 'box'>[],
  asked: number | undefined,
  hint?: string,
): number {
  if (faces.length === 0) throw new InputError(file, hint === undefined ? 'shows no face' : `shows no face; ${hint}`);
  const area = ({ box }: Pick<Face, 'box'>): number => box.width * box.height;
  const index = asked ?? faces.reduce((best, face, i) => (area(face) > area(faces[best]!) ? i : best), 0);
  if (!faces[index]) throw new InputError(file, `has no face ${index}: expected 0 to ${faces.length - 1}`);
  return index;
}
