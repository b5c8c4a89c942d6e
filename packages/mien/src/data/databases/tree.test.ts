/** The order of names. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byName } from './tree.ts';

it('compares the numbers in names as numbers', () => {
  expect(['a_10.png', 'a_2.png', 'A_1.png', 'a_02.png', 'a.png', 'b_1.png'].sort(byName)).toEqual(['A_1.png', 'a.png', 'a_02.png', 'a_2.png', 'a_10.png', 'b_1.png']);
});

it('is one order of all names, whatever they were in', () => {
  const name = fc.stringMatching(/^[ab_]{0,2}[0-9]{0,3}[ab.]{0,2}[0-9]{0,25}$/);
  fc.assert(fc.property(fc.uniqueArray(name, { maxLength: 12 }), fc.nat(), (names, seed) => {
    const turned = [...names.slice(seed % (names.length + 1)), ...names.slice(0, seed % (names.length + 1))].reverse();
    expect(turned.sort(byName)).toEqual([...names].sort(byName));
  }));
});
