/** A position-map network in Node: a file that Mien trained, or a folder of another network with its layout. */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { isFolder, readText, readWhole } from '../../files/index.ts';
import { decodeModel } from '../../onnx/index.ts';
import { createSession, type SessionOptions } from '../../runtime/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { FaceNetworks } from '../networks.ts';
import { NPM_FACE_FILES } from '../npm-files.ts';
import { MeshMap } from './mesh-map.ts';
import { checkPositionMapMetadata } from './position-map-metadata.ts';
import {
  LAYOUT_FILES,
  parsePositionMapLayout,
  PositionMapReconstructor,
  type PositionMapLayout,
  type PositionMapOptions,
} from './position-map-reconstructor.ts';

const NETWORK = 'network.onnx';

/**
 * @param path an ONNX file that `mien train position-map.manifest` wrote, or a folder with network.onnx, face_ind.txt,
 *   triangles.txt and uv_kpt_ind.txt
 * @throws {InputError} naming the file that is missing or does not fit
 * @throws {MienError} for a file of Mien's, when the package with the canonical face is not installed
 */
export async function readPositionMapReconstructor(
  path: string,
  options: PositionMapOptions & SessionOptions = {},
): Promise<PositionMapReconstructor> {
  const isOfOthers = await isFolder(path);
  const file = isOfOthers ? join(path, NETWORK) : path;
  const bytes = await readWhole(file);
  const { inputs, outputs, metadata } = decodeModel(bytes, file);
  const [input, output] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []].map((shape) =>
    shape.map((size) => (typeof size === 'number' ? size : 1)),
  ) as [number[], number[]];
  const side = output[1] === 3 ? output[3] : output[2];
  if (output.length !== 4 || side === undefined || side < 2)
    throw new InputError(file, `expected an output [N,3,S,S] or [N,S,S,3], got [${output.join(',')}]`);
  const layout = isOfOthers
    ? await readLayout(path, side)
    : layoutOfMesh(file, metadata, side, await new FaceNetworks(NPM_FACE_FILES).canonicalFace());
  const { visibility, outputRange, ...session } = options;
  return new PositionMapReconstructor(await createSession(bytes, session, file), input, layout, {
    ...(visibility === undefined ? {} : { visibility }),
    ...(outputRange === undefined ? {} : { outputRange }),
  });
}

async function readLayout(folder: string, side: number): Promise<PositionMapLayout> {
  const [vertices, triangles, landmarks] = (await Promise.all(
    [LAYOUT_FILES.vertices, LAYOUT_FILES.triangles, LAYOUT_FILES.landmarks].map((name) => readText(join(folder, name))),
  )) as [string, string, string];
  return parsePositionMapLayout({ vertices, triangles, landmarks }, side);
}

function layoutOfMesh(
  file: string,
  metadata: ReadonlyMap<string, string>,
  side: number,
  canonical: CanonicalFace,
): PositionMapLayout {
  checkPositionMapMetadata(file, metadata);
  return new MeshMap(canonical, side).layout;
}
