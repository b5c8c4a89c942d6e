/** Numbers and text of NPY files, against NumPy's. */
import { join } from 'node:path';
import { readGolden, withFiles } from 'mien-testkit';
import { expect, it } from 'vitest';
import { readNpyNumbers } from './npy.ts';

const { document } = await readGolden(new URL('./golden/npy.golden.json', import.meta.url));
const files = document['files'] as Record<string, { base64: string; values: number[] }>;

it.each(Object.entries(files))('reads %s', async (_, { base64, values }) => {
  await withFiles({ 'a.npy': Buffer.from(base64, 'base64') }, async (folder) => {
    expect(await readNpyNumbers(join(folder, 'a.npy'))).toEqual(values);
  });
});

it.each([
  ['another file', Buffer.from('PNG, not an array'), 'is not an NPY file'],
  ['an empty file', Buffer.alloc(0), 'is not an NPY file'],
  ['a header without its end', numpyFile('int64 scalar').subarray(0, 20), 'its NPY header cannot be read'],
  [
    'complex numbers',
    Buffer.from(numpyFile('float64 scalar').toString('latin1').replace('<f8', '<c8'), 'latin1'),
    'holds values of type "<c8", expected one of <f4',
  ],
  [
    'another byte order',
    Buffer.from(numpyFile('float64 scalar').toString('latin1').replace('<f8', '>f8'), 'latin1'),
    'holds values of type ">f8"',
  ],
  [
    'columns first',
    Buffer.from(
      numpyFile('float64 array').toString('latin1').replace("'fortran_order': False", "'fortran_order': True "),
      'latin1',
    ),
    'is in Fortran order, expected C order',
  ],
  [
    'data cut short',
    numpyFile('float64 array').subarray(0, -1),
    'is cut short: holds 47 bytes of values, expected 48 for [',
  ],
])('refuses %s', async (_, bytes, message) => {
  await withFiles({ 'a.npy': bytes }, async (folder) => {
    await expect(readNpyNumbers(join(folder, 'a.npy'))).rejects.toThrow(`${join(folder, 'a.npy')}: ${message}`);
  });
});

function numpyFile(name: string): Buffer {
  return Buffer.from(files[`${name}, version 1`]!.base64, 'base64');
}
