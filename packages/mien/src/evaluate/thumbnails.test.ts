import sharp from 'sharp';
import { expect, it } from 'vitest';
import { thumbnailSheet } from './thumbnails.ts';

it.each([1, 3] as const)('sets images of %i channels side by side, smaller', async (channels) => {
  const grays = [10, 60, 110, 160, 210];
  const images = {
    count: 5,
    width: 8,
    height: 8,
    channels,
    pixels: Uint8Array.from(grays.flatMap((gray) => new Array<number>(64 * channels).fill(gray))),
  };
  const sheet = await thumbnailSheet(images, [4, 0, 2, 3, 1], 4);
  expect(sheet).toMatchObject({ columns: 3, width: 12, height: 8, side: 4 });
  const { data, info } = await sharp(Buffer.from(sheet.href.split(',')[1]!, 'base64'))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (column: number, row: number): number => data[((row * 4 + 2) * 12 + column * 4 + 2) * info.channels]!;
  [210, 10, 110, 160, 60, 0].forEach((gray, i) =>
    expect(Math.abs(at(i % 3, Math.floor(i / 3)) - gray)).toBeLessThanOrEqual(6),
  );
});
