/**
 * The networks that Mien takes from MediaPipe, translated to ONNX when they are first needed and kept for the life of
 * the process (about 0.2 s each; nothing is written to disk).
 */
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { readFaceDetectionFile, readFaceMeshFile } from './packages.ts';
import { translateAttentionMesh } from './tflite/attention-mesh.ts';
import { translateTflite } from './tflite/translate.ts';

const SOURCES = {
  'face-detection-short-range': { read: () => readFaceMeshFile('face_detection_short_range.tflite'), translate: translateTflite },
  'face-detection-full-range': { read: () => readFaceDetectionFile('face_detection_full_range.tflite'), translate: translateTflite },
  'face-landmark': { read: () => readFaceMeshFile('face_landmark.tflite'), translate: translateTflite },
  'face-landmark-with-attention': { read: () => readFaceMeshFile('face_landmark_with_attention.tflite'), translate: translateAttentionMesh },
} as const;
export type NetworkName = keyof typeof SOURCES;

/** By name and session options. */
const loaded = new Map<string, Promise<Session>>();

/**
 * @throws {MienError} when the npm package that holds the weights is missing or damaged, or the device is not available
 */
export function loadNetwork(name: NetworkName, options: SessionOptions = {}): Promise<Session> {
  const key = JSON.stringify([name, options.device, options.threads]);
  let session = loaded.get(key);
  if (!session) {
    const { read, translate } = SOURCES[name];
    session = read().then((bytes) => createSession(encodeModel(translate(bytes, name)), options, name));
    session.catch(() => loaded.delete(key)); // so that a repaired installation is noticed
    loaded.set(key, session);
  }
  return session;
}
