/**
 * Training on images in memory against images that stream from disk: the greatest resident memory of a process of its own,
 * and the time of two epochs with all that comes before. Every image is shown in every epoch.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rawImage } from 'mienjs/image';
import { encodeImage } from 'mienjs/image/node';

export interface StreamingRun {
  readonly accuracy: number;
  readonly seconds: number;
  readonly peakMiB: number | null;
}

export interface StreamingRow extends StreamingRun {
  readonly bench: 'streaming';
  readonly images: 'in memory' | 'from disk';
  readonly count: number;
  /** Size of the training images, decoded. */
  readonly decodedMiB: number;
  /** What decoded images may take: `memory` of the data. */
  readonly memoryMiB: number;
}

/** Different JPEGs; the images are these again and again, each decoded anew. */
export const STREAMED_FILES = 64;
/** px */
export const STREAMED_SIDE = 224;
const COUNT = 6000;
const decodedMiB = (COUNT * STREAMED_SIDE ** 2 * 3) / 2 ** 20;

export async function benchStreaming(threads: number, log: (line: string) => void): Promise<StreamingRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-streaming-'));
  try {
    for (let i = 0; i < STREAMED_FILES; i++)
      await writeFile(join(folder, `${i}.jpg`), await encodeImage(drawn(i), 'jpeg'));
    const child = fileURLToPath(new URL('./streaming-child.js', import.meta.url));
    const rows: StreamingRow[] = [];
    for (const [images, memoryMiB] of [
      ['from disk', 64],
      ['in memory', 4096],
    ] as const) {
      log(`streaming: ${images}`);
      const args = [child, folder, COUNT, memoryMiB, threads].map(String);
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const run = JSON.parse(stdout) as StreamingRun;
      rows.push({ bench: 'streaming', images, count: COUNT, decodedMiB, memoryMiB, ...run });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Bright on the left, or on the right, with stripes of its own. */
function drawn(i: number): ReturnType<typeof rawImage> {
  const side = STREAMED_SIDE;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, p) => {
    const x = Math.floor(p / 3) % side;
    return (x < side / 2 === (i % 2 === 0) ? 180 : 60) + 20 * Math.sin(x / (3 + i)) + ((p * 7) % 11);
  });
  return rawImage(side, side, 3, data);
}
