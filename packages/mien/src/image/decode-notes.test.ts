/**
 * What the reader of an image is told about it: frames that were left out, samples of more than 8 bits that come out
 * black.
 */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, withDecoding, type DecodeNote } from './node.ts';

async function notesOf(bytes: Uint8Array): Promise<string[]> {
  const notes: string[] = [];
  await decodeImage(bytes, { label: 'x', onNote: ({ kind, text }, label) => notes.push(`${label} ${kind}: ${text}`) });
  return notes;
}

describe('frames', () => {
  const frames = Promise.all(
    ['#ff0000', '#00ff00', '#0000ff'].map((background) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  it.each(['gif', 'webp', 'tiff'] as const)('of a %s: the first is read, and that is said', async (format) => {
    const bytes = await sharp(await frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect(await notesOf(bytes)).toEqual([
      `x frames: has 3 ${format === 'tiff' ? 'pages' : 'frames'}, of which the first was read`,
    ]);
  });
  it('of a single one, nothing is said', async () => {
    expect(
      await notesOf(
        await sharp((await frames)[0])
          .gif()
          .toBuffer(),
      ),
    ).toEqual([]);
  });
});

/** A grey TIFF, little-endian, uncompressed. @param format 1 = whole numbers, 3 = floats */
function tiff(values: Uint16Array | Float32Array, width: number, format: 1 | 3): Buffer {
  const data = Buffer.from(values.buffer);
  const tags: [number, number, number][] = [
    [256, 4, width],
    [257, 4, values.length / width],
    [258, 3, 8 * values.BYTES_PER_ELEMENT],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, values.length / width],
    [279, 4, data.length],
    [339, 3, format],
  ];
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length);
  tags.forEach(([tag, type, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(type, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(8 + data.length, 4);
  return Buffer.concat([header, data, directory]);
}

describe('samples of more than 8 bits', () => {
  const ramp = (largest: number): Uint16Array =>
    Uint16Array.from({ length: 64 * 64 }, (_, i) => Math.floor((i * largest) / 4095));
  const png = (largest: number): Promise<Buffer> =>
    sharp(ramp(largest), { raw: { width: 64, height: 64, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
  const pgm = (largest: number): Buffer =>
    Buffer.concat([Buffer.from('P5 64 64 65535\n'), Buffer.from(ramp(largest).buffer).swap16()]);

  it.each([
    ['a PNG of 12 bits in 16', () => png(4095), 'more than 8 bits'],
    ['a PGM of 10 bits in 16', () => Promise.resolve(pgm(1023)), 'more than 8 bits'],
    ['a TIFF of 12 bits in 16', () => Promise.resolve(tiff(ramp(4095), 64, 1)), 'more than 8 bits'],
    [
      'a TIFF of floats from 0 to 1',
      () =>
        Promise.resolve(
          tiff(
            Float32Array.from(ramp(4095), (v) => v / 4095),
            64,
            3,
          ),
        ),
      'floating-point samples',
    ],
  ])('that come out nearly black are noted: %s', async (_, make, what) => {
    expect(await notesOf(await make())).toEqual([
      expect.stringMatching(new RegExp(`^x dark: has ${what}.* comes out nearly black`)) as string,
    ]);
  });

  it.each([
    ['a PNG', () => png(65_535)],
    ['a PGM', () => Promise.resolve(pgm(65_535))],
    ['a TIFF', () => Promise.resolve(tiff(ramp(65_535), 64, 1))],
  ])('that use their range are not: %s', async (_, make) => {
    expect(await notesOf(await make())).toEqual([]);
  });

  it('of 8 bits may be as dark as they like', async () => {
    expect(
      await notesOf(
        await sharp({ create: { width: 8, height: 8, channels: 3, background: '#010101' } })
          .png()
          .toBuffer(),
      ),
    ).toEqual([]);
  });
});

describe('settings of a piece of work', () => {
  it('hold within it, for whatever it waits, and nowhere else', async () => {
    const bytes = Buffer.concat([Buffer.from('P5 2 2 255\n'), Buffer.of(1)]);
    const heard: DecodeNote[] = [];
    await withDecoding({ lenient: true, onNote: (note) => heard.push(note) }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await decodeImage(bytes);
      await expect(decodeImage(bytes, { lenient: false })).rejects.toThrow('truncated');
    });
    expect(heard).toHaveLength(1);
    await expect(decodeImage(bytes)).rejects.toThrow('truncated');
  });
});
