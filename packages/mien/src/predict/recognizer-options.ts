/** The options of `createRecognizer`, alike in Node and in browsers. */
import type { FaceDetector } from '../face/index.ts';
import type { UrlLike } from '../image/index.ts';
import type { Assets } from './assets.ts';
import type { ClassifierOptions } from './classifier.ts';

export const DEFAULT_MODEL = 'default';

export interface RecognizerOptions extends ClassifierOptions {
  /** Name, path (in a browser: address) or bytes of the expression model. Default `default`. */
  readonly model?: string | Uint8Array;
  /**
   * The folder that `mien assets` wrote, or its address; a browser needs it. In Node the model and the face networks
   * are by default those that npm installed.
   */
  readonly assets?: string | UrlLike | Assets;
  /** What finds faces, such as a `HaarDetector`. Default: the detector that searches photos with MediaPipe's networks. */
  readonly detector?: FaceDetector;
}

export const isAssets = (assets: string | UrlLike | Assets): assets is Assets =>
  typeof assets === 'object' && 'read' in assets;

/** Whether the text is a model's path or address, and not its name. */
export const isModelPath = (model: string): boolean => model.endsWith('.onnx') || /[\\/]/.test(model);
