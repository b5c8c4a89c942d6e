import { haGanRecipe } from 'mienjs/recipes';
import { tinyRecipe } from 'mien-testkit';
import { expect, it } from 'vitest';
import { takePartners, withCharacter, withoutPartners, withPartnersLicence } from './partners.ts';

const recipe = haGanRecipe({ dataset: 'ferplus' });
const own = haGanRecipe({ dataset: 'ferg' });
const given = (...names: string[]): { name: string; path: string }[] => names.map((name) => ({ name, path: name }));

it('takes a manifest for the characters where their own database is not given', () => {
  const partnersOf = (of: typeof recipe, ...names: string[]): string | undefined =>
    takePartners(of, given(...names)).partners?.dataset;
  expect(partnersOf(recipe, 'ferplus', 'manifest')).toBe('manifest');
  expect(partnersOf(recipe, 'ferplus', 'ferg', 'manifest')).toBe('ferg');
  expect(partnersOf(recipe, 'ferplus')).toBe('ferg');
  expect(partnersOf(haGanRecipe({ dataset: 'manifest' }), 'manifest')).toBe('ferg');
  expect(takePartners(tinyRecipe, given('manifest'))).toBe(tinyRecipe);
});

it('parts the data of faces from those of characters, which may be the same', () => {
  expect(withoutPartners(recipe, given('ferplus', 'ferg')).map(({ name }) => name)).toEqual(['ferplus']);
  expect(withoutPartners(own, given('ferg')).map(({ name }) => name)).toEqual(['ferg']);
});

it('shows one character, and only where one is shown', () => {
  expect(withCharacter(recipe, 'ray').partners).toMatchObject({ count: 1, people: ['ray'] });
  expect(withCharacter(recipe, undefined)).toBe(recipe);
  const two = haGanRecipe({ dataset: 'ferplus', people: ['aia', 'ray'] });
  for (const other of [tinyRecipe, two]) expect(() => withCharacter(other, 'ray')).toThrow(`${other.id}: --character:`);
});

it('names the terms of both, each once', () => {
  expect(withPartnersLicence('mine', recipe)).toMatch(/^mine\. given on request for research.*Aneja/);
  expect(withPartnersLicence('mine', tinyRecipe)).toBe('mine');
});
