/**
 * Images of samples brought into memory, some at a time, where they stream from disk. Shape legend: N samples.
 */
import { rawImage, type RawImage } from '../image/index.ts';
import { type Images, type ImageTable, isStreamed, type SampleInput, type Samples, selectSamples } from './samples.ts';

/** Whether some input of the samples streams from disk. */
export const streams = ({ inputs }: Pick<Samples, 'inputs'>): boolean =>
  Object.values(inputs).some(
    (input) =>
      (input.kind === 'image' && isStreamed(input.table)) || (input.kind === 'clip' && isStreamed(input.frames)),
  );

/** The images at `rows` in memory. @throws {InputError} naming an image that cannot be read */
export async function readImages(images: Images, rows: Int32Array): Promise<ImageTable> {
  const { height, width, channels } = images;
  const size = height * width * channels;
  const format = { count: rows.length, height, width, channels };
  if (isStreamed(images)) return { ...format, pixels: await images.read(rows) };
  const pixels = new Uint8Array(rows.length * size);
  rows.forEach((row, i) => pixels.set(images.pixels.subarray(row * size, (row + 1) * size), i * size));
  return { ...format, pixels };
}

/** Image `i` of a table; its pixels are the table's own. */
export function imageAt({ width, height, channels, pixels }: ImageTable, i: number): RawImage {
  const size = width * height * channels;
  return rawImage(width, height, channels, pixels.subarray(i * size, (i + 1) * size));
}

/** One image. @throws {InputError} when it cannot be read */
export async function readImageAt(images: Images, row: number): Promise<RawImage> {
  const { width, height, channels, pixels } = await readImages(images, Int32Array.of(row));
  return rawImage(width, height, channels, pixels);
}

/** All images in order, some at a time: memory does not grow with their number. */
export async function* imageChunks(
  images: Images,
  chunk = 64,
): AsyncGenerator<{ readonly first: number; readonly table: ImageTable }, void, undefined> {
  for (let first = 0; first < images.count; first += chunk) {
    const rows = Int32Array.from({ length: Math.min(chunk, images.count - first) }, (_, i) => first + i);
    yield { first, table: await readImages(images, rows) };
  }
}

/** All images one by one, read some at a time. @throws {InputError} naming an image that cannot be read */
export async function* eachImage(images: Images): AsyncGenerator<RawImage, void, undefined> {
  for await (const { table } of imageChunks(images)) for (let i = 0; i < table.count; i++) yield imageAt(table, i);
}

/**
 * The samples at `rows`, in that order, with all of their images in memory.
 * @throws {InputError} naming an image that cannot be read
 * @example
 * ```ts
 * import { loadSamples } from 'mienjs/data';
 * import { loadDataset } from 'mienjs/data/node';
 *
 * // However large the split is: 100 of its images, decoded
 * const split = await (await loadDataset('folder', 'photos')).loadSplit('train', 'train');
 * const { images } = await loadSamples(split, Int32Array.from({ length: 100 }, (_, i) => i));
 * console.log(images.pixels.length);
 * ```
 */
export async function loadSamples(samples: Samples, rows: Int32Array): Promise<Samples> {
  const chosen = selectSamples(samples, rows);
  const inputs: Record<string, SampleInput> = {};
  for (const [name, input] of Object.entries(chosen.inputs)) {
    if (input.kind === 'image' && isStreamed(input.table)) {
      const all = Int32Array.from(rows, (_, i) => i);
      inputs[name] = { ...input, table: await readImages(input.table, all) };
    } else if (input.kind === 'clip' && isStreamed(input.frames)) {
      const shown = Int32Array.from(new Set(input.rows.flatMap((own) => [...own])));
      const places = new Map(Array.from(shown, (row, place) => [row, place]));
      inputs[name] = {
        ...input,
        frames: await readImages(input.frames, shown),
        rows: input.rows.map((own) => own.map((row) => places.get(row)!)),
      };
    } else inputs[name] = input;
  }
  return chosen.with({ inputs });
}
