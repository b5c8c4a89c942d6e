/**
 * Where models come from: by name, out of the folder `models` that npm installs with the library (`<name>.onnx` with
 * its card `<name>.json`), or from any .onnx file.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, MienError } from '../errors.ts';
import { compareNames, readWhole } from '../files/index.ts';
import { ExpressionClassifier, type ClassifierOptions } from './classifier.ts';
import { DEFAULT_MODEL, isModelPath } from './recognizer-options.ts';

export interface ModelFile {
  readonly name: string;
  readonly path: string;
  /** Path of the model card, which may be missing. */
  readonly cardPath: string;
}

/** In the package, two levels above this file in `src` and in `dist` alike. */
const MODELS_FOLDER = fileURLToPath(new URL('../../models/', import.meta.url));

/**
 * The models that are installed, by name. @throws {MienError} when their folder is missing, as in a bundle of an
 * application's code
 */
export async function listModels(): Promise<ModelFile[]> {
  let files: string[];
  try {
    files = await readdir(MODELS_FOLDER);
  } catch (cause) {
    throw new MienError(
      `${MODELS_FOLDER}: cannot be read, and it should hold the expression models; keep the package out of bundles for Node`,
      { cause },
    );
  }
  const names = files
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => file.slice(0, -'.onnx'.length))
    .sort(compareNames);
  return names.map((name) => ({
    name,
    path: join(MODELS_FOLDER, `${name}.onnx`),
    cardPath: join(MODELS_FOLDER, `${name}.json`),
  }));
}

/** @throws {InputError} naming the models that are installed */
export async function findModel(name: string): Promise<ModelFile> {
  const models = await listModels();
  const found = models.find((model) => model.name === name);
  if (!found) {
    const known = models.map((model) => model.name).join(', ');
    throw new InputError(
      name,
      `is not a model: ${known ? `expected one of ${known}` : 'none is installed, expected'} or the path of an .onnx file`,
    );
  }
  return found;
}

/**
 * The file of a model, and where its card would be.
 * @param source a name (see `listModels`), or a path (it ends in .onnx or holds a slash)
 * @throws {InputError} when no model of that name is installed
 */
export async function modelFile(source: string): Promise<ModelFile> {
  if (!isModelPath(source)) return findModel(source);
  const [, name = source] = /([^/\\]*?)(?:\.onnx)?$/i.exec(source) ?? [];
  return { name, path: source, cardPath: `${source.replace(/\.onnx$/i, '')}.json` };
}

/**
 * Loads an expression model.
 * @param source a name (see `listModels`), a path (it ends in .onnx or holds a slash), or the bytes of an .onnx file
 * @throws {InputError} when there is no such model, or it is damaged; {MienError} when the device is not available
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { loadClassifier } from 'mienjs/predict/node';
 *
 * const classifier = await loadClassifier('runs/mine/mine.onnx');
 * const [head] = await classifier.classify([await decodeImage('framed-face.png', { channels: 1 })]);
 * classifier.preprocess.classes.forEach((name, k) => console.log(name, head!.probabilities[k]));
 * await classifier.release();
 * ```
 */
export async function loadClassifier(
  source: string | Uint8Array = DEFAULT_MODEL,
  options: ClassifierOptions = {},
): Promise<ExpressionClassifier> {
  const { bytes, label } = await readModelBytes(source);
  return ExpressionClassifier.create(bytes, label, options);
}

/**
 * The bytes of a model, and what errors call it.
 * @param source as `loadClassifier`   @throws {InputError} when there is no such model, or its file cannot be read
 */
export async function readModelBytes(source: string | Uint8Array): Promise<{ bytes: Uint8Array; label: string }> {
  if (typeof source !== 'string') return { bytes: source, label: 'model' };
  const { path } = await modelFile(source);
  return { bytes: await readWhole(path, { label: source }), label: source };
}
