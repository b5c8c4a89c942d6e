/** A position-map network from a folder, in Node. */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { readText, readWhole } from '../../files/index.ts';
import { decodeModel } from '../../onnx/index.ts';
import { createSession, type SessionOptions } from '../../runtime/index.ts';
import {
  LAYOUT_FILES,
  parsePositionMapLayout,
  PositionMapReconstructor,
  type PositionMapOptions,
} from './position-map-reconstructor.ts';

const NETWORK = 'network.onnx';

/**
 * @param folder with network.onnx, face_ind.txt, triangles.txt and uv_kpt_ind.txt
 * @throws {InputError} naming the file that is missing or does not fit
 */
export async function readPositionMapReconstructor(
  folder: string,
  options: PositionMapOptions & SessionOptions = {},
): Promise<PositionMapReconstructor> {
  const path = join(folder, NETWORK);
  const bytes = await readWhole(path);
  const { inputs, outputs } = decodeModel(bytes, path);
  const [input, output] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []].map((shape) =>
    shape.map((size) => (typeof size === 'number' ? size : 1)),
  ) as [number[], number[]];
  const side = output[1] === 3 ? output[3] : output[2];
  if (output.length !== 4 || side === undefined || side < 2)
    throw new InputError(path, `expected an output [N,3,S,S] or [N,S,S,3], got [${output.join(',')}]`);
  const [vertices, triangles, landmarks] = (await Promise.all(
    [LAYOUT_FILES.vertices, LAYOUT_FILES.triangles, LAYOUT_FILES.landmarks].map((file) => readText(join(folder, file))),
  )) as [string, string, string];
  const layout = parsePositionMapLayout({ vertices, triangles, landmarks }, side);
  const { visibility, outputRange, ...session } = options;
  return new PositionMapReconstructor(await createSession(bytes, session, path), input, layout, {
    ...(visibility === undefined ? {} : { visibility }),
    ...(outputRange === undefined ? {} : { outputRange }),
  });
}
