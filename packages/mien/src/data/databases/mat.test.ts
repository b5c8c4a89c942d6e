import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGolden, withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { openMat } from './mat.ts';

interface GoldenMat {
  readonly base64: string;
  readonly variables: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>>;
}
const golden = await readGolden(new URL('./golden/mat.golden.json', import.meta.url));
const files = golden.document['files'] as Readonly<Record<string, GoldenMat>>;
const bytesOf = (name: string): Buffer => Buffer.from(files[name]!.base64, 'base64');

describe('MATLAB files', () => {
  it.each(Object.entries(files))('reads %s arrays as SciPy does', async (_name, { base64, variables }) => {
    await withFiles({ 'a.mat': Buffer.from(base64, 'base64') }, async (folder) => {
      const found = await openMat(join(folder, 'a.mat'));
      expect([...found.keys()].sort()).toEqual([...Object.keys(variables), 'text'].sort());
      for (const [name, { dims, data }] of Object.entries(variables)) {
        const array = await found.get(name)!.read();
        expect([array.dims, [...array.data]], name).toEqual([dims, data]);
      }
      expect((await found.get('images')!.read()).data).toBeInstanceOf(Uint8Array);
    });
  });

  it('lists variables without reading their numbers', async () => {
    const bytes = bytesOf('plain');
    await withFiles({ 'a.mat': bytes }, async (folder) => {
      const file = join(folder, 'a.mat');
      const images = (await openMat(file)).get('images')!;
      bytes.fill(0, 128 + 64, 128 + 72);
      await writeFile(file, bytes);
      expect((await openMat(file)).get('images')!.dims).toEqual([3, 4, 5]);
      await expect(images.read()).rejects.toThrow(/a\.mat: is damaged/);
    });
  });

  it.each([
    ['a file of another kind', Buffer.from('hello'), /a\.mat: is not a MATLAB file of level 5/],
    [
      'HDF5',
      Buffer.from('MATLAB 7.3 MAT-file'.padEnd(600)),
      /a\.mat: is a MATLAB 7\.3 \(HDF5\) file, which is not read: save it again with "-v7"/,
    ],
    [
      'a file that ends early',
      bytesOf('compressed').subarray(0, -5),
      /a\.mat: is cut short: \d+ bytes, expected \d+ or more/,
    ],
    ['bytes that are not a zlib stream', Buffer.from(bytesOf('compressed')).fill(0, 136, 150), /a\.mat: is damaged \(/],
  ] as const)('refuses %s', async (_name, bytes, message) => {
    await withFiles({ 'a.mat': bytes }, async (folder) => {
      await expect(openMat(join(folder, 'a.mat'))).rejects.toThrow(message);
    });
  });

  it('refuses text, naming the variable, and a file that is not there', async () => {
    await withFiles({ 'a.mat': bytesOf('plain') }, async (folder) => {
      const text = (await openMat(join(folder, 'a.mat'))).get('text')!;
      await expect(text.read()).rejects.toThrow('variable "text" is not an array of real numbers');
      await expect(openMat(join(folder, 'b.mat'))).rejects.toThrow('b.mat: no such file');
    });
  });
});
