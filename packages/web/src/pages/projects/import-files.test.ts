import { describe, expect, it } from 'vitest';
import { partsOf } from './import-files.ts';

const file = (name: string, megabytes = 1): File =>
  Object.defineProperty(new File([], name), 'size', { value: megabytes * 2 ** 20 });
const names = (files: readonly File[]): string[][] => partsOf(files).map((part) => part.map(({ name }) => name));

describe('files on their way into a project', () => {
  it('go twenty at a time, or as many as are small enough together', () => {
    expect(partsOf(Array.from({ length: 45 }, (_, i) => file(`${i}.png`, 0.1))).map(({ length }) => length)).toEqual([
      20, 20, 5,
    ]);
    expect(names([file('a.png', 15), file('b.png', 15), file('c.png', 60), file('d.png')])).toEqual([
      ['a.png'],
      ['b.png'],
      ['c.png'],
      ['d.png'],
    ]);
  });

  it('go by themselves where they are archives, and not at all where they are hidden', () => {
    expect(names([file('a.png'), file('b.zip'), file('c.png'), file('.DS_Store'), file('d.png')])).toEqual([
      ['a.png'],
      ['b.zip'],
      ['c.png', 'd.png'],
    ]);
  });
});
