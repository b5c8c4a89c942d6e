/**
 * What JavaScript users have for the whole way from a photo to expressions, in TensorFlow.js wasm as Node runs it:
 * human (detection, mesh, emotion) and face-api (tiny detector, 68 landmarks, expressions), with the models that their
 * packages ship. What they do besides is turned off.
 */
import type { RawImage } from 'mienjs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { folderOf, versionOf } from './installed.ts';
import type { TensorFlow, TfTensor } from './tensorflow.ts';

export interface Pipeline {
  readonly name: string;
  /** @returns how many faces it found */
  recognize(image: RawImage): Promise<number>;
}

/** More faces than any photo shows. */
const MAX_FACES = 20;
const require = createRequire(import.meta.url);

export async function loadHuman(): Promise<Pipeline> {
  const folder = folderOf('@vladmandic/human');
  const { Human } = require(join(folder, 'dist/human.node-wasm.js')) as HumanModule;
  const models = await serveFiles(join(folder, 'models'));
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: `${folderOf('@tensorflow/tfjs-backend-wasm')}/dist/`,
    modelBasePath: models.url,
    debug: false,
    // Each photo is new to it
    cacheSensitivity: 0,
    face: {
      enabled: true,
      detector: { maxDetected: MAX_FACES },
      mesh: { enabled: true },
      emotion: { enabled: true },
      iris: off,
      description: off,
    },
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
  });
  await human.load();
  models.close();
  return {
    name: `human ${versionOf('@vladmandic/human')}`,
    async recognize({ data, width, height }) {
      const pixels = human.tf.tensor(Int32Array.from(data), [1, height, width, 3], 'int32');
      const { face } = await human.detect(pixels);
      human.tf.dispose(pixels);
      return face.length;
    },
  };
}

export async function loadFaceApi(tf: TensorFlow): Promise<Pipeline> {
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  const { tinyFaceDetector, faceLandmark68Net, faceExpressionNet } = faceApi.nets;
  const folder = join(folderOf('@vladmandic/face-api'), 'model');
  for (const net of [tinyFaceDetector, faceLandmark68Net, faceExpressionNet]) await net.loadFromDisk(folder);
  return {
    name: `face-api ${versionOf('@vladmandic/face-api')}, tiny detector`,
    async recognize({ data, width, height }) {
      const pixels = tf.tensor(Int32Array.from(data), [height, width, 3], 'int32');
      const found = await faceApi
        .detectAllFaces(pixels, new faceApi.TinyFaceDetectorOptions())
        .withFaceLandmarks()
        .withFaceExpressions();
      pixels.dispose();
      return found.length;
    },
  };
}

/** Serves the files of a folder on this machine: human fetches its models by URL. */
async function serveFiles(folder: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    readFile(join(folder, basename(request.url ?? ''))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** What we call of human; its own types need a browser's. */
interface HumanModule {
  readonly Human: new (config: object) => {
    readonly tf: TensorFlow;
    load(): Promise<void>;
    detect(pixels: TfTensor): Promise<{ face: unknown[] }>;
  };
}

interface Net {
  loadFromDisk(folder: string): Promise<void>;
}

/** What we call of face-api. */
interface FaceApi {
  readonly nets: Readonly<Record<'tinyFaceDetector' | 'faceLandmark68Net' | 'faceExpressionNet', Net>>;
  readonly TinyFaceDetectorOptions: new () => object;
  detectAllFaces(
    pixels: TfTensor,
    options: object,
  ): { withFaceLandmarks(): { withFaceExpressions(): Promise<unknown[]> } };
}
