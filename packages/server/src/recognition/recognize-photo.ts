/** One photo's bytes to its entry in the document of results, as `mien recognize` has it. */
import { decodeImage, MienError, type RawImage } from 'mienjs';
import { printable } from 'mienjs/files';
import type { FaceResult, ImageResult } from 'mienjs/results';

export interface PhotoLimits {
  readonly maxPixels: number;
  readonly maxFaces: number;
}

/** A recognizer, or one with estimates of action units. */
export interface FaceReader {
  recognize(image: RawImage): Promise<{ readonly faces: readonly FaceResult[] }>;
}

const messageOf = (error: unknown): string => printable(error instanceof Error ? error.message : String(error));

/** Never rejects for what the photo is: that becomes the entry's `error`. */
export async function recognizePhoto(
  reader: FaceReader,
  file: string,
  bytes: Uint8Array,
  { maxPixels, maxFaces }: PhotoLimits,
): Promise<ImageResult> {
  const notes: string[] = [];
  let image: RawImage;
  try {
    image = await decodeImage(bytes, {
      label: file,
      maxPixels,
      lenient: false,
      onNote: ({ text }) => notes.push(text),
    });
  } catch (error) {
    // A fault of ours shows where it lies, in place of a reason for the client
    if (!(error instanceof MienError)) throw error;
    return { file, width: null, height: null, faces: [], error: messageOf(error) };
  }
  const { width, height } = image;
  try {
    const { faces } = await reader.recognize(image);
    if (faces.length > maxFaces) notes.push(`has ${faces.length} faces, of which the ${maxFaces} surest are given`);
    return { file, width, height, faces: faces.slice(0, maxFaces), notes };
  } catch (error) {
    return { file, width, height, faces: [], error: `${file}: recognition failed (${messageOf(error)})`, notes };
  }
}
