/**
 * Where models come from: by name, out of the package mien-models that npm installs with Mien (`<name>.onnx` with its
 * card `<name>.json`), or from any .onnx file.
 */
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError, MienError } from '../errors.ts';
import { compareNames, readWhole } from '../files/index.ts';
import { ExpressionClassifier, type ClassifierOptions } from './classifier.ts';

export const DEFAULT_MODEL = 'default';

export interface ModelFile {
  readonly name: string;
  readonly path: string;
  /** Of the model card, which may be missing. */
  readonly cardPath: string;
}

/** The models that are installed, by name. @throws {MienError} when the package is missing */
export async function listModels(): Promise<ModelFile[]> {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('mien-models/package.json'));
  } catch (cause) {
    throw new MienError('mien-models: the npm package is not installed, and it holds the expression models', { cause });
  }
  const names = (await readdir(folder)).filter((file) => file.endsWith('.onnx')).map((file) => file.slice(0, -'.onnx'.length)).sort(compareNames);
  return names.map((name) => ({ name, path: join(folder, `${name}.onnx`), cardPath: join(folder, `${name}.json`) }));
}

/** @throws {InputError} naming the models that are installed */
export async function findModel(name: string): Promise<ModelFile> {
  const models = await listModels();
  const found = models.find((model) => model.name === name);
  if (!found) {
    const known = models.map((model) => model.name).join(', ');
    throw new InputError(name, `is no model: ${known ? `expected one of ${known}` : 'none is installed, expected'} or the path of an .onnx file`);
  }
  return found;
}

/**
 * Loads an expression model.
 * @param source a name (see `listModels`), a path (it ends in .onnx or holds a slash), or the bytes of an .onnx file
 * @throws {InputError} when there is no such model, or it is damaged; {MienError} when the device is not available
 */
export async function loadClassifier(source: string | Uint8Array = DEFAULT_MODEL, options: ClassifierOptions = {}): Promise<ExpressionClassifier> {
  const { bytes, label } = await readModelBytes(source);
  return ExpressionClassifier.create(bytes, label, options);
}

/**
 * The bytes of a model, and what errors call it.
 * @param source as `loadClassifier`   @throws {InputError} when there is no such model, or its file cannot be read
 */
export async function readModelBytes(source: string | Uint8Array): Promise<{ bytes: Uint8Array; label: string }> {
  if (typeof source !== 'string') return { bytes: source, label: 'model' };
  const isPath = source.endsWith('.onnx') || /[\\/]/.test(source);
  const path = isPath ? source : (await findModel(source)).path;
  return { bytes: await readWhole(path, { label: source }), label: source };
}
