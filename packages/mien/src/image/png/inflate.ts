/** Decompression of a zlib stream of known length, by the platform. */

/**
 * @param pieces of the stream, in order   @param length of the decompressed bytes
 * @throws {Error} when the stream is damaged, or ends before `length` bytes; what follows them is passed over (PNG's
 *   chunks have checksums)
 */
export async function inflate(pieces: readonly Uint8Array[], length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  }).pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  let filled = 0;
  while (filled < length) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`its pixels end after ${filled} of ${length} bytes`);
    out.set(value.subarray(0, length - filled), filled);
    filled += value.length;
  }
  await reader.cancel().catch(() => undefined);
  return out;
}
