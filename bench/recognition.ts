/**
 * Recognition, stage by stage: a JPEG file in memory becomes predictions, with 1 and with 10 faces in the same photo.
 */
import { createRecognizer, decodeImage, MienError, type Recognizer } from 'mienjs';
import type { Stage } from 'mienjs/predict';
import { loadExpressionModel } from './expression-model.ts';
import { composePhoto } from './photo.ts';
import { interleave, median } from './timing.ts';

/** Milliseconds a photo. `totalMs` is measured on its own: it holds the pose and the rest as well. */
interface StageTimes {
  readonly decodeMs: number;
  readonly detectMs: number;
  readonly meshMs: number;
  readonly alignMs: number;
  readonly expressionMs: number;
  readonly totalMs: number;
}

export interface RecognitionRow extends StageTimes {
  readonly bench: 'recognition';
  readonly faces: number;
  readonly model: string;
}

const FACE_COUNTS = [1, 10] as const;
const TIMES = ['decodeMs', 'detectMs', 'meshMs', 'alignMs', 'expressionMs', 'totalMs'] as const;

export async function benchRecognition(rounds: number, threads: number): Promise<RecognitionRow[]> {
  const model = await loadExpressionModel();
  const recognizer = await createRecognizer({ model: model.bytes, threads });
  const photos = await Promise.all(FACE_COUNTS.map(composePhoto));
  const sides = photos.map((photo, i) => () => timeStages(recognizer, photo, FACE_COUNTS[i]!));
  const samples = await interleave(sides, rounds);
  await recognizer.release();
  return samples.map((times, i) => {
    const medians = Object.fromEntries(
      TIMES.map((key) => [key, median(times.map((t) => t[key]))]),
    ) as unknown as StageTimes;
    return { bench: 'recognition', faces: FACE_COUNTS[i]!, model: model.name, ...medians };
  });
}

async function timeStages(recognizer: Recognizer, photo: Uint8Array, faceCount: number): Promise<StageTimes> {
  const elapsed: Record<Stage, number> = { detect: 0, mesh: 0, align: 0, classify: 0 };
  const started = performance.now();
  const image = await decodeImage(photo);
  const decodeMs = performance.now() - started;
  const { faces } = await recognizer.recognize(image, {
    onStage: (stage, ms) => {
      elapsed[stage] += ms;
    },
  });
  const totalMs = performance.now() - started;
  if (faces.length !== faceCount)
    throw new MienError(`bench recognition: the photo shows ${faceCount} faces, ${faces.length} were found`);
  return {
    decodeMs,
    detectMs: elapsed.detect,
    meshMs: elapsed.mesh,
    alignMs: elapsed.align,
    expressionMs: elapsed.classify,
    totalMs,
  };
}
