/**
 * NumPy's NPY files of numbers, and of numbers written as text (dtype `<U`), as AffectNet's second release has them.
 * Source: the NPY format, versions 1 and 2 (numpy.lib.format).
 */
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors.ts';

const MAGIC = '\u0093NUMPY';

type Read = (view: DataView, at: number) => number;
const READERS: Readonly<Record<string, { readonly bytes: number; readonly read: Read }>> = {
  '<f8': { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  '<f4': { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  '<i8': { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '<i4': { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  '|u1': { bytes: 1, read: (view, at) => view.getUint8(at) },
  '|i1': { bytes: 1, read: (view, at) => view.getInt8(at) },
};

/**
 * The elements of an array of any shape, in the order of the file. Text becomes its number, NaN where it is none.
 * @throws {InputError} when the file cannot be read, is no NPY file, is cut short, or has another dtype
 */
export async function readNpy(file: string): Promise<number[]> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(file, cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code})`, { cause });
  });
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== MAGIC) throw new InputError(file, 'is no NPY file');
  const wide = bytes[6]! > 1;
  const start = wide ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', wide ? 12 : 10, start);
  const dtype = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? 'unknown';
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]?.split(',').filter((size) => size.trim() !== '').map(Number);
  const text = /^<U(\d+)$/.exec(dtype);
  const reader = text ? textReader(Number(text[1])) : READERS[dtype];
  if (reader === undefined || sizes === undefined) throw new InputError(file, `has dtype ${dtype}, expected numbers`);
  if (sizes.length > 1 && /'fortran_order':\s*True/.test(header)) throw new InputError(file, 'has its columns first, expected rows first');
  const count = sizes.reduce((product, size) => product * size, 1);
  if (bytes.length < start + count * reader.bytes) throw new InputError(file, `is cut short: ${count} elements of ${dtype} need ${count * reader.bytes} bytes, it has ${bytes.length - start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  return Array.from({ length: count }, (_, i) => reader.read(view, i * reader.bytes));
}

/** Characters of 4 bytes each, filled up with zeros. */
function textReader(length: number): { bytes: number; read: Read } {
  return {
    bytes: 4 * length,
    read(view, at) {
      const codes = Array.from({ length }, (_, i) => view.getUint32(at + 4 * i, true)).filter((code) => code > 0);
      return codes.length === 0 ? NaN : Number(String.fromCodePoint(...codes));
    },
  };
}
