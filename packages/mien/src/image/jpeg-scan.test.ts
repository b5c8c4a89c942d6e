/** Damage in a JPEG's data, which has an end marker all the same; and what only looks like damage. */
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkJpegScans } from './jpeg-scan.ts';
import { decodeImage, type DecodeNote } from './node.ts';

/** Smooth with some noise, as photos are. */
function photo(): Sharp {
  let state = 5;
  const data = Uint8Array.from({ length: 240 * 180 * 3 }, (_, i) => {
    state = (state * 48271) % 2147483647;
    return 128 + 80 * Math.sin(i / 700) + (state % 24);
  });
  return sharp(data, { raw: { width: 240, height: 180, channels: 3 } });
}

const files: Record<string, Buffer> = {};
beforeAll(async () => {
  files['4:2:0'] = await photo().jpeg().toBuffer();
  files['4:4:4'] = await photo().jpeg({ chromaSubsampling: '4:4:4', quality: 95 }).toBuffer();
  files['grey'] = await photo().greyscale().toColourspace('b-w').jpeg().toBuffer();
  files['CMYK'] = await photo().toColourspace('cmyk').jpeg().toBuffer();
  files['fixed tables'] = await photo().jpeg({ optimiseCoding: false, quality: 40 }).toBuffer();
  files['progressive'] = await photo().jpeg({ progressive: true }).toBuffer();
});

const kinds = ['4:2:0', '4:4:4', 'grey', 'CMYK', 'fixed tables', 'progressive'];
const insert = (bytes: Buffer, at: number, more: readonly number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

describe.each(kinds)('a %s JPEG', (kind) => {
  it('is sound as written', async () => {
    expect(checkJpegScans(files[kind]!).result).toBe(kind === 'progressive' ? 'unchecked' : 'sound');
    await decodeImage(files[kind]!);
  });

  it('with what cameras leave in it is sound', async () => {
    const bytes = files[kind]!;
    for (const [name, odd] of Object.entries({
      'stray bytes after the first marker': insert(bytes, 2, [0, 1, 2, 3]),
      'zeros before the end marker': insert(bytes, bytes.length - 2, Array<number>(40).fill(0)),
      'fill bytes before the end marker': insert(bytes, bytes.length - 2, [0xff, 0xff, 0xff]),
      'a second image after it': Buffer.concat([bytes, bytes]),
      'rubbish after it': Buffer.concat([bytes, Buffer.alloc(999, 7)]),
    })) {
      // libjpeg itself takes so many zeros in a progressive file for lost data.
      if (kind === 'progressive' && name.startsWith('zeros')) continue;
      expect(
        await decodeImage(odd).then(
          () => 'sound',
          (error: Error) => error.message,
        ),
        name,
      ).toBe('sound');
    }
  });

  it('with bytes lost or changed in the middle is refused, and leniently read with a note', async () => {
    const bytes = files[kind]!;
    const middle = bytes.length >> 1;
    const damages = {
      'cut in the middle, with an end marker': Buffer.concat([bytes.subarray(0, middle), bytes.subarray(-2)]),
      'without 500 bytes of the middle': Buffer.concat([bytes.subarray(0, middle), bytes.subarray(middle + 500)]),
      'zeros for 300 bytes': Buffer.concat([
        bytes.subarray(0, middle),
        Buffer.alloc(300),
        bytes.subarray(middle + 300),
      ]),
      'a part of it twice': Buffer.concat([bytes.subarray(0, middle + 700), bytes.subarray(middle)]),
      'cut, and filled up with zeros as by a download that stopped': Buffer.concat([
        bytes.subarray(0, middle),
        Buffer.alloc(bytes.length - middle),
      ]),
    };
    for (const [name, damaged] of Object.entries(damages)) {
      expect(
        await decodeImage(damaged, { label: 'x.jpg' }).then(
          () => 'sound',
          (error: Error) => error.message,
        ),
        name,
      ).toMatch(/^x\.jpg: is truncated or damaged \(/);
      const notes: DecodeNote[] = [];
      const image = await decodeImage(damaged, { lenient: true, onNote: (note) => notes.push(note) });
      expect([image.width, image.height], name).toEqual([240, 180]);
      expect(
        notes.map(({ kind: of }) => of),
        name,
      ).toEqual(['damage']);
    }
  });
});

describe('restart intervals', () => {
  /**
   * A 16×8 grey JPEG of two blocks with a restart between them; DC code 0 is 1 bit `0`, AC code "end of block" 1 bit
   * `0`.
   */
  const restarted = (...data: number[]): Buffer =>
    Buffer.from([
      0xff,
      0xd8,
      0xff,
      0xdb,
      0,
      67,
      0,
      ...Array<number>(64).fill(1),
      0xff,
      0xc0,
      0,
      11,
      8,
      0,
      8,
      0,
      16,
      1,
      1,
      0x11,
      0,
      0xff,
      0xc4,
      0,
      20,
      0x00,
      1,
      ...Array<number>(15).fill(0),
      0,
      0xff,
      0xc4,
      0,
      20,
      0x10,
      1,
      ...Array<number>(15).fill(0),
      0,
      0xff,
      0xdd,
      0,
      4,
      0,
      1,
      0xff,
      0xda,
      0,
      8,
      1,
      1,
      0,
      0,
      63,
      0,
      ...data,
      0xff,
      0xd9,
    ]);
  it('are counted', () => {
    expect(checkJpegScans(restarted(0x3f, 0xff, 0xd0, 0x3f))).toEqual({ result: 'sound' });
    expect(checkJpegScans(restarted(0x3f, 0xff, 0xd1, 0x3f))).toEqual({
      result: 'damaged',
      reason: 'a part of its data is missing',
    });
    expect(checkJpegScans(restarted(0x3f, 0xff, 0xd0))).toEqual({
      result: 'damaged',
      reason: 'its data end after 50 % of the picture',
    });
    expect(checkJpegScans(restarted(0xbf, 0xff, 0xd0, 0x3f))).toEqual({
      result: 'damaged',
      reason: 'its data are corrupt after 0 % of the picture',
    });
    expect(checkJpegScans(restarted(0x3f, 1, 2, 3, 4, 5, 0xff, 0xd0, 0x3f))).toEqual({
      result: 'damaged',
      reason: '5 bytes of its data are left over',
    });
  });
});
