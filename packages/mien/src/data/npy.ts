/**
 * NPY, NumPy's file of one array, version 1.0: magic, header length (2 bytes, little-endian), a Python dictionary, the values in C order.
 * Source: numpy.lib.format.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { InputError, MienError } from '../errors.ts';
import { readFailure } from '../image/decode-node.ts';
import { writeFailure } from '../image/encode-node.ts';
import { allocate, sizeOf, tensor, type DType, type Tensor } from '../tensor/index.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The values start at a multiple of this. */
const ALIGNMENT = 64;
const DESCRIPTIONS: Partial<Record<DType, string>> = { float32: '<f4', float64: '<f8', int32: '<i4', int64: '<i8', uint8: '|u1', int8: '|i1', bool: '|b1' };

function header(dtype: DType, dims: readonly number[]): Uint8Array {
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  return Uint8Array.from([...MAGIC, 1, 0, length & 255, length >> 8, ...new TextEncoder().encode(`${text.padEnd(length - 1)}\n`)]);
}

/** An NPY file of float32 [N,D] that is written row after row. */
export class NpyWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #size: number;
  #written = 0;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** @throws {InputError} when the file cannot be written */
  static async create(path: string, dims: readonly [N: number, D: number]): Promise<NpyWriter> {
    try {
      const file = await open(path, 'w');
      await file.writeFile(header('float32', dims));
      return new NpyWriter(path, file, sizeOf(dims));
    } catch (cause) {
      throw new InputError(path, writeFailure(cause), { cause });
    }
  }

  /** @param values the next ones, in row-major order   @throws {InputError} when the file cannot be written */
  async write(values: Float32Array): Promise<void> {
    this.#written += values.length;
    await this.#file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).catch((cause: unknown) => {
      throw new InputError(this.#path, writeFailure(cause), { cause });
    });
  }

  /** @throws {MienError} when fewer or more values were written than the header says */
  async close(): Promise<void> {
    await this.#file.close();
    if (this.#written !== this.#size) throw new MienError(`${this.#path}: expected ${this.#size} values, got ${this.#written}`);
  }
}

/**
 * Reads an NPY file of numbers whole.
 * @throws {InputError} when it cannot be read, is damaged, of another version, in Fortran order, or of another type
 */
export async function readNpy(path: string): Promise<Tensor> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InputError(path, readFailure(cause), { cause });
  });
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new InputError(path, 'is no NPY file');
  if (bytes[6] !== 1) throw new InputError(path, `is an NPY file of version ${bytes[6]}, expected 1`);
  const start = 10 + bytes.readUInt16LE(8);
  const text = bytes.toString('latin1', 10, start);
  const found = /'descr': *'([^']+)', *'fortran_order': *(True|False), *'shape': *\(([\d, ]*)\)/.exec(text);
  if (!found) throw new InputError(path, 'its NPY header cannot be read');
  const [, description, order, shape] = found;
  const dtype = (Object.keys(DESCRIPTIONS) as DType[]).find((name) => DESCRIPTIONS[name] === description);
  if (!dtype) throw new InputError(path, `holds values of type "${description}", expected one of ${Object.values(DESCRIPTIONS).join(', ')}`);
  if (order === 'True') throw new InputError(path, 'is in Fortran order, expected C order');
  const dims = shape!.split(',').filter((d) => d.trim() !== '').map(Number);
  const data = allocate(dtype, sizeOf(dims));
  if (bytes.length - start !== data.byteLength) throw new InputError(path, `holds ${bytes.length - start} bytes of values, expected ${data.byteLength} for [${dims.join(',')}]`);
  new Uint8Array(data.buffer).set(bytes.subarray(start));
  return tensor(dtype, dims, data);
}
