/** Netpbm files against the bytes that their manual pages describe. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage, withDecoding, type DecodeNote } from './node.ts';

const file = (...parts: (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const pixels = async (bytes: Uint8Array): Promise<number[]> => [...(await decodeImage(bytes)).data];
const gray = (...values: number[]): number[] => values.flatMap((v) => [v, v, v]);

describe('Netpbm files', () => {
  it.each([
    ['plain PBM', file('P1\n# drawn\n3 2\n1 0 1\n010\n'), gray(0, 255, 0, 255, 0, 255)],
    [
      'raw PBM, rows padded to bytes',
      file('P4 9 2\n', [0b10000000, 0b10000000, 0b00000001, 0]),
      gray(0, ...Array<number>(7).fill(255), 0, ...Array<number>(7).fill(255), 0, 255),
    ],
    ['plain PGM with comments', file('P2 # grey\n2 2 # size\n15\n0 5\n10 15'), gray(0, 85, 170, 255)],
    ['raw PGM', file('P5\n2 1\n255\n', [7, 200]), gray(7, 200)],
    ['raw PGM of 16 bits', file('P5 2 1 65535\n', [0x80, 0x00, 0xff, 0xff]), gray(128, 255)],
    ['raw PGM of 10 bits', file('P5 2 1 1023\n', [0x02, 0x00, 0x03, 0xff]), gray(128, 255)],
    ['plain PPM', file('P3 1 2 255 1 2 3\t4\r\n5 6'), [1, 2, 3, 4, 5, 6]],
    ['raw PPM whose first sample looks like a space', file('P6\n1 1\n255\n', [32, 10, 35]), [32, 10, 35]],
  ])('%s', async (_, bytes, expected) => {
    expect(await pixels(bytes)).toEqual(expected);
  });

  it('are read as they were written, whatever the size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat(255)),
        async (width, height, stream) => {
          const values = Array.from({ length: width * height * 3 }, () => stream.next().value as number);
          const expected = { width, height, channels: 3, data: Uint8Array.from(values) };
          expect(await decodeImage(file(`P6 ${width} ${height} 255\n`, values))).toEqual(expected);
          expect(await decodeImage(file(`P3 ${width} ${height} 255\n${values.join(' ')}`))).toEqual(expected);
        },
      ),
    );
  });

  it.each([
    [
      'cut in its samples',
      file('P5 4 4 255\n', [1, 2, 3]),
      /^image: is truncated or damaged \(3 samples, expected 16\)$/,
    ],
    ['plain, with words', file('P2 2 1 255 7 seven'), /1 samples, expected 2/],
    ['cut in its header', file('P6 4'), /is a PPM file whose header is truncated or damaged/],
    ['of no size', file('P5 0 4 255 '), /is a PGM file whose header/],
    ['of too many pixels', file('P5 100000 100000 255 '), /has 100000×100000 pixels/],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(decodeImage(bytes)).rejects.toThrow(message);
  });

  it('leniently have black where samples are missing, with a note', async () => {
    const notes: DecodeNote[] = [];
    const image = await withDecoding({ lenient: true, onNote: (note) => notes.push(note) }, () =>
      decodeImage(file('P5 2 2 255\n', [9, 8, 7])),
    );
    expect([[...image.data], notes.map(({ kind }) => kind)]).toEqual([gray(9, 8, 7, 0), ['damage']]);
  });
});
