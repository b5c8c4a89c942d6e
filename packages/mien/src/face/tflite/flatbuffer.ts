/**
 * A bounds-checked reader for FlatBuffers (https://flatbuffers.dev/internals/), as much as TFLite files need.
 * A table starts with a signed offset back to its vtable; the vtable lists, per field, the field's offset in the
 * table, 0 where the field is absent and its default holds. Everything is little-endian.
 */
import { MienError } from '../../errors.ts';

/** A file that is damaged, or no FlatBuffer of the expected kind. */
function damaged(label: string, reason: string): MienError {
  return new MienError(`${label}: is not a readable TFLite model (${reason})`);
}

/** Random access to the bytes of one FlatBuffer; every read is checked against the end of the file. */
export class FlatBuffer {
  readonly bytes: Uint8Array;
  readonly label: string;
  readonly #view: DataView;

  /** @param label names the file in errors */
  constructor(bytes: Uint8Array, label: string) {
    this.bytes = bytes;
    this.label = label;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * The root table.
   * @param identifier the four characters that must stand at byte 4
   * @throws {MienError} when they do not
   */
  root(identifier: string): Table {
    if (this.bytes.length < 8) throw damaged(this.label, `${this.bytes.length} bytes are too few`);
    const found = String.fromCharCode(...this.bytes.subarray(4, 8));
    if (found !== identifier)
      throw damaged(this.label, `expected the identifier "${identifier}" at byte 4, got ${JSON.stringify(found)}`);
    return new Table(this, this.uint32(0));
  }

  uint8(at: number): number {
    return this.#view.getUint8(this.#checked(at, 1));
  }
  int8(at: number): number {
    return this.#view.getInt8(this.#checked(at, 1));
  }
  uint16(at: number): number {
    return this.#view.getUint16(this.#checked(at, 2), true);
  }
  int32(at: number): number {
    return this.#view.getInt32(this.#checked(at, 4), true);
  }
  uint32(at: number): number {
    return this.#view.getUint32(this.#checked(at, 4), true);
  }
  slice(at: number, length: number): Uint8Array {
    return this.bytes.subarray(this.#checked(at, length), at + length);
  }

  #checked(at: number, length: number): number {
    if (at < 0 || at + length > this.bytes.length) {
      throw damaged(this.label, `needs ${length} bytes at ${at} of a file of ${this.bytes.length}`);
    }
    return at;
  }
}

/** One table. Fields are numbered in the order of the schema, from 0. */
export class Table {
  readonly #file: FlatBuffer;
  readonly #at: number;
  readonly #vtable: number;
  readonly #fieldCount: number;

  constructor(file: FlatBuffer, at: number) {
    this.#file = file;
    this.#at = at;
    this.#vtable = at - file.int32(at);
    this.#fieldCount = (file.uint16(this.#vtable) - 4) >> 1;
  }

  int8(field: number, otherwise: number): number {
    const at = this.#field(field);
    return at === undefined ? otherwise : this.#file.int8(at);
  }
  uint8(field: number, otherwise: number): number {
    const at = this.#field(field);
    return at === undefined ? otherwise : this.#file.uint8(at);
  }
  int32(field: number, otherwise: number): number {
    const at = this.#field(field);
    return at === undefined ? otherwise : this.#file.int32(at);
  }
  string(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }
  /** The bytes of a vector of bytes; empty when absent. */
  bytes(field: number): Uint8Array {
    const vector = this.#vector(field);
    return vector ? this.#file.slice(vector.at, vector.length) : new Uint8Array(0);
  }
  int32s(field: number): number[] {
    const vector = this.#vector(field);
    if (!vector) return [];
    this.#file.slice(vector.at, 4 * vector.length);
    return Array.from({ length: vector.length }, (_, i) => this.#file.int32(vector.at + 4 * i));
  }
  table(field: number): Table | undefined {
    const at = this.#field(field);
    return at === undefined ? undefined : new Table(this.#file, at + this.#file.uint32(at));
  }
  tables(field: number): Table[] {
    const vector = this.#vector(field);
    if (!vector) return [];
    this.#file.slice(vector.at, 4 * vector.length);
    return Array.from({ length: vector.length }, (_, i) => {
      const at = vector.at + 4 * i;
      return new Table(this.#file, at + this.#file.uint32(at));
    });
  }

  #field(field: number): number | undefined {
    if (field >= this.#fieldCount) return undefined;
    const offset = this.#file.uint16(this.#vtable + 4 + 2 * field);
    return offset === 0 ? undefined : this.#at + offset;
  }
  #vector(field: number): { at: number; length: number } | undefined {
    const at = this.#field(field);
    if (at === undefined) return undefined;
    const start = at + this.#file.uint32(at);
    return { at: start + 4, length: this.#file.uint32(start) };
  }
}
