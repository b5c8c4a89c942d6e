/** The elements inside a variable of a MATLAB file (see mat.ts), read one after the other. */

/** mxDOUBLE … mxUINT32 */
const NUMERIC_CLASSES = { first: 6, last: 13 } as const;
const COMPLEX_FLAG = 0x0800;
const UINT8 = 2;

interface NumberType {
  readonly bytes: number;
  get(view: DataView, at: number, little: boolean): number;
}

/** By miINT8 … miDOUBLE, the format's codes. */
const NUMBER_TYPES: Readonly<Record<number, NumberType>> = {
  1: { bytes: 1, get: (view, at) => view.getInt8(at) },
  2: { bytes: 1, get: (view, at) => view.getUint8(at) },
  3: { bytes: 2, get: (view, at, little) => view.getInt16(at, little) },
  4: { bytes: 2, get: (view, at, little) => view.getUint16(at, little) },
  5: { bytes: 4, get: (view, at, little) => view.getInt32(at, little) },
  6: { bytes: 4, get: (view, at, little) => view.getUint32(at, little) },
  7: { bytes: 4, get: (view, at, little) => view.getFloat32(at, little) },
  9: { bytes: 8, get: (view, at, little) => view.getFloat64(at, little) },
};

/** Throws `RangeError` where the bytes end too soon. */
export class MatBytes {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, little: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  /** Type and length of the element that begins here; the reader then stands at its data. */
  tag(): { readonly type: number; readonly length: number } {
    const type = this.#uint32(this.#at);
    const length = this.#uint32(this.#at + 4);
    this.#at += 8;
    return { type, length };
  }

  /** What stands before an array's numbers. */
  arrayHeader(): { readonly name: string; readonly dims: readonly number[]; readonly numeric: boolean } {
    const flags = this.#uint32(this.#element().at);
    const dims = [...this.numbers()];
    const name = this.#element();
    const kind = flags & 0xff;
    return {
      name: String.fromCharCode(...this.#bytes.subarray(name.at, name.at + name.length)),
      dims,
      numeric: kind >= NUMERIC_CLASSES.first && kind <= NUMERIC_CLASSES.last && (flags & COMPLEX_FLAG) === 0,
    };
  }

  /** The numbers of the element that begins here; MATLAB stores them in the smallest type that holds them all. */
  numbers(): Uint8Array | Float64Array {
    const { type, at, length } = this.#element();
    const stored = NUMBER_TYPES[type];
    if (!stored) throw new RangeError(`numbers of type ${type}`);
    if (at + length > this.#bytes.length)
      throw new RangeError(`numbers end after ${this.#bytes.length - at} of ${length} bytes`);
    if (type === UINT8) return this.#bytes.subarray(at, at + length);
    return Float64Array.from({ length: length / stored.bytes }, (_, i) =>
      stored.get(this.#view, at + i * stored.bytes, this.#little),
    );
  }

  /** Passes over an element; up to four bytes stand in the tag itself, with their length in its upper half. */
  #element(): { readonly type: number; readonly at: number; readonly length: number } {
    const word = this.#uint32(this.#at);
    const short = word >>> 16;
    if (short > 0) {
      const at = this.#at + 4;
      this.#at += 8;
      return { type: word & 0xffff, at, length: short };
    }
    const { type, length } = this.tag();
    const at = this.#at;
    this.#at += Math.ceil(length / 8) * 8;
    return { type, at, length };
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }
}
