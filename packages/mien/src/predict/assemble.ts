/** A recognizer of its parts, loaded side by side. */
import type { FaceNetworks } from '../face/index.ts';
import type { ExpressionClassifier } from './classifier.ts';
import { Recognizer } from './recognizer.ts';
import type { RecognizerOptions } from './recognizer-options.ts';

/** The classifier is released if another part cannot be loaded. */
export async function assembleRecognizer(
  classifier: Promise<ExpressionClassifier>,
  networks: FaceNetworks,
  options: Pick<RecognizerOptions, 'views' | 'device' | 'threads' | 'detector'>,
): Promise<Recognizer> {
  const { views: _, detector: own, ...session } = options;
  const faces = Promise.all([own ?? networks.detector(session), networks.mesher(session), networks.canonicalFace()]);
  faces.catch(() => undefined); // awaited below
  const loaded = await classifier;
  try {
    const [detector, mesher, canonicalFace] = await faces;
    return new Recognizer({ classifier: loaded, detector, mesher, canonicalFace });
  } catch (cause) {
    await loaded.release();
    throw cause;
  }
}
