/** NPY against the bytes of the format's definition, and against NumPy where it is installed. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { float32, toNumbers } from '../tensor/index.ts';
import { NpyWriter, readNpy } from './npy.ts';

const PYTHON = process.env['PYTHON'] ?? '/usr/bin/python3';
const python = (code: string, ...args: string[]): Promise<string> =>
  promisify(execFile)(PYTHON, ['-c', code, ...args]).then(({ stdout }) => stdout);
const hasNumpy = await python('import numpy').then(
  () => true,
  () => false,
);

const VALUES = Float32Array.of(1, -2.5, 3e-40, 0.1, 5, 1e30);
const TEXT = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";

async function written(folder: string): Promise<string> {
  const path = join(folder, 'x.npy');
  const writer = await NpyWriter.create(path, [3, 2]);
  await writer.write(VALUES.subarray(0, 4));
  await writer.write(VALUES.subarray(4));
  await writer.close();
  return path;
}

test('has the bytes that the format prescribes, and is read again', async () => {
  await withFiles({}, async (folder) => {
    const path = await written(folder);
    const bytes = await readFile(path);
    expect(bytes.subarray(0, 10)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]));
    expect(bytes.toString('latin1', 10, 128)).toBe(`${TEXT.padEnd(117)}\n`);
    expect(bytes).toHaveLength(128 + 24);
    expect(bytes.readFloatLE(128 + 4)).toBe(-2.5);
    expect(await readNpy(path)).toEqual(float32([3, 2], VALUES));
  });
});

test.skipIf(!hasNumpy)('NumPy reads what we write (needs python3-numpy)', async () => {
  await withFiles({}, async (folder) => {
    const path = await written(folder);
    const read = JSON.parse(
      await python(
        'import json,sys,numpy as n; x=n.load(sys.argv[1]); print(json.dumps([str(x.dtype), x.shape, x.flags["C_CONTIGUOUS"], x.ravel().tolist()]))',
        path,
      ),
    ) as unknown;
    expect(read).toEqual(['float32', [3, 2], true, [...VALUES]]);
  });
});

test.skipIf(!hasNumpy)('we read what NumPy writes (needs python3-numpy)', async () => {
  await withFiles({}, async (folder) => {
    await python(
      "import sys,numpy as n; [n.save(f'{sys.argv[1]}/{t}', n.arange(3, dtype=t)) for t in ('float32','float64','int32','int64','uint8')]",
      folder,
    );
    for (const dtype of ['float32', 'float64', 'int32', 'int64', 'uint8']) {
      const read = await readNpy(join(folder, `${dtype}.npy`));
      expect([read.dtype, read.dims, toNumbers(read)]).toEqual([dtype, [3], [0, 1, 2]]);
    }
  });
});

describe('refuses, naming the file', () => {
  const npy = (text: string, data: number, version = 1): Buffer => {
    const header = Buffer.from(`${text}\n`);
    return Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, header.length, 0]),
      header,
      Buffer.alloc(data),
    ]);
  };
  test.each([
    ['what is not an NPY file', Buffer.from('a text file, long enough'), 'is not an NPY file'],
    ['an empty file', Buffer.alloc(0), 'is not an NPY file'],
    ['another version', npy(TEXT, 24, 4), 'version 4, expected 1 to 3'],
    ['Fortran order', npy(TEXT.replace('False', 'True'), 24), 'Fortran order'],
    ['text', npy(TEXT.replace('<f4', '<U3'), 24), 'values of type "<U3"'],
    ['a file cut off', npy(TEXT, 20), '20 bytes of values, expected 24 for [3,2]'],
    ['a damaged header', npy('{}', 4), 'header cannot be read'],
  ])('%s', async (_, content, message) => {
    await withFiles({ 'a.npy': content }, async (folder) => {
      const path = join(folder, 'a.npy');
      const error = await readNpy(path).catch((e: unknown) => e as Error);
      expect(String(error)).toContain(`${path}: `);
      expect(String(error)).toContain(message);
    });
  });

  test('fewer values than the header says', async () => {
    await withFiles({}, async (folder) => {
      const writer = await NpyWriter.create(join(folder, 'x.npy'), [2, 2]);
      await writer.write(Float32Array.of(1, 2));
      await expect(writer.close()).rejects.toThrow('expected 4 values, got 2');
      await expect(readNpy(join(folder, 'absent.npy'))).rejects.toThrow('absent.npy');
      expect(await readdir(folder)).toEqual([]);
      await expect(NpyWriter.create(folder, [1, 1])).rejects.toThrow('it is a folder');
    });
  });
});
