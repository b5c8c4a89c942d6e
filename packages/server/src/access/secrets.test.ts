/** Ids that sort by the time of their making, and secrets. */
import { expect, it } from 'vitest';
import { idSchema } from '../contract/index.ts';
import { hashOf, newId, newSecret, sameText } from './secrets.ts';

it('makes ids that are different, in order, and as the API says', () => {
  const ids = Array.from({ length: 5000 }, newId);
  expect(new Set(ids).size).toBe(5000);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids.slice(0, 10)) expect(idSchema.parse(id)).toHaveLength(26);
});

it('makes secrets of 256 bits that are known by their hash', () => {
  const [one, other] = [newSecret('mien_'), newSecret('mien_')];
  expect(one).toMatch(/^mien_[\w-]{43}$/);
  expect(hashOf(one)).toMatch(/^[0-9a-f]{64}$/);
  expect(hashOf(one)).not.toBe(hashOf(other));
  expect([sameText('a', 'a'), sameText('a', 'b'), sameText('a', 'aa'), sameText('', '')]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
