/**
 * HEIC files (HEVC-coded, as phones write them), which the build of libvips in sharp does not decode, through the npm
 * package heic-decode where the user has installed it (docs/adr/0009). It runs in a thread of its own, as it prints to
 * standard output.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError } from '../errors.ts';
import { rawImage, type RawImage } from './raw-image.ts';

const PACKAGE = 'heic-decode';

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
require(workerData.module).all({ buffer: Buffer.from(workerData.bytes) })
  .then((images) => images[0].decode())
  .then(({ width, height, data }) => parentPort.postMessage({ width, height, data }), (error) => parentPort.postMessage({ message: String(error && error.message || error) }));
`;

type Answer =
  { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | { readonly message: string };

/**
 * The first image of a HEIC file, turned as displayed; its colours are taken as sRGB, alpha is flattened on white.
 * @throws {InputError} when the package is not installed (and what to do then), or the file is damaged
 */
export async function decodeHeic(bytes: Uint8Array, label: string): Promise<RawImage> {
  const answer = await askWorker(findPackage(label), bytes);
  if ('message' in answer) throw new InputError(label, `is truncated or damaged (${answer.message})`);
  const { width, height, data } = answer;
  return rawImage(width, height, 3, flatten(data, width * height));
}

/** Beside Mien, or in the project that uses it. */
function findPackage(label: string): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(PACKAGE);
    } catch {
      // The other place may have it.
    }
  }
  throw new InputError(
    label,
    `is an HEIC file, which needs the package ${PACKAGE}: npm install ${PACKAGE}, or convert it to JPEG`,
  );
}

function askWorker(module: string, bytes: Uint8Array): Promise<Answer> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { module, bytes }, stdout: true, stderr: true });
  return new Promise<Answer>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error) => resolve({ message: String(error) }));
    worker.once('exit', () => resolve({ message: 'the decoder ended without an answer' }));
  }).finally(() => worker.terminate());
}

/** RGBA [n,4] → RGB [n,3] on white */
function flatten(rgba: Uint8ClampedArray, n: number): Uint8Array {
  const rgb = new Uint8Array(3 * n);
  for (let i = 0; i < n; i++) {
    const alpha = rgba[4 * i + 3]!;
    for (let c = 0; c < 3; c++)
      rgb[3 * i + c] = alpha === 255 ? rgba[4 * i + c]! : Math.round((rgba[4 * i + c]! * alpha) / 255 + 255 - alpha);
  }
  return rgb;
}
