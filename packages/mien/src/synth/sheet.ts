/** Sheets: a row for each character, a column for each expression. */
import type { RawImage } from '../image/raw-image.ts';
import type { Character } from './characters/character.ts';
import { CharacterModel } from './model.ts';
import { render } from './render.ts';
import { type AnyExpression, unitsOfExpression } from './rig/expressions.ts';
import type { UnitIntensities } from './rig/action-units.ts';
import type { Scene } from './scene.ts';

export interface SheetOptions {
  /** Side of each picture, px. Default 160. */
  readonly cell?: number;
  /** Scene of all pictures, but for their units. */
  readonly scene?: Omit<Scene, 'units'>;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * @param columns expressions in their typical form, or units of their own
 * @throws {MienError} when an expression is not known or the scene's numbers are out of range
 */
export function renderSheet(
  characters: readonly Character[],
  columns: readonly (AnyExpression | UnitIntensities)[],
  { cell = 160, scene = {}, onProgress }: SheetOptions = {},
): RawImage {
  const [width, height] = [cell * columns.length, cell * characters.length];
  const data = new Uint8Array(width * height * 3);
  characters.forEach((character, row) => {
    const model = new CharacterModel(character, {
      levels: cell > 320 ? 2 : 1,
      ...(scene.wear ? { wear: scene.wear } : {}),
    });
    columns.forEach((column, c) => {
      const units = typeof column === 'string' ? unitsOfExpression(column) : column;
      const { image } = render(model, { ...scene, units }, { width: cell, height: cell });
      for (let y = 0; y < cell; y++)
        data.set(image.data.subarray(3 * y * cell, 3 * (y + 1) * cell), 3 * ((row * cell + y) * width + c * cell));
      onProgress?.(row * columns.length + c + 1, characters.length * columns.length);
    });
  });
  return { width, height, channels: 3, data };
}
