/**
 * Whether the entropy-coded data of a baseline JPEG are whole, by reading the Huffman codes of every block without
 * turning them into pixels. libjpeg warns of the same faults, but libvips looks at its warnings before each strip of
 * rows and so never sees those of the last one: there, a file with bytes lost or changed in the middle runs out of
 * data, or has some left. Source: ITU-T T.81, annexes B, F.2 (Huffman decoding) and E.2 (restarts).
 */

/** Bytes that cameras leave before a marker: zeros or 0xFF as padding, however many, or a few of any kind. */
const STRAY_BYTES = 3;
/** Codes of up to so many bits are found by one look into a table. */
const LOOKUP_BITS = 10;

interface HuffmanTable {
  /** [2^LOOKUP_BITS] bits of the code · 256 + its symbol; 0 for longer codes. */
  readonly lookup: Uint16Array;
  /**
   * [17] by length of code: the largest code, and by how much a code is above its symbol's place. −1: none of this
   * length.
   */
  readonly largest: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** The tables of a block: of its DC coefficient and of its AC coefficients. */
interface BlockTables {
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

export type ScanCheck =
  | { readonly result: 'sound' }
  /** Not baseline (progressive, arithmetic, 12 bits), or so damaged before its data that a decoder will say so. */
  | { readonly result: 'unchecked' }
  /** `reason` after "is truncated or damaged". */
  | { readonly result: 'damaged'; readonly reason: string };

const UNCHECKED: ScanCheck = { result: 'unchecked' };

/** @param bytes a JPEG file */
export function checkJpegScans(bytes: Uint8Array): ScanCheck {
  const tables = new Map<number, HuffmanTable>();
  let frame: Frame | undefined;
  let interval = 0;
  let scans = 0;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff || bytes[at + 1] === 0 || isRestart(bytes[at + 1]!)) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) break;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return UNCHECKED;
    const segment = bytes.subarray(at + 4, end);
    at = end;
    if (marker === 0xc4) {
      if (!readTables(segment, tables)) return UNCHECKED;
    } else if (marker === 0xdd) interval = (segment[0]! << 8) | segment[1]!;
    else if (marker === 0xc0 || marker === 0xc1) frame = readFrame(segment);
    else if (marker >= 0xc2 && marker <= 0xcf && marker !== 0xc8) return UNCHECKED;
    else if (marker === 0xda) {
      const scan = frame && readScan(segment, frame, tables);
      if (!scan) return UNCHECKED;
      const result = new ScanReader(bytes, at).read(scan.blocks, scan.units, interval);
      if (typeof result === 'string') return { result: 'damaged', reason: result };
      at = result;
      scans++;
    }
  }
  return scans > 0 ? { result: 'sound' } : UNCHECKED;
}

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** DHT. @returns false when it is damaged */
function readTables(segment: Uint8Array, tables: Map<number, HuffmanTable>): boolean {
  for (let at = 0; at < segment.length;) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, n) => sum + n, 0);
    const symbols = segment.subarray(at + 17, at + 17 + total);
    if (counts.length < 16 || symbols.length < total || total > 256) return false;
    tables.set(segment[at]!, huffmanTable(counts, symbols));
    at += 17 + total;
  }
  return true;
}

function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const [largest, offset] = [new Int32Array(17).fill(-1), new Int32Array(17)];
  let [code, place] = [0, 0];
  for (let bits = 1; bits <= 16; bits++) {
    offset[bits] = code - place;
    for (let i = 0; i < counts[bits - 1]!; i++, code++, place++) {
      if (bits <= LOOKUP_BITS)
        lookup.fill((bits << 8) | symbols[place]!, code << (LOOKUP_BITS - bits), (code + 1) << (LOOKUP_BITS - bits));
      largest[bits] = code;
    }
    code <<= 1;
  }
  return { lookup, largest, offset, symbols };
}

/** SOF0 or SOF1. Undefined where samples are not of 8 bits, or the height stands elsewhere. */
function readFrame(segment: Uint8Array): Frame | undefined {
  const [precision, height, width, count] = [
    segment[0],
    (segment[1]! << 8) | segment[2]!,
    (segment[3]! << 8) | segment[4]!,
    segment[5]!,
  ];
  if (precision !== 8 || !(height > 0 && width > 0) || segment.length < 6 + 3 * count) return undefined;
  const components = Array.from({ length: count }, (_, i) => ({
    id: segment[6 + 3 * i]!,
    horizontal: segment[7 + 3 * i]! >> 4,
    vertical: segment[7 + 3 * i]! & 15,
  }));
  return components.every(({ horizontal, vertical }) => horizontal > 0 && vertical > 0)
    ? { width, height, components }
    : undefined;
}

