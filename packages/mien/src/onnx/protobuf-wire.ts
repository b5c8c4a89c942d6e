/**
 * The protobuf wire format: tagged fields of four kinds
 * (https://protobuf.dev/programming-guides/encoding/). Nothing here knows ONNX.
 */
import { MienError } from '../errors.ts';

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** An integral number as int64; ±infinity and numbers beyond the range become its ends. */
export function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return INT64_MAX;
  if (value <= -(2 ** 63)) return INT64_MIN;
  return BigInt(value);
}

const ENCODER = new TextEncoder();
/** Varints of one byte, which most are: tags, kinds, short lengths. */
const SHORT_VARINTS = Array.from({ length: 0x80 }, (_, v) => Uint8Array.of(v));

/** Appends fields; nested messages are written by a callback and share no buffer until `finish`. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  int(field: number, value: number | bigint): this {
    this.#tag(field, WIRE.varint);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    const chunk = new Uint8Array(4);
    new DataView(chunk.buffer).setFloat32(0, value, true);
    this.#tag(field, WIRE.fixed32);
    this.#push(chunk);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE.bytes);
    this.#varint(value.length);
    this.#push(value);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, ENCODER.encode(value));
  }

  message(field: number, write: (inner: WireWriter) => void): this {
    const inner = new WireWriter();
    write(inner);
    this.#tag(field, WIRE.bytes);
    this.#varint(inner.#length);
    for (const chunk of inner.#chunks) this.#push(chunk);
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }

  #push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  #tag(field: number, wire: number): void {
    this.#varint((field << 3) | wire);
  }

  #varint(value: number | bigint): void {
    const short = typeof value === 'number' ? SHORT_VARINTS[value] : undefined;
    if (short) return this.#push(short);
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, typeof value === 'bigint' ? value : toInt64(value));
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#push(Uint8Array.from(bytes));
  }
}

/** One field of a message: its number, its wire type and where its payload starts. */
export class WireField {
  readonly number: number;
  readonly #wire: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(number: number, wire: number, bytes: Uint8Array, start: number, end: number) {
    this.number = number;
    this.#wire = wire;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  int64(): bigint {
    this.#expect(WIRE.varint);
    return readVarint(this.#bytes, this.#start).value;
  }

  int(): number {
    return Number(this.int64());
  }

  float(): number {
    this.#expect(WIRE.fixed32);
    return this.#view().getFloat32(0, true);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    this.#expect(WIRE.bytes);
    return this.#bytes.subarray(this.#start, this.#end);
  }

  string(): string {
    return new TextDecoder().decode(this.bytes());
  }

  fields(): Iterable<WireField> {
    return readFields(this.bytes());
  }

  /** The values of a repeated int64, whether packed or a single element of the unpacked form. */
  int64s(): bigint[] {
    if (this.#wire === WIRE.varint) return [this.int64()];
    const bytes = this.bytes();
    const values: bigint[] = [];
    for (let at = 0; at < bytes.length;) {
      const { value, next } = readVarint(bytes, at);
      values.push(value);
      at = next;
    }
    return values;
  }

  /** As `int64s`, for float. */
  floats(): number[] {
    if (this.#wire === WIRE.fixed32) return [this.float()];
    return this.#packed(4, (view, at) => view.getFloat32(at, true));
  }

  /** As `int64s`, for double. */
  doubles(): number[] {
    if (this.#wire === WIRE.fixed64) return [this.#view().getFloat64(0, true)];
    return this.#packed(8, (view, at) => view.getFloat64(at, true));
  }

  #packed(width: number, read: (view: DataView, at: number) => number): number[] {
    const length = this.bytes().length;
    if (length % width !== 0) throw new MienError(`field ${this.number} has ${length} bytes, no multiple of ${width}`);
    const view = this.#view();
    return Array.from({ length: length / width }, (_, i) => read(view, i * width));
  }

  #view(): DataView {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#start, this.#end - this.#start);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new MienError(`field ${this.number} has wire type ${this.#wire}, expected ${wire}`);
  }
}

/**
 * The fields of a message in the order of the file.
 * @throws {MienError} when a field is malformed or reaches past the end
 */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number < 1) throw new MienError(`field number ${number} at byte ${at}`);
    let start = tag.next;
    let end: number;
    if (wire === WIRE.varint) end = readVarint(bytes, start).next;
    else if (wire === WIRE.fixed64) end = start + 8;
    else if (wire === WIRE.fixed32) end = start + 4;
    else if (wire === WIRE.bytes) {
      const length = readVarint(bytes, start);
      start = length.next;
      end = start + Number(BigInt.asUintN(64, length.value));
    } else throw new MienError(`field ${number} has the unknown wire type ${wire}`);
    if (end > bytes.length) throw new MienError(`field ${number} reaches ${end - bytes.length} bytes past the end`);
    yield new WireField(number, wire, bytes, start, end);
    at = end;
  }
}

/** A varint as a signed 64-bit integer, and the index of the byte after it. */
function readVarint(bytes: Uint8Array, start: number): { value: bigint; next: number } {
  let small = 0; // the first 28 bits as a plain number: nearly every varint ends there
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new MienError('the data ends within a number');
    small |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value: BigInt(small), next: start + i + 1 };
  }
  let value = BigInt(small);
  for (let i = 4; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new MienError('the data ends within a number');
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asIntN(64, value), next: start + i + 1 };
  }
  throw new MienError(`a number at byte ${start} has more than 10 bytes`);
}
