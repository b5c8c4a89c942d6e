/** Small pictures of many faces in one JPEG, for pages that hold everything themselves. */
import type { ImageTable } from '../data/index.ts';
import { rawImage, resize, type RawImage } from '../image/index.ts';
import { encodeImage } from '../image/node.ts';
import type { ThumbnailSheet } from '../report/index.ts';

/**
 * @param rows which images, in order   @param side of a picture, px; larger images are made smaller, proportions aside
 * @returns about as many rows as columns
 */
export async function thumbnailSheet(
  { width, height, channels, pixels }: ImageTable,
  rows: readonly number[],
  side = 48,
): Promise<ThumbnailSheet> {
  const columns = Math.ceil(Math.sqrt(rows.length));
  const [sheetWidth, sheetHeight] = [columns * side, Math.ceil(rows.length / columns) * side];
  const sheet = new Uint8Array(sheetWidth * sheetHeight * channels);
  const size = width * height * channels;
  rows.forEach((row, i) => {
    const image: RawImage = rawImage(width, height, channels, pixels.slice(row * size, (row + 1) * size));
    const small = width === side && height === side ? image : resize(image, { width: side, height: side });
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side];
    for (let y = 0; y < side; y++)
      sheet.set(
        small.data.subarray(y * side * channels, (y + 1) * side * channels),
        ((top + y) * sheetWidth + left) * channels,
      );
  });
  const jpeg = await encodeImage(rawImage(sheetWidth, sheetHeight, channels, sheet), 'jpeg');
  return {
    href: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`,
    columns,
    width: sheetWidth,
    height: sheetHeight,
    side,
  };
}
