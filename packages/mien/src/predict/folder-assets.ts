/** Assets in a folder, in Node: written for a page to serve, or read in place of the npm packages. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.ts';
import { NPM_FACE_FILES, readFaceNetwork } from '../face/node.ts';
import { FACE_NETWORKS } from '../face/index.ts';
import { exists, readText, readWhole, writeWhole } from '../files/index.ts';
import type { UrlLike } from '../image/index.ts';
import { encodeModel, storeWeightsAsHalf } from '../onnx/index.ts';
import {
  type Assets,
  ASSETS_LIST,
  type AssetsList,
  CANONICAL_FACE_FILE,
  entryOf,
  modelFile,
  modelsOf,
  networkFile,
  parseAssetsList,
} from './assets.ts';
import { ExpressionClassifier } from './classifier.ts';
import { readModelBytes } from './model-files.ts';
import { DEFAULT_MODEL } from './recognizer-options.ts';

const NOTICE = `Files for recognition of facial expressions in browsers, written by "mien assets".

models/  expression models, by the Mien project (Apache-2.0) unless they are your own
faces/   face detectors and meshes of MediaPipe (Apache-2.0, The MediaPipe Authors), translated to ONNX by Mien

Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
`;

export interface WriteAssetsOptions {
  /**
   * Names, or paths of .onnx files, as `loadClassifier` takes them; a file is named by its file name. Default: the
   * default model alone.
   */
  readonly models?: readonly string[];
}

/**
 * Writes the assets into a folder, which is made if it is missing; those of an earlier call are replaced.
 * @returns the files written, relative to the folder, with their sizes in bytes
 * @throws {InputError} when a model is unknown or damaged, or a file is in the way; {MienError} when the packages with
 *   the face networks are not installed
 */
export async function writeAssets(
  folder: string,
  { models = [DEFAULT_MODEL] }: WriteAssetsOptions = {},
): Promise<{ file: string; bytes: number }[]> {
  const files = new Map<string, Uint8Array>();
  for (const source of models) {
    const file = modelFile(basename(source, '.onnx'));
    if (files.has(file))
      throw new InputError(
        source,
        `would be written as ${file}, and so would another model: give one of them another name`,
      );
    const { bytes, label } = await readModelBytes(source);
    await (await ExpressionClassifier.create(bytes, label)).release();
    files.set(file, bytes);
  }
  for (const name of FACE_NETWORKS) {
    const graph = await readFaceNetwork(name);
    storeWeightsAsHalf(graph, { onlyExact: true });
    files.set(networkFile(name), encodeModel(graph));
  }
  files.set(CANONICAL_FACE_FILE, await NPM_FACE_FILES.canonicalFace());
  files.set('NOTICE.txt', Buffer.from(NOTICE));

  const isOurs = await readText(join(folder, ASSETS_LIST))
    .then((text) => parseAssetsList(text, ASSETS_LIST))
    .then(
      () => true,
      () => false,
    );
  const list: AssetsList = { schema: 1, files: {} };
  for (const [file, bytes] of files) {
    const path = join(folder, file);
    if (!isOurs && (await exists(path)))
      throw new InputError(
        path,
        `is in the way, and ${folder} holds no assets of an earlier call: choose another folder`,
      );
    list.files[file] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  for (const [file, bytes] of files) await writeWhole(join(folder, file), bytes);
  await writeWhole(join(folder, ASSETS_LIST), Buffer.from(`${JSON.stringify(list, null, 1)}\n`));
  return [...files].map(([file, { length }]) => ({ file, bytes: length }));
}

/**
 * Opens a folder that `writeAssets` wrote.
 * @throws {InputError} when it holds no assets, or the address is not one of a file
 */
export async function openAssets(folder: string | UrlLike): Promise<Assets> {
  const path = typeof folder === 'string' ? folder : pathOf(folder);
  const list = parseAssetsList(await readText(join(path, ASSETS_LIST)), join(path, ASSETS_LIST));
  return {
    location: path,
    models: modelsOf(list),
    async read(file) {
      entryOf(list, file, path);
      return readWhole(join(path, file));
    },
  };
}

function pathOf({ href }: UrlLike): string {
  if (!href.startsWith('file:'))
    throw new InputError(href, 'is not the address of a folder: in Node, assets are read from the disk');
  return fileURLToPath(href);
}
