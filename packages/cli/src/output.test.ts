/** Documents written in pieces. */
import { afterEach, expect, test, vi } from 'vitest';
import { printJsonInPieces, type JsonMember } from './output.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to stdout, by write. */
async function pieces(members: Readonly<Record<string, JsonMember>>): Promise<string[]> {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  await printJsonInPieces(members);
  return written;
}

test('is the JSON of the whole, also where objects and lists are empty', async () => {
  const text = (
    await pieces({
      a: { value: { x: [1, NaN] } },
      'b "': {
        entries: [
          ['k', 1],
          ['l "', { m: null }],
        ],
      },
      c: { entries: [] },
      d: { items: ['x', 2] },
      e: { items: [] },
      f: { value: null },
    })
  ).join('');
  expect(JSON.parse(text)).toEqual({
    a: { x: [1, null] },
    'b "': { k: 1, 'l "': { m: null } },
    c: {},
    d: ['x', 2],
    e: [],
    f: null,
  });
  expect(text).toMatch(/^\{\n {2}"a": .*\}\n$/s);
});

test('no piece grows with the number of entries', async () => {
  function* many(): Generator<[string, number[]]> {
    for (let i = 0; i < 50_000; i++) yield [`task ${i}`, [i, i]];
  }
  const written = await pieces({ tasks: { entries: many() } });
  expect(Math.max(...written.map((text) => text.length))).toBeLessThan(70_000);
  expect(Object.keys((JSON.parse(written.join('')) as { tasks: object }).tasks)).toHaveLength(50_000);
});
