/** A recognizer with the networks that npm installed, or with assets. */
import { FaceNetworks } from '../face/index.ts';
import { npmFaceNetworks } from '../face/node.ts';
import { assembleRecognizer } from './assemble.ts';
import { faceFilesOf, readAssetModel } from './assets.ts';
import { ExpressionClassifier } from './classifier.ts';
import { openAssets } from './folder-assets.ts';
import { loadClassifier } from './model-files.ts';
import type { Recognizer } from './recognizer.ts';
import { DEFAULT_MODEL, isAssets, isModelPath, type RecognizerOptions } from './recognizer-options.ts';

/**
 * Loads everything that recognition needs; it takes about half a second.
 * @throws {InputError} when the model is unknown or damaged, or does not allow the views, or there are no assets in the
 *   folder
 * @throws {MienError} when the device is not available, or the packages with the face networks are not installed
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 *
 * const recognizer = await createRecognizer();
 * const { faces } = await recognizer.recognize(await decodeImage('photo.jpg'));
 * for (const face of faces) console.log(face.top, face.confidence, face.pose);
 * await recognizer.release();
 * ```
 */
export async function createRecognizer({
  assets,
  model = DEFAULT_MODEL,
  ...options
}: RecognizerOptions = {}): Promise<Recognizer> {
  if (assets === undefined) return assembleRecognizer(loadClassifier(model, options), npmFaceNetworks, options);
  const opened = isAssets(assets) ? assets : await openAssets(assets);
  const classifier =
    typeof model !== 'string' || isModelPath(model)
      ? loadClassifier(model, options)
      : readAssetModel(opened, model).then((bytes) => ExpressionClassifier.create(bytes, model, options));
  return assembleRecognizer(classifier, new FaceNetworks(faceFilesOf(opened)), options);
}
