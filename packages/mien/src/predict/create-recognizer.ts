/** A recognizer with the networks that npm installed. */
import { loadCanonicalFace, loadFaceDetector, loadFaceMesher } from '../face/node.ts';
import type { ClassifierOptions } from './classifier.ts';
import { DEFAULT_MODEL, loadClassifier } from './model-files.ts';
import { Recognizer } from './recognizer.ts';

export interface RecognizerOptions extends ClassifierOptions {
  /** Name, path or bytes of the expression model (see `loadClassifier`). Default `default`. */
  readonly model?: string | Uint8Array;
}

/**
 * Loads everything that recognition needs; it takes about half a second.
 * @throws {InputError} when the model is unknown or damaged, or does not allow the views
 * @throws {MienError} when the device is not available, or the packages with the face networks are not installed
 */
export async function createRecognizer({ model = DEFAULT_MODEL, views = 'single', ...session }: RecognizerOptions = {}): Promise<Recognizer> {
  const loading = loadClassifier(model, { ...session, views });
  try {
    const [classifier, detector, mesher, canonicalFace] = await Promise.all([loading, loadFaceDetector(session), loadFaceMesher(session), loadCanonicalFace()]);
    return new Recognizer({ classifier, detector, mesher, canonicalFace });
  } catch (error) {
    await loading.then((classifier) => classifier.release(), () => undefined);
    throw error;
  }
}
