/**
 * PNG files of every kind, with random pixels: what sharp does not write (few bits, interlaced, transparent colours)
 * included.
 */
import { crc32, deflateSync } from 'node:zlib';
import { Random } from 'mienjs/tensor';

export interface PngKind {
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly interlaced?: boolean;
  /** A tRNS chunk: alpha of the palette's entries, or the colour of the first pixel transparent. */
  readonly transparent?: boolean;
  readonly palette?: Uint8Array;
  /** In place of the compressed pixels. */
  readonly compressed?: Uint8Array;
  /** Further chunks before the pixels. */
  readonly chunks?: readonly (readonly [type: string, data: Uint8Array])[];
}

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
/** Left, top, step right, step down of the seven passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** @param seed of the pixels */
export function encodePng(width: number, height: number, kind: PngKind, seed: number): Uint8Array {
  const { colorType, depth, interlaced = false, transparent = false } = kind;
  const channels = CHANNELS[colorType];
  const random = new Random(seed, 'png');
  const entries = colorType === 3 ? 2 ** depth : 0;
  const palette = kind.palette ?? Uint8Array.from({ length: entries * 3 }, () => random.int(256));
  const samples = Array.from({ length: width * height * channels }, () => random.int(2 ** depth));
  const rows: number[] = [];
  let filter = 0;
  for (const [left, top, right, down] of interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)) {
    let above: number[] = [];
    for (let y = top; y < height; y += down) {
      const bits: string[] = [];
      for (let x = left; x < width; x += right) {
        for (let c = 0; c < channels; c++)
          bits.push(samples[(y * width + x) * channels + c]!.toString(2).padStart(depth, '0'));
      }
      const text = bits.join('');
      const row = Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
        parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
      );
      if (row.length === 0) continue;
      rows.push(filter, ...filtered(filter, row, above, Math.max(1, (channels * depth) / 8)));
      filter = (filter + 1) % 5;
      above = row;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
  const first = samples.slice(0, channels).flatMap((value) => [value >> 8, value & 255]);
  const compressed = kind.compressed ?? deflateSync(Uint8Array.from(rows));
  const half = compressed.length >> 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(kind.chunks ?? []).map(([type, data]) => chunk(type, data)),
    ...(palette.length > 0 ? [chunk('PLTE', palette)] : []),
    ...(transparent
      ? [
          chunk(
            'tRNS',
            Uint8Array.from(
              colorType === 3 ? Array.from({ length: Math.ceil(entries / 2) }, () => random.int(256)) : first,
            ),
          ),
        ]
      : []),
    chunk('IDAT', compressed.subarray(0, half)),
    chunk('IDAT', compressed.subarray(half)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** The row as differences from what the filter predicts from its left and upper neighbours. */
function filtered(filter: number, row: readonly number[], above: readonly number[], pixelBytes: number): number[] {
  return row.map((value, i) => {
    const [a, b, c] = [row[i - pixelBytes] ?? 0, above[i] ?? 0, i < pixelBytes ? 0 : (above[i - pixelBytes] ?? 0)];
    const p = a + b - c;
    const nearest = [a, b, c].sort((u, v) => Math.abs(p - u) - Math.abs(p - v))[0]!;
    const prediction = [0, a, b, (a + b) >> 1, nearest][filter]!;
    return (value - prediction) & 255;
  });
}
