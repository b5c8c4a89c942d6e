/** The characters that come with Mien, by name. */
import { MienError } from '../../errors.ts';
import type { Character } from './character.ts';
import { hugo } from './hugo.ts';
import { nora } from './nora.ts';
import { otto } from './otto.ts';
import { pim } from './pim.ts';
import { vera } from './vera.ts';
import { zuri } from './zuri.ts';

export const CHARACTERS: readonly Character[] = [nora, otto, pim, vera, hugo, zuri];

/**
 * @throws {MienError} when there is no character of that name
 * @example
 * ```ts
 * import { characterNamed } from 'mienjs/synth';
 *
 * characterNamed('otto').name; // → 'otto'
 * ```
 */
export function characterNamed(name: string): Character {
  const found = CHARACTERS.find((character) => character.name === name);
  if (!found) throw new MienError(`characters: expected ${CHARACTERS.map((c) => c.name).join(', ')}, got "${name}"`);
  return found;
}
