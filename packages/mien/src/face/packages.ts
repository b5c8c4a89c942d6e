/**
 * The networks and geometry that Mien takes from the npm packages @mediapipe/face_mesh and
 * @mediapipe/face_detection (Apache-2.0), and from @vladmandic/face-api (MIT) where somebody installs it beside Mien, read
 * where npm installed them.
 * The first package keeps its files in one `.data` pack, whose index is the JSON argument of `loadPackage(…)`
 * in the loader script beside it.
 */
import { open, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, dirname, basename } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** A network of @vladmandic/face-api as its files have it. */
export interface FaceApiFiles {
  /** Of the package. */
  readonly version: string;
  /** JSON: the tensors' names, shapes and coding, in the order of `weights`. */
  readonly manifest: string;
  readonly weights: Uint8Array;
}

/**
 * The face recognition network of @vladmandic/face-api, a package that Mien does not depend on: it is sought where Mien is
 * installed, then in the current folder.
 * @param name of the package, for tests   @throws {MienError} when it is not installed or lacks the files
 */
export async function readFaceApiRecognition(name = '@vladmandic/face-api'): Promise<FaceApiFiles> {
  let description: string;
  try {
    const paths = [dirname(fileURLToPath(import.meta.url)), process.cwd()];
    description = createRequire(import.meta.url).resolve(`${name}/package.json`, { paths });
  } catch (cause) {
    throw new MienError(`${name}: the npm package is not installed: npm install ${name}`, { cause });
  }
  const file = (ending: string): string => join(dirname(description), 'model', `face_recognition_model${ending}`);
  try {
    const [json, manifest, weights] = await Promise.all([
      readFile(description, 'utf8'),
      readFile(file('-weights_manifest.json'), 'utf8'),
      readFile(file('.bin')),
    ]);
    return { version: (JSON.parse(json) as { version: string }).version, manifest, weights };
  } catch (cause) {
    throw new MienError(`${name}: expected it to hold its face recognition network, but it does not`, { cause });
  }
}
