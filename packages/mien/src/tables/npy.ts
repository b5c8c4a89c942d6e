/**
 * NPY, NumPy's file of one array: magic, version, header length (2 bytes, little-endian; 4 from version 2 on), a Python
 * dictionary, the values in C order. Written in version 1.0.
 * Source: numpy.lib.format.
 */
import { InputError, MienError } from '../errors.ts';
import { readWhole, WholeFile } from '../files/index.ts';
import { allocate, sizeOf, tensor, toNumbers, type DType, type Tensor } from '../tensor/index.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The values start at a multiple of this. */
const ALIGNMENT = 64;
const DESCRIPTIONS: Partial<Record<DType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  int8: '|i1',
  bool: '|b1',
};

function header(dtype: DType, dims: readonly number[]): Uint8Array {
  const shape = `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  return Uint8Array.from([
    ...MAGIC,
    1,
    0,
    length & 255,
    length >> 8,
    ...new TextEncoder().encode(`${text.padEnd(length - 1)}\n`),
  ]);
}

/** An NPY file of float32 that is written piece after piece; it appears whole, when it is closed. */
export class NpyWriter {
  readonly #path: string;
  readonly #file: WholeFile;
  readonly #size: number;
  #written = 0;

  private constructor(path: string, file: WholeFile, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** @throws {InputError} when the file cannot be written */
  static async create(path: string, dims: readonly number[]): Promise<NpyWriter> {
    const file = await WholeFile.create(path);
    await file.write(header('float32', dims));
    return new NpyWriter(path, file, sizeOf(dims));
  }

  /** @param values the next ones, in row-major order   @throws {InputError} when the file cannot be written */
  async write(values: Float32Array): Promise<void> {
    this.#written += values.length;
    await this.#file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** @throws {MienError} when fewer or more values were written than the header says: there is no file then */
  async close(): Promise<void> {
    if (this.#written === this.#size) return this.#file.close();
    await this.#file.abort();
    throw new MienError(`${this.#path}: expected ${this.#size} values, got ${this.#written}`);
  }

  /** Leaves no file behind. */
  abort(): Promise<void> {
    return this.#file.abort();
  }
}

/** A file's array as it stands there. */
export interface NpyArray {
  /** NumPy's type, such as `<f4`. */
  readonly description: string;
  readonly dims: readonly number[];
  readonly values: Uint8Array;
}

/** @throws {InputError} when it cannot be read, is not an NPY file of version 1 to 3, or in Fortran order */
export async function readNpyArray(path: string): Promise<NpyArray> {
  const bytes = await readWhole(path);
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw new InputError(path, 'is not an NPY file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw new InputError(path, `is an NPY file of version ${version}, expected 1 to 3`);
  const start = version === 1 ? 10 + bytes.readUInt16LE(8) : 12 + bytes.readUInt32LE(8);
  const found = /'descr': *'([^']+)', *'fortran_order': *(True|False) *, *'shape': *\(([\d, ]*)\)/.exec(
    bytes.toString('latin1', 10, start),
  );
  if (!found) throw new InputError(path, 'its NPY header cannot be read');
  const [, description, order, shape] = found as unknown as [string, string, string, string];
  const dims = shape
    .split(',')
    .filter((d) => d.trim() !== '')
    .map(Number);
  if (order === 'True' && dims.length > 1) throw new InputError(path, 'is in Fortran order, expected C order');
  return { description, dims, values: bytes.subarray(start) };
}

/**
 * Reads an NPY file of numbers whole.
 * @throws {InputError} as `readNpyArray`, and when it is cut short or of another type
 */
export async function readNpy(path: string): Promise<Tensor> {
  const { description, dims, values } = await readNpyArray(path);
  const dtype = (Object.keys(DESCRIPTIONS) as DType[]).find((name) => DESCRIPTIONS[name] === description);
  if (!dtype)
    throw new InputError(
      path,
      `holds values of type "${description}", expected one of ${Object.values(DESCRIPTIONS).join(', ')}`,
    );
  const data = allocate(dtype, sizeOf(dims));
  checkSize(path, dims, values, data.byteLength);
  new Uint8Array(data.buffer).set(values);
  return tensor(dtype, dims, data);
}

/**
 * The numbers of an NPY file, also where they are written as text (`<U`), as in AffectNet's second release: NaN for
 * what is none.
 * @throws {InputError} as `readNpy`
 */
export async function readNpyNumbers(path: string): Promise<number[]> {
  const { description, dims, values } = await readNpyArray(path);
  const text = /^<U(\d+)$/.exec(description);
  if (!text) return toNumbers(await readNpy(path));
  // characters of 4 bytes each, filled up with zeros
  const bytes = 4 * Number(text[1]);
  const count = sizeOf(dims);
  checkSize(path, dims, values, count * bytes);
  const view = new DataView(values.buffer, values.byteOffset);
  return Array.from({ length: count }, (_, i) => {
    const codes = Array.from({ length: bytes / 4 }, (_, c) => view.getUint32(i * bytes + 4 * c, true)).filter(
      (code) => code > 0,
    );
    return codes.length === 0 ? NaN : Number(String.fromCodePoint(...codes));
  });
}

function checkSize(path: string, dims: readonly number[], { length }: Uint8Array, expected: number): void {
  if (length !== expected)
    throw new InputError(
      path,
      `${length < expected ? 'is cut short: ' : ''}holds ${length} bytes of values, expected ${expected} for [${dims.join(',')}]`,
    );
}
