/** A ZIP file that is made while it is sent: one image at a time is in memory. */
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { decodeImage } from 'mienjs';
import { alignToFivePoints } from 'mienjs/face';
import { encodeImage } from 'mienjs/image/node';
import { ZipFile } from 'yazl';
import type { ArchiveEntry } from './raf-db.ts';

/**
 * @param imageOf the file of a task, by index; the stream fails where it does
 * @param at the time of all entries, so that the same contents make the same bytes
 */
export function zipStream(
  entries: Iterable<ArchiveEntry>,
  imageOf: (task: number) => Promise<Uint8Array>,
  at: Date,
): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  // Images are compressed, and the texts are short
  const options = { mtime: at, compress: false };
  for (const entry of entries) {
    if ('text' in entry) zip.addBuffer(Buffer.from(entry.text), entry.path, options);
    else
      zip.addReadStreamLazy(entry.path, options, (done) => {
        bytesOf(entry, imageOf).then(
          (bytes) => done(null, Readable.from([bytes])),
          (error: unknown) => output.destroy(error as Error),
        );
      });
  }
  zip.end();
  return output;
}

async function bytesOf(
  { path, image, alignedTo }: Exclude<ArchiveEntry, { readonly text: string }>,
  imageOf: (task: number) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const bytes = await imageOf(image);
  if (!alignedTo) return bytes;
  const face = alignToFivePoints(await decodeImage(bytes), alignedTo).image;
  // Where the original is neither, its name alone stays
  return encodeImage(face, extname(path) === '.jpg' ? 'jpeg' : 'png');
}