/** SOS. @returns the tables of each block of a unit, and the number of units */
function readScan(
  segment: Uint8Array,
  { width, height, components }: Frame,
  tables: ReadonlyMap<number, HuffmanTable>,
): { blocks: BlockTables[]; units: number } | undefined {
  const count = segment[0]!;
  const [most, mostRows] = [
    Math.max(...components.map((c) => c.horizontal)),
    Math.max(...components.map((c) => c.vertical)),
  ];
  const blocks: BlockTables[] = [];
  let units = Math.ceil(width / (8 * most)) * Math.ceil(height / (8 * mostRows));
  for (let i = 0; i < count; i++) {
    const component = components.find(({ id }) => id === segment[1 + 2 * i]);
    const [dc, ac] = [tables.get(segment[2 + 2 * i]! >> 4), tables.get(16 | (segment[2 + 2 * i]! & 15))];
    if (!component || !dc || !ac) return undefined;
    const { horizontal, vertical } = component;
    // A component alone has a unit a block, and none beyond its own size.
    if (count === 1)
      units =
        Math.ceil(Math.ceil((width * horizontal) / most) / 8) *
        Math.ceil(Math.ceil((height * vertical) / mostRows) / 8);
    for (let b = 0; b < (count === 1 ? 1 : horizontal * vertical); b++) blocks.push({ dc, ac });
  }
  return { blocks, units };
}

class ScanReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** Bits that are read and not yet used are the lowest `#count` of these. */
  #bits = 0;
  #count = 0;
  /** How many of them stand for data that are not there. */
  #missing = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** @returns where the marker after the data stands, or what is wrong */
  read(blocks: readonly BlockTables[], units: number, interval: number): number | string {
    let restart = 0;
    for (let unit = 0; unit < units; unit++) {
      if (interval > 0 && unit > 0 && unit % interval === 0) {
        const problem = this.#leftOver() ?? this.#passRestart(restart++ % 8);
        if (problem !== undefined) return problem;
      }
      for (const { dc, ac } of blocks)
        if (!this.#passBlock(dc, ac)) return `its data are corrupt after ${shareOf(unit, units)} of the picture`;
      if (this.#count < this.#missing) return `its data end after ${shareOf(unit, units)} of the picture`;
    }
    return this.#leftOver() ?? this.#at;
  }

  /** @returns false at a code that the table does not have */
  #passBlock(dc: HuffmanTable, ac: HuffmanTable): boolean {
    const difference = this.#symbol(dc);
    if (difference < 0) return false;
    this.#skip(difference);
    for (let k = 1; k < 64; k++) {
      const symbol = this.#symbol(ac);
      if (symbol < 0) return false;
      const size = symbol & 15;
      if (size === 0 && symbol !== 0xf0) return true;
      k += symbol >> 4;
      this.#skip(size);
    }
    return true;
  }

  #symbol({ lookup, largest, offset, symbols }: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const found = lookup[(this.#bits >>> (this.#count - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)]!;
    if (found > 0) {
      this.#count -= found >> 8;
      return found & 255;
    }
    for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
      const code = (this.#bits >>> (this.#count - length)) & ((1 << length) - 1);
      if (code > largest[length]!) continue;
      this.#count -= length;
      return symbols[code - offset[length]!] ?? -1;
    }
    return -1;
  }

  #skip(bits: number): void {
    if (this.#count < bits) this.#fill();
    this.#count -= bits;
  }

  /** Reads on until there are more than 24 bits; at a marker, zeros stand for what is missing. */
  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 24) {
      const byte = this.#at < bytes.length ? bytes[this.#at]! : 0xff;
      const isData = byte !== 0xff || bytes[this.#at + 1] === 0;
      if (isData) this.#at += byte === 0xff ? 2 : 1;
      else this.#missing += 8;
      this.#bits = (this.#bits << 8) | (isData ? byte : 0);
      this.#count += 8;
    }
  }

  /** Passes over what is left before the next marker, and drops the bits read. @returns what is wrong with it */
  #leftOver(): string | undefined {
    const bytes = this.#bytes;
    const unread = Array.from(
      { length: Math.max(0, (this.#count - this.#missing) >> 3) },
      (_, i) => (this.#bits >>> (this.#missing + 8 * i)) & 255,
    );
    let [count, isPadding] = [unread.length, unread.every((byte) => byte === 0 || byte === 0xff)];
    while (
      this.#at + 1 < bytes.length &&
      (bytes[this.#at] !== 0xff || bytes[this.#at + 1] === 0 || bytes[this.#at + 1] === 0xff)
    ) {
      const byte = bytes[this.#at]!;
      isPadding &&= byte === 0 || byte === 0xff;
      if (!(byte === 0xff && bytes[this.#at + 1] === 0xff)) count++;
      this.#at += byte === 0xff && bytes[this.#at + 1] === 0 ? 2 : 1;
    }
    [this.#bits, this.#count, this.#missing] = [0, 0, 0];
    return count > STRAY_BYTES && !isPadding ? `${count} bytes of its data are left over` : undefined;
  }

  #passRestart(expected: number): string | undefined {
    const marker = this.#bytes[this.#at + 1];
    this.#at += 2;
    return marker === 0xd0 + expected ? undefined : 'a part of its data is missing';
  }
}

const shareOf = (unit: number, units: number): string => `${Math.floor((100 * unit) / units)} %`;
