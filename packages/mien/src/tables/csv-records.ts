/**
 * CSV as records of fields that are byte ranges, so that a parser may read numbers straight from the bytes and no text
 * is made of what nobody reads. RFC 4180, and what programs write beyond it: lines end with LF, CRLF or CR, spaces
 * around fields do not count, a quote within an unquoted field is a character like others. Why this is not a library:
 * docs/adr/0010.
 */
import { findSeparator, type Separator } from './separator.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;
/** Longer records are taken for a quote that is not closed, or for a file of another kind. */
const MAX_RECORD_BYTES = 1 << 22;
/**
 * Records up to this many bytes become one string that fields are cut from: faster, but a field then keeps the whole.
 */
const SHORT_RECORD_BYTES = 256;

/** One record, reused for the next one: copy what is kept. */
export class CsvRecord {
  /** Line that it begins in, from 1. */
  line = 0;
  /** Number of fields. */
  count = 0;
  bytes: Buffer = Buffer.alloc(0);
  starts = new Int32Array(16);
  ends = new Int32Array(16);
  /** Whether field i has doubled quotes inside. */
  escaped = new Uint8Array(16);
  /** All bytes are ASCII. */
  isAscii = true;
  #text: string | undefined;

  /** Field i as text; '' beyond the last. */
  text(i: number): string {
    if (i >= this.count) return '';
    const [start, end] = [this.starts[i]!, this.ends[i]!];
    if (end <= start) return '';
    if (this.escaped[i] === 1) return this.bytes.toString('utf8', start, end).replaceAll('""', '"');
    const [first, last] = [this.starts[0]!, this.ends[this.count - 1]!];
    if (!this.isAscii || last - first > SHORT_RECORD_BYTES) return this.bytes.toString('utf8', start, end);
    const text = (this.#text ??= this.bytes.toString('latin1', first, last));
    return text.slice(start - first, end - first);
  }

  /** Whether every field is empty, as in a blank line or `,,,`. */
  isBlank(): boolean {
    for (let i = 0; i < this.count; i++) if (this.ends[i]! > this.starts[i]!) return false;
    return true;
  }

  /** Starts over with another record. */
  reset(bytes: Buffer, line: number): void {
    this.bytes = bytes;
    this.line = line;
    this.count = 0;
    this.isAscii = true;
    this.#text = undefined;
  }

  add(start: number, end: number, escaped: boolean): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.escaped[this.count] = Number(escaped);
    this.count++;
  }

  #grow(): void {
    const [starts, ends, escaped] = [
      new Int32Array(this.count * 2),
      new Int32Array(this.count * 2),
      new Uint8Array(this.count * 2),
    ];
    starts.set(this.starts);
    ends.set(this.ends);
    escaped.set(this.escaped);
    [this.starts, this.ends, this.escaped] = [starts, ends, escaped];
  }
}

export interface CsvHandler {
  record(record: CsvRecord): void;
  /** Called in place of a record whose quotes are broken; reading goes on with the next line. */
  onProblem(line: number, reason: string): void;
  /** Called where reading cannot go on; throws. */
  fatal(line: number, reason: string): never;
}

/** Cuts chunks of UTF-8 into records. */
export class CsvReader {
  readonly #handler: CsvHandler;
  readonly #record = new CsvRecord();
  readonly #separators: readonly Separator[] | undefined;
  #separator: number | undefined;
  #carried: Buffer = Buffer.alloc(0);
  #line = 1;
  /**
   * Bytes from which on it is worth to read a record that was not complete again: so that a long one is not read again
   * for every chunk.
   */
  #worthReading = 0;

  /** @param separators what may stand between fields: the first line tells which does */
  constructor(handler: CsvHandler, separators?: readonly Separator[]) {
    this.#handler = handler;
    this.#separators = separators;
  }

