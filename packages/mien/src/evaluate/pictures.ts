/** Images of a dataset as pictures for pages that hold everything themselves. */
import type { ImageTable } from '../data/index.ts';
import { rawImage } from '../image/index.ts';
import { encodeImage } from '../image/node.ts';

/** Above this side, in px, JPEG: smaller than PNG, and no pixel of it is looked at alone. */
const PNG_UP_TO = 64;

/** @returns a `data:` URL */
export async function pictureOf({ width, height, channels, pixels }: ImageTable, row: number): Promise<string> {
  const size = width * height * channels;
  const format = Math.max(width, height) <= PNG_UP_TO ? 'png' : 'jpeg';
  const bytes = await encodeImage(
    rawImage(width, height, channels, pixels.slice(row * size, (row + 1) * size)),
    format,
  );
  return `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`;
}
