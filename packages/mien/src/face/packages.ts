/**
 * The networks and geometry that Mien takes from the npm packages @mediapipe/face_mesh and
 * @mediapipe/face_detection (Apache-2.0), read where npm installed them.
 * The first package keeps its files in one `.data` pack, whose index is the JSON argument of `loadPackage(…)`
 * in the loader script beside it.
 */
import { open, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, dirname, basename } from 'node:path';
import { MienError } from '../errors.ts';

interface PackIndex {
  readonly files: readonly { readonly filename: string; readonly start: number; readonly end: number }[];
}

/** The files of @mediapipe/face_mesh's pack that Mien reads. */
export type FaceMeshFile =
  | 'face_landmark.tflite'
  | 'face_landmark_with_attention.tflite'
  | 'face_detection_short_range.tflite'
  | 'geometry_pipeline_metadata_landmarks.binarypb';

/** The files of @mediapipe/face_detection that Mien reads. */
export type FaceDetectionFile = 'face_detection_full_range.tflite' | 'face_detection_full_range_sparse.tflite';

function packageFolder(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    throw new MienError(`${name}: the npm package is not installed, and it holds the networks that find faces`, {
      cause,
    });
  }
}

/**
 * The index of a pack: file names and byte ranges.
 * @param script the text of the package's `…_packed_assets_loader.js`
 * @throws {MienError} when the script holds no index
 */
export function decodePackIndex(script: string, label: string): PackIndex {
  const json = /loadPackage\((\{"files".*?\})\);/s.exec(script)?.[1];
  if (json === undefined) throw new MienError(`${label}: expected a call loadPackage({"files": …}), found none`);
  return JSON.parse(json) as PackIndex;
}

/**
 * One file out of the pack of @mediapipe/face_mesh.
 * @throws {MienError} when the package is not installed or its pack lacks the file
 */
export async function readFaceMeshFile(name: FaceMeshFile): Promise<Uint8Array> {
  const folder = packageFolder('@mediapipe/face_mesh');
  const loader = join(folder, 'face_mesh_solution_packed_assets_loader.js');
  const pack = join(folder, 'face_mesh_solution_packed_assets.data');
  const entry = decodePackIndex(await readFile(loader, 'utf8'), basename(loader)).files.find(
    (f) => basename(f.filename) === name,
  );
  const bytes = new Uint8Array(entry ? entry.end - entry.start : 0);
  const file = await open(pack);
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, entry?.start ?? 0);
    if (!entry || bytesRead < bytes.length)
      throw new MienError(`${basename(pack)}: expected it to hold ${name}, but it does not`);
  } finally {
    await file.close();
  }
  return bytes;
}

/**
 * One file of @mediapipe/face_detection.
 * @throws {MienError} when the package is not installed or lacks the file
 */
export async function readFaceDetectionFile(name: FaceDetectionFile): Promise<Uint8Array> {
  const file = join(packageFolder('@mediapipe/face_detection'), name);
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MienError(`@mediapipe/face_detection: expected it to hold ${name}, but it does not`, { cause });
  }
}
