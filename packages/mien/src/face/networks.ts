/**
 * The networks that Mien takes from MediaPipe, translated to ONNX when they are first needed and kept for the life of
 * the process (about 0.2 s each; nothing is written to disk).
 */
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession, type Session } from '../runtime/index.ts';
import { readFaceDetectionFile, readFaceMeshFile } from './packages.ts';
import { translateTflite } from './tflite/translate.ts';

const SOURCES = {
  'face-detection-short-range': () => readFaceMeshFile('face_detection_short_range.tflite'),
  'face-detection-full-range': () => readFaceDetectionFile('face_detection_full_range.tflite'),
  'face-landmark': () => readFaceMeshFile('face_landmark.tflite'),
} as const;
export type NetworkName = keyof typeof SOURCES;

const loaded = new Map<NetworkName, Promise<Session>>();

/**
 * @throws {MienError} when the npm package that holds the weights is missing or damaged
 */
export function loadNetwork(name: NetworkName): Promise<Session> {
  let session = loaded.get(name);
  if (!session) {
    session = SOURCES[name]().then((bytes) => createSession(encodeModel(translateTflite(bytes, name)), {}, name));
    loaded.set(name, session);
  }
  return session;
}
