/** Characters by chance: each is the same again, unlike the others, and a face. */
import { expect, it } from 'vitest';
import { MienError } from '../errors.ts';
import { inventedCharacters } from './invented.ts';
import { CharacterModel } from './model.ts';
import { render } from './render.ts';
import { unitsOfExpression } from './rig/expressions.ts';

const SIZE = { width: 96, height: 96 };
const characters = inventedCharacters(24, 5);
const places = characters.map((character) => {
  const model = new CharacterModel(character);
  return ['neutral', 'surprise'].map((name) =>
    render(model, { units: unitsOfExpression(name as 'neutral' | 'surprise') }, SIZE).landmarks.map(([x, y]) => ({
      x,
      y,
    })),
  );
});

it('draws the same one for a seed and a number, however many there are', () => {
  expect(inventedCharacters(3, 5)).toEqual(characters.slice(0, 3));
  expect(inventedCharacters(3, 6)[0]!.head).not.toEqual(characters[0]!.head);
});

it.each(characters.map(({ name }, i) => [name, i] as const))(
  '%s has its parts in their order, at rest and surprised',
  (_, i) => {
    for (const at of places[i]!) {
      for (const { x, y } of at) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(SIZE.width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(SIZE.height);
      }
      // brows above eyes, eyes above the nose's tip, it above the mouth, that above the chin
      const down = [19, 37, 30, 51, 57, 8].map((k) => at[k]!.y);
      expect(down).toEqual([...down].sort((a, b) => a - b));
      // the eyes' corners and the mouth's, from the image's left to its right
      for (const row of [
        [36, 39, 42, 45],
        [48, 51, 54],
      ]) {
        const across = row.map((k) => at[k]!.x);
        expect(across).toEqual([...across].sort((a, b) => a - b));
      }
    }
    const [rest, surprised] = places[i]!;
    // lips part
    expect(surprised![66]!.y - surprised![62]!.y).toBeGreaterThan(rest![66]!.y - rest![62]!.y + 2);
  },
);

it('has eyes of sizes as far apart as those of the six', () => {
  const widths = places.map(([at]) => (at![39]!.x - at![36]!.x) / (at![45]!.x - at![36]!.x));
  expect(Math.max(...widths) / Math.min(...widths)).toBeGreaterThan(1.15);
});

it('refuses a count that is none', () => {
  for (const count of [0, 1.5, NaN]) expect(() => inventedCharacters(count, 1)).toThrow(MienError);
});
