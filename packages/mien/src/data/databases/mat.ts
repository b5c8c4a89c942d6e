/**
 * Arrays of numbers in MATLAB files of level 5 (`save -v6` and `-v7`), variable by variable: listing a file's variables
 * does not read what is in them. Text, cells, structures, sparse and complex arrays are listed but not read.
 * Source: MathWorks, "MAT-File Format", chapter 1. Arrays are column-major: the first index runs fastest.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, inflate, inflateSync } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { nativePath, readFailure } from '../../files/index.ts';
import { MatBytes } from './mat-bytes.ts';

export interface MatVariable {
  readonly name: string;
  readonly dims: readonly number[];
  /** @throws {InputError} when the array is damaged, or not one of real numbers */
  read(): Promise<MatArray>;
}

export interface MatArray {
  readonly dims: readonly number[];
  /** Length Π dims, column-major. Bytes stay bytes. */
  readonly data: Uint8Array | Float64Array;
}

/** Where a variable stands in the file, bytes. */
interface Element {
  readonly at: number;
  readonly length: number;
  readonly compressed: boolean;
}

const FILE_HEADER = 128;
const TAG = 8;
/** Enough for the tag, flags, dimensions and name that stand before an array's numbers, compressed or not. */
const PREFIX = 1024;
const MATRIX = 14;
const COMPRESSED = 15;
const inflateAll = promisify(inflate);

/**
 * The variables of a file by name.
 * @throws {InputError} when it is missing, cut short, damaged, or no such MATLAB file
 */
export async function openMat(file: string): Promise<ReadonlyMap<string, MatVariable>> {
  return withFile(file, async (handle) => {
    const { size } = await handle.stat();
    const little = checkFileHeader(await readBytes(handle, 0, Math.min(FILE_HEADER, size)));
    const variables = new Map<string, MatVariable>();
    for (let at = FILE_HEADER; at + TAG <= size;) {
      const { type, length } = new MatBytes(await readBytes(handle, at, TAG), little).tag();
      if (type !== MATRIX && type !== COMPRESSED)
        throw new Error(`is damaged: element of type ${type} at byte ${at}, expected ${MATRIX} or ${COMPRESSED}`);
      const element: Element = { at: at + TAG, length, compressed: type === COMPRESSED };
      if (element.at + length > size)
        throw new Error(`is cut short: ${size} bytes, expected ${element.at + length} or more`);
      const variable = asVariable(file, element, little, await readBytes(handle, element.at, Math.min(PREFIX, length)));
      variables.set(variable.name, variable);
      // Compressed elements alone are not padded to 8 bytes.
      at = element.at + (element.compressed ? length : Math.ceil(length / 8) * 8);
    }
    return variables;
  });
}

function asVariable(file: string, element: Element, little: boolean, prefix: Buffer): MatVariable {
  const start = element.compressed ? inflateSync(prefix, { finishFlush: constants.Z_SYNC_FLUSH }) : prefix;
  const bytes = new MatBytes(start, little);
  if (element.compressed) bytes.tag();
  const { name, dims } = bytes.arrayHeader();
  return {
    name,
    dims,
    read: () =>
      withFile(file, async (handle) => {
        const stored = await readBytes(handle, element.at, element.length);
        const body = new MatBytes(
          element.compressed ? await inflateAll(stored, { chunkSize: 1 << 22 }) : stored,
          little,
        );
        if (element.compressed) body.tag();
        const { numeric } = body.arrayHeader();
        if (!numeric) throw new Error(`variable "${name}" is not an array of real numbers`);
        const data = body.numbers();
        const count = dims.reduce((product, n) => product * n, 1);
        if (data.length !== count)
          throw new Error(
            `is damaged: variable "${name}" of ${dims.join('×')} has ${data.length} numbers, expected ${count}`,
          );
        return { dims, data };
      }),
  };
}

/** @returns whether numbers are stored with their lowest byte first */
function checkFileHeader(header: Buffer): boolean {
  const text = header.toString('latin1', 0, 20);
  if (text.startsWith('MATLAB 7.3'))
    throw new Error('is a MATLAB 7.3 (HDF5) file, which is not read: save it again with "-v7"');
  const order = header.toString('latin1', 126, 128);
  if (header.length < FILE_HEADER || (order !== 'IM' && order !== 'MI'))
    throw new Error('is not a MATLAB file of level 5 (saved with "-v6" or "-v7")');
  return order === 'IM';
}

/** Opens a file for `use`. Every error becomes one that names the file: what fails here fails because of its bytes. */
async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(nativePath(file)).catch((cause: unknown) => {
    throw new InputError(file, readFailure(cause), { cause });
  });
  try {
    return await use(handle);
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    const reason =
      error.code?.startsWith('Z_') || error instanceof RangeError ? `is damaged (${error.message})` : error.message;
    throw new InputError(file, reason, { cause });
  } finally {
    await handle.close();
  }
}

async function readBytes(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new Error(`is cut short after ${at + done} bytes`);
    done += bytesRead;
  }
  return bytes;
}
