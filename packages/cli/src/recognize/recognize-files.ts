/** Many photos, one after the other, in constant memory: while one is recognised, the next is decoded. */
import { decodeImage, type RawImage } from 'mienjs';
import { decodingOf } from 'mienjs/image/node';
import type { FaceResult, ImageResult, ResultFormat } from 'mienjs/results';
import { log, logError, messageOf, Progress } from '../output.ts';
import type { AnnotatedFolder } from './annotated-folder.ts';
import type { EarlierResults } from './earlier-results.ts';
import type { TextSink } from './sink.ts';

/** A photo to recognise, or an argument that gave none. */
export interface Input {
  /** As the user would write it. */
  readonly file: string;
  readonly error?: string;
}

/** What photos are recognised with. */
export interface FaceReader {
  readonly model: string;
  recognize(image: RawImage): Promise<{ readonly faces: readonly FaceResult[] }>;
}

export interface RecognizeJob {
  readonly inputs: readonly Input[];
  readonly recognizer: FaceReader;
  readonly format: ResultFormat;
  readonly sink: TextSink;
  readonly annotated?: AnnotatedFolder;
  /** Results that are taken over. */
  readonly earlier?: EarlierResults;
  /** Asks to stop after the photo that is in work. */
  readonly stop?: AbortSignal;
}

export interface RecognizeOutcome {
  readonly failed: number;
  /** Photos whose results are written. */
  readonly done: number;
}

/**
 * A photo that fails is reported on stderr and in the output, and the others go on. Stopped before the last, what is
 * done is written as if it were all; stopped before the first, nothing is.
 * @throws {InputError} when the output cannot be written
 */
export async function recognizeFiles({
  inputs,
  recognizer,
  format,
  sink,
  annotated,
  earlier,
  stop,
}: RecognizeJob): Promise<RecognizeOutcome> {
  let [failed, done] = [0, 0];
  const progress = new Progress('photos', inputs.length);
  try {
    await sink.write(format.begin(recognizer.model));
    for await (const decoded of decodeAhead(inputs, (file) => earlier?.has(file) ?? false)) {
      if (stop?.aborted) break;
      if (earlier && decoded === undefined) {
        const { file } = inputs[done]!;
        await annotated?.reserve(file);
        await sink.write(await earlier.read(file, done));
      } else {
        const result = await recognizeOne(decoded!, recognizer);
        if (result.error !== undefined) {
          failed++;
          logError(result.error);
        } else if (annotated) await annotated.write(decoded!.file, decoded!.image!, result.faces);
        await sink.write(format.image(result, done));
      }
      progress.update(++done);
    }
    if (done === 0 && stop?.aborted) await sink.abort();
    else {
      await sink.write(format.end());
      await sink.close();
    }
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    progress.finish();
  }
  if (failed > 0 && inputs.length > 1) log(`mien: ${failed} of ${inputs.length} inputs failed`);
  return { failed, done };
}

interface Decoded extends Input {
  readonly image?: RawImage;
  readonly notes?: readonly string[];
}

/** Decodes each input while its predecessor is in use; undefined for those that are not needed. */
async function* decodeAhead(
  inputs: readonly Input[],
  isKnown: (file: string) => boolean,
): AsyncGenerator<Decoded | undefined> {
  const start = (input: Input | undefined): Promise<Decoded | undefined> =>
    input && !isKnown(input.file) ? decode(input) : Promise.resolve(undefined);
  let next = start(inputs[0]);
  for (let i = 1; i <= inputs.length; i++) {
    const current = await next;
    next = start(inputs[i]);
    yield current;
  }
}

/** Never rejects: a failure becomes the input's error. */
async function decode(input: Input): Promise<Decoded> {
  if (input.error !== undefined) return input;
  const notes: string[] = [];
  const { onNote } = decodingOf({});
  try {
    const image = await decodeImage(input.file, {
      onNote(note, label) {
        notes.push(note.text);
        onNote(note, label);
      },
    });
    return { file: input.file, image, notes };
  } catch (error) {
    return { file: input.file, error: messageOf(error) };
  }
}

async function recognizeOne({ file, image, error, notes = [] }: Decoded, recognizer: FaceReader): Promise<ImageResult> {
  if (!image) return { file, width: null, height: null, faces: [], error: error! };
  const { width, height } = image;
  try {
    return { file, width, height, faces: (await recognizer.recognize(image)).faces, notes };
  } catch (cause) {
    return { file, width, height, faces: [], error: `${file}: recognition failed (${messageOf(cause)})`, notes };
  }
}