  /** The line that the next chunk begins in. */
  get line(): number {
    let line = this.#line;
    for (let at = this.#carried.indexOf(LINE_FEED); at >= 0; at = this.#carried.indexOf(LINE_FEED, at + 1)) line++;
    return line;
  }

  push(chunk: Buffer): void {
    this.#read(this.#carried.length > 0 ? Buffer.concat([this.#carried, chunk]) : chunk, false);
  }

  end(): void {
    this.#read(this.#carried, true);
  }

  #read(bytes: Buffer, isLast: boolean): void {
    let at = 0;
    if (bytes.length < this.#worthReading && !isLast) {
      this.#carried = bytes;
      return;
    }
    if (this.#separator === undefined) {
      const found = findSeparator(bytes, isLast, this.#separators);
      if (found === undefined) {
        this.#carried = bytes;
        return;
      }
      this.#separator = found.separator.charCodeAt(0);
      at = found.start;
      this.#line += found.lines;
    }
    while (at < bytes.length) {
      const next = this.#readRecord(bytes, at, isLast);
      if (next < 0) break;
      at = next;
    }
    this.#carried = bytes.subarray(at);
    this.#worthReading = Math.min(2 * this.#carried.length, MAX_RECORD_BYTES + 1);
  }

  /**
   * Reads the record that begins at `from`.
   * @param isLast no more bytes will come   @returns where the next one begins; −1 when the record is not complete yet
   */
  #readRecord(bytes: Buffer, from: number, isLast: boolean): number {
    const record = this.#record;
    const separator = this.#separator!;
    const length = bytes.length;
    record.reset(bytes, this.#line);
    let lines = 0; // line ends within quotes
    let or = 0;
    let at = from;
    for (;;) {
      while (at < length && (bytes[at] === SPACE || (bytes[at] === TAB && separator !== TAB))) at++;
      if (bytes[at] === QUOTE && at < length) {
        const start = ++at;
        let escaped = false;
        for (; at < length; at++) {
          const byte = bytes[at]!;
          or |= byte;
          if (byte === QUOTE) {
            if (bytes[at + 1] !== QUOTE || at + 1 >= length) break;
            escaped = true;
            at++;
          } else if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && bytes[at + 1] !== LINE_FEED)) lines++;
        }
        if (at >= length || (at + 1 === length && !isLast)) {
          if (isLast || length - from > MAX_RECORD_BYTES)
            return this.#broken(bytes, from, 'a quoted field is not closed');
          return -1;
        }
        record.add(...trimmed(bytes, start, at), escaped);
        at++;
        while (at < length && (bytes[at] === SPACE || (bytes[at] === TAB && separator !== TAB))) at++;
        const byte = bytes[at];
        if (at < length && byte !== separator && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
          return this.#broken(bytes, from, 'there is text after the closing quote');
        }
      } else {
        const start = at;
        for (; at < length; at++) {
          const byte = bytes[at]!;
          if (byte === separator || byte === LINE_FEED || byte === CARRIAGE_RETURN) break;
          or |= byte;
        }
        let end = at;
        while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end--;
        record.add(start, end, false);
      }
      if (at < length && bytes[at] === separator) {
        at++;
        continue;
      }
      if (!isLast && (at >= length || (bytes[at] === CARRIAGE_RETURN && at + 1 >= length))) {
        if (length - from > MAX_RECORD_BYTES)
          this.#handler.fatal(this.#line, `line longer than ${MAX_RECORD_BYTES >> 20} MiB: not a table of this kind`);
        return -1;
      }
      record.isAscii = or < 0x80;
      this.#line += lines + 1;
      this.#handler.record(record);
      return at >= length ? length : bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
    }
  }

  /** Reports a record, and goes on after its first line. */
  #broken(bytes: Buffer, from: number, reason: string): number {
    this.#handler.onProblem(this.#line, `broken quotes: ${reason}`);
    this.#line++;
    let at = from;
    while (at < bytes.length && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) at++;
    return Math.min(bytes.length, bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? at + 2 : at + 1);
  }
}

/** A range without the spaces at its ends. */
function trimmed(bytes: Uint8Array, start: number, end: number): [number, number] {
  let [from, to] = [start, end];
  while (from < to && bytes[from]! <= SPACE) from++;
  while (to > from && bytes[to - 1]! <= SPACE) to--;
  return [from, to];
}
