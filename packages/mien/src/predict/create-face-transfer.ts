/** Generators from files, alone or with the networks that find faces, in Node. */
import { loadFaceDetector, loadFaceMesher } from '../face/node.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { FaceGenerator } from './face-generator.ts';
import { FaceTransfer } from './face-transfer.ts';
import { readModelBytes } from './model-files.ts';

/**
 * Loads a generator, as training one writes it (`RECIPE.generator.onnx`).
 * @param source a path, or the bytes of an .onnx file
 * @throws {InputError} when there is no such file, or it is not a generator
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { loadGenerator } from 'mienjs/predict/node';
 *
 * const generator = await loadGenerator('runs/ha-gan/ha-gan.ferplus.generator.onnx');
 * const face = generator.fitted(await decodeImage('framed-face.png'));
 * const [picture] = await generator.generate([face], { person: generator.people[0]!, seed: 1 });
 * console.log(picture!.width, picture!.height);
 * ```
 */
export async function loadGenerator(source: string | Uint8Array, options: SessionOptions = {}): Promise<FaceGenerator> {
  const { bytes, label } = await readModelBytes(source);
  return FaceGenerator.create(bytes, label, options);
}

/**
 * A generator with the networks that npm installed for finding faces.
 * @throws {InputError} as `loadGenerator`, or when it was not trained on framed faces   @throws {MienError} when the
 *   packages with the face networks are not installed
 */
export async function createFaceTransfer(
  source: string | Uint8Array,
  options: SessionOptions = {},
): Promise<FaceTransfer> {
  const generator = await loadGenerator(source, options);
  try {
    return new FaceTransfer({
      generator,
      detector: await loadFaceDetector(options),
      mesher: await loadFaceMesher(options),
    });
  } catch (cause) {
    await generator.release();
    throw cause;
  }
}
