/**
 * Recognition: photos become predictions. Stage by stage from a JPEG in memory, the whole from pixels in memory beside
 * human's and face-api's whole pipelines, and from the start of the command to its answer.
 */
import { createRecognizer, decodeImage, MienError, type RawImage, type Recognizer } from 'mienjs';
import { crop } from 'mienjs/image';
import { encodeImage } from 'mienjs/image/node';
import type { Stage } from 'mienjs/predict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadExpressionModel } from './expression-model.ts';
import { folderOf } from './installed.ts';
import { composePhoto } from './photo.ts';
import { loadFaceApi, loadHuman, type Pipeline } from './pipelines.ts';
import { MIEN } from './server.ts';
import { loadTensorFlow, startWasm } from './tensorflow.ts';
import { interleave, median, millisecondsPerRun } from './timing.ts';

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
  readonly photo: string;
  readonly faces: number;
  readonly model: string;
}

export interface PipelineRow {
  readonly bench: 'recognition-peers';
  readonly photo: string;
  readonly name: string;
  readonly threads: number;
  readonly faces: number;
  /** How many of them it found. */
  readonly found: number;
  readonly ms: number;
  /** To Mien's time with as many threads. */
  readonly ratioToMien: number;
}

export interface StartRow {
  readonly bench: 'recognition-start';
  readonly photo: string;
  readonly seconds: number;
}

interface Photo {
  readonly name: string;
  readonly faces: number;
  /** A JPEG file. */
  readonly bytes: Uint8Array;
}

const TIMES = ['decodeMs', 'detectMs', 'meshMs', 'alignMs', 'expressionMs', 'totalMs'] as const;
/** The photo that the command is started with. */
const START_PHOTO = 1;

export async function benchRecognition(
  rounds: number,
  threads: number,
): Promise<(RecognitionRow | PipelineRow | StartRow)[]> {
  const photos = await makePhotos();
  return [
    ...(await benchStages(photos, rounds, threads)),
    ...(await benchPipelines(photos, rounds, threads)),
    await benchStart(photos[START_PHOTO]!, rounds),
  ];
}

async function makePhotos(): Promise<Photo[]> {
  const sample = await readFile(join(folderOf('@vladmandic/face-api'), 'demo/sample1.jpg'));
  const part = crop(await decodeImage(sample), { x: 679, y: 292, width: 512, height: 512 });
  return [
    { name: '512×512', faces: 1, bytes: await encodeImage(part, 'jpeg') },
    { name: '1280×720', faces: 1, bytes: await composePhoto(1) },
    { name: '1280×720', faces: 10, bytes: await composePhoto(10) },
    { name: '1920×1280', faces: 3, bytes: sample },
  ];
}

async function benchStages(photos: readonly Photo[], rounds: number, threads: number): Promise<RecognitionRow[]> {
  const model = await loadExpressionModel();
  const recognizer = await createRecognizer({ model: model.bytes, threads });
  const samples = await interleave(
    photos.map((photo) => () => timeStages(recognizer, photo)),
    rounds,
  );
  await recognizer.release();
  return samples.map((times, i) => {
    const medians = Object.fromEntries(
      TIMES.map((key) => [key, median(times.map((t) => t[key]))]),
    ) as unknown as StageTimes;
    const { name: photo, faces } = photos[i]!;
    return { bench: 'recognition', photo, faces, model: model.name, ...medians };
  });
}

async function timeStages(recognizer: Recognizer, { name, faces: faceCount, bytes }: Photo): Promise<StageTimes> {
  const elapsed: Record<Stage, number> = { detect: 0, mesh: 0, align: 0, classify: 0 };
  const started = performance.now();
  const image = await decodeImage(bytes);
  const decodeMs = performance.now() - started;
  const { faces } = await recognizer.recognize(image, {
    onStage: (stage, ms) => {
      elapsed[stage] += ms;
    },
  });
  const totalMs = performance.now() - started;
  if (faces.length !== faceCount)
    throw new MienError(`bench recognition: the photo ${name} shows ${faceCount} faces, ${faces.length} were found`);
  return {
    decodeMs,
    detectMs: elapsed.detect,
    meshMs: elapsed.mesh,
    alignMs: elapsed.align,
    expressionMs: elapsed.classify,
    totalMs,
  };
}

/** From pixels in memory: the peers cannot decode files on this backend. */
async function benchPipelines(photos: readonly Photo[], rounds: number, threads: number): Promise<PipelineRow[]> {
  const tf = loadTensorFlow();
  const peerThreads = await startWasm(tf, threads);
  const mien = await Promise.all([...new Set([peerThreads, threads])].map(loadMien));
  const peers = [await loadHuman(), await loadFaceApi(tf)].map((peer) => ({ ...peer, threads: peerThreads }));
  const rows: PipelineRow[] = [];
  for (const { name: photo, faces, bytes } of photos) {
    const image = await decodeImage(bytes);
    const pipelines = [...mien, ...peers];
    const found = pipelines.map(() => 0);
    const samples = await interleave(
      pipelines.map(
        (pipeline, i) => () =>
          millisecondsPerRun(async () => {
            // A copy: what Mien keeps of an image it has seen is not what this measures
            found[i] = await pipeline.recognize({ ...image });
          }),
      ),
      rounds,
    );
    const ms = samples.map(median);
    rows.push(
      ...pipelines.map(({ name, threads }, i): PipelineRow => {
        const own = mien.findIndex((side) => side.threads === threads);
        return {
          bench: 'recognition-peers',
          photo,
          name,
          threads,
          faces,
          found: found[i]!,
          ms: ms[i]!,
          ratioToMien: ms[i]! / ms[own]!,
        };
      }),
    );
  }
  return rows;
}

async function loadMien(threads: number): Promise<Pipeline & { readonly threads: number }> {
  const model = await loadExpressionModel();
  const recognizer = await createRecognizer({ model: model.bytes, threads });
  return {
    name: `mien ${model.name}`,
    threads,
    recognize: async (image: RawImage) => (await recognizer.recognize(image)).faces.length,
  };
}

/** `mien recognize` as a process of its own. */
async function benchStart({ name, bytes }: Photo, rounds: number): Promise<StartRow> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-bench-recognition-'));
  try {
    const path = join(folder, 'photo.jpg');
    await writeFile(path, bytes);
    const start = async (): Promise<number> => {
      const started = performance.now();
      await promisify(execFile)(process.execPath, [MIEN, 'recognize', path]);
      return (performance.now() - started) / 1000;
    };
    const [seconds] = await interleave([start], rounds);
    return { bench: 'recognition-start', photo: name, seconds: median(seconds!) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
