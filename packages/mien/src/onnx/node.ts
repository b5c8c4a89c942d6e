/**
 * ONNX files on disk, in Node: the model, and the tensors that it keeps in files beside it.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { MienError } from '../errors.ts';
import { readWhole } from '../files/index.ts';
import type { Graph } from './graph.ts';
import { decodeModel } from './protobuf.ts';
import type { ExternalData } from './protobuf-tensor.ts';

/**
 * Reads an ONNX file, with the data that it keeps in other files of its folder.
 * @throws {InputError} when the file cannot be read, is not an ONNX model, or names data that are missing, too short, or
 *   outside its folder
 * @example
 * ```ts
 * import { readModelFile } from 'mienjs/onnx/node';
 *
 * const graph = await readModelFile('model.onnx');
 * console.log(graph.inputs, graph.nodes.length);
 * ```
 */
export async function readModelFile(path: string): Promise<Graph> {
  return decodeModelFile(await readWhole(path), path);
}

/** An ONNX file whose bytes are read already, with the data that it keeps in other files. @throws as `readModelFile` */
export function decodeModelFile(bytes: Uint8Array, path: string): Graph {
  return decodeModel(bytes, path, dataBeside(dirname(path)));
}

/** Only from within the folder, links followed: a model must not make its reader open any file of the machine. */
function dataBeside(folder: string): ExternalData {
  return (location, offset, length) => {
    if (isAbsolute(location) || leaves(location)) throw new MienError("which is outside the model's folder");
    let path: string;
    try {
      path = realpathSync(join(folder, location));
    } catch (cause) {
      throw new MienError('which does not exist', { cause });
    }
    if (leaves(relative(realpathSync(folder), path)))
      throw new MienError("which is a link to outside the model's folder");
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) throw new MienError('which is not a file');
      const { size } = stats;
      if (size < offset + length) throw new MienError(`which has ${size} bytes where ${offset + length} are needed`);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) done += readSync(file, bytes, done, length - done, offset + done);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
}

function leaves(path: string): boolean {
  return path.split(/[\\/]/).includes('..') || path.startsWith(sep);
}
