/** Many photos, one after the other, in constant memory: while one is recognised, the next is decoded. */
import { decodeImage, type RawImage, type Recognizer } from 'mien';
import { log, logError, messageOf, Progress } from '../output.ts';
import type { AnnotatedFolder } from './annotated-folder.ts';
import type { ResultFormat } from './formats.ts';
import type { Input } from './inputs.ts';
import type { ImageResult } from './result.ts';
import type { TextSink } from './sink.ts';

export interface RecognizeJob {
  readonly inputs: readonly Input[];
  readonly recognizer: Pick<Recognizer, 'model' | 'recognize'>;
  readonly format: ResultFormat;
  readonly sink: TextSink;
  readonly annotated?: AnnotatedFolder;
}

/**
 * A photo that fails is reported on stderr and in the output, and the others go on.
 * @returns how many inputs failed
 * @throws {InputError} when the output cannot be written
 */
export async function recognizeFiles({ inputs, recognizer, format, sink, annotated }: RecognizeJob): Promise<number> {
  let failed = 0;
  const progress = new Progress('photos', inputs.length);
  try {
    await sink.write(format.begin(recognizer.model));
    let index = 0;
    for await (const decoded of decodeAhead(inputs)) {
      const result = await recognizeOne(decoded, recognizer);
      if (result.error !== undefined) {
        failed++;
        logError(result.error);
      }
      await sink.write(format.image(result, index++));
      if (annotated && decoded.image && result.error === undefined) await annotated.write(decoded.file, decoded.image, result.faces);
      progress.update(index);
    }
    await sink.write(format.end());
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    progress.finish();
  }
  if (failed > 0 && inputs.length > 1) log(`mien: ${failed} of ${inputs.length} inputs failed`);
  return failed;
}

interface Decoded extends Input {
  readonly image?: RawImage;
}

/** Decodes each input while its predecessor is in use. */
async function* decodeAhead(inputs: readonly Input[]): AsyncGenerator<Decoded> {
  const start = (input: Input | undefined): Promise<Decoded> | undefined => input && decode(input);
  let next = start(inputs[0]);
  for (let i = 1; next; i++) {
    const current = await next;
    next = start(inputs[i]);
    yield current;
  }
}

/** Never rejects: a failure becomes the input's error. */
async function decode(input: Input): Promise<Decoded> {
  if (input.error !== undefined) return input;
  try {
    return { file: input.file, image: await decodeImage(input.file) };
  } catch (error) {
    return { file: input.file, error: messageOf(error) };
  }
}

async function recognizeOne({ file, image, error }: Decoded, recognizer: Pick<Recognizer, 'recognize'>): Promise<ImageResult> {
  if (!image) return { file, width: null, height: null, faces: [], error: error! };
  const { width, height } = image;
  try {
    return { file, width, height, faces: (await recognizer.recognize(image)).faces };
  } catch (cause) {
    return { file, width, height, faces: [], error: `${file}: recognition failed (${messageOf(cause)})` };
  }
}
