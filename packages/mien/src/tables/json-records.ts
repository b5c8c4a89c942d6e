/**
 * JSON as records: an object a line (JSON lines), or the objects of one array, however they are laid out. Only one
 * object is held at a time.
 */
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
const MAX_RECORD_BYTES = 1 << 26;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonHandler {
  record(value: JsonObject, line: number): void;
  /** Called in place of a line, or of an element of the array, that is not an object. */
  onProblem(line: number, reason: string): void;
  /** Called where reading cannot go on; throws. */
  fatal(line: number, reason: string): never;
}

/** Cuts chunks of UTF-8 into objects. */
export class JsonReader {
  readonly #handler: JsonHandler;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Line of the next byte, and of the object that is being read. */
  #line = 1;
  #startLine = 1;
  #layout: 'lines' | 'array' | 'ended' | undefined;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #endsWithReturn = false;
  #afterComma = true;

  constructor(handler: JsonHandler) {
    this.#handler = handler;
  }

  /** The line that the next chunk begins in. */
  get line(): number {
    return this.#line;
  }

  push(chunk: Buffer): void {
    if (this.#layout === 'lines' && !chunk.includes(CARRIAGE_RETURN)) this.#pushLines(chunk);
    else this.#scanChunk(chunk);
    if (chunk.length > 0) this.#endsWithReturn = chunk.at(-1) === CARRIAGE_RETURN;
  }

  /** The usual case, by the search for line feeds that is native. */
  #pushLines(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#emit(chunk.subarray(start, end));
      start = end + 1;
      if (end > 0 || !this.#endsWithReturn) this.#line++;
      this.#startLine = this.#line;
    }
    this.#keep(chunk.subarray(start));
  }

  /** Any layout, byte by byte. */
  #scanChunk(chunk: Buffer): void {
    let start = 0; // of the part of the current object in this chunk
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#layout === undefined && byte > 32) {
        this.#layout = byte === OPEN_ARRAY ? 'array' : 'lines';
        this.#startLine = this.#line;
        if (this.#layout === 'array') {
          start = at + 1;
          continue;
        }
      }
      const isLineEnd =
        byte === CARRIAGE_RETURN ||
        (byte === LINE_FEED && !(at > 0 ? chunk[at - 1] === CARRIAGE_RETURN : this.#endsWithReturn));
      if (this.#layout === 'array') {
        const end = this.#scan(byte);
        if (end === 'opened') {
          start = at;
          this.#startLine = this.#line;
        } else if (end === 'closed') {
          this.#emit(chunk.subarray(start, at + 1));
          start = at + 1;
        }
      } else if (this.#layout === 'lines' && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) {
        this.#emit(chunk.subarray(start, at));
        start = at + 1;
        this.#startLine = this.#line + Number(isLineEnd);
      } else if (this.#layout === 'ended' && byte > 32) {
        this.#handler.fatal(this.#line, 'there is text after the end of the JSON array');
      }
      if (isLineEnd) this.#line++;
    }
    if (this.#layout === 'lines' || this.#depth > 0) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#layout === 'lines') this.#emit(Buffer.alloc(0));
    if (this.#layout === 'array')
      this.#handler.fatal(this.#line, 'the JSON array is not closed: the file is cut short');
  }

  /** Follows one byte of an array. @returns what begins or ends with it, of the array's elements */
  #scan(byte: number): 'opened' | 'closed' | undefined {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isInText = false;
      return undefined;
    }
    if (this.#depth === 0) return this.#scanBetween(byte);
    if (byte === QUOTE) this.#isInText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.#depth--;
      if (this.#depth === 0) return 'closed';
    }
    return undefined;
  }

  #scanBetween(byte: number): 'opened' | undefined {
    if (byte <= 32) return undefined;
    if (byte === OPEN_OBJECT && this.#afterComma) {
      this.#depth = 1;
      this.#afterComma = false;
      return 'opened';
    }
    if (byte === COMMA && !this.#afterComma) this.#afterComma = true;
    else if (byte === CLOSE_ARRAY) this.#layout = 'ended';
    else this.#handler.fatal(this.#line, `expected an array of JSON objects, got "${String.fromCharCode(byte)}"`);
    return undefined;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#pending.push(part);
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > MAX_RECORD_BYTES)
      this.#handler.fatal(this.#startLine, `a JSON object is longer than ${MAX_RECORD_BYTES >> 20} MiB`);
  }

  #emit(part: Buffer): void {
    const text = (this.#pending.length > 0 ? Buffer.concat([...this.#pending, part]) : part).toString('utf8');
    this.#pending = [];
    this.#pendingBytes = 0;
    if (text.trim() === '') return;
    const value = parseLenient(text);
    if (value === undefined) this.#handler.onProblem(this.#startLine, this.#notJson(text));
    else if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.#handler.onProblem(this.#startLine, 'expected a JSON object');
    else this.#handler.record(value as JsonObject, this.#startLine);
  }

  #notJson(text: string): string {
    if (this.#layout === 'lines' && text.trim() === '{')
      return 'is not JSON: expected an object a line, or an array of objects';
    return 'is not JSON';
  }
}

/**
 * JSON, and what Python writes beyond it: NaN and Infinity, which stand for a missing value. @returns undefined where
 * it is neither
 */
function parseLenient(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
  }
  try {
    return JSON.parse(text.replace(/([:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, '$1null'));
  } catch {
    return undefined;
  }
}
