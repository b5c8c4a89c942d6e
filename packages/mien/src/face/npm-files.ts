/**
 * MediaPipe's networks out of their npm packages, translated to ONNX (about 0.2 s each; nothing is written to disk).
 */
import { encodeModel, type Graph } from '../onnx/index.ts';
import type { FaceFiles, NetworkName } from './networks.ts';
import { readFaceDetectionFile, readFaceMeshFile } from './packages.ts';
import { translateAttentionMesh } from './tflite/attention-mesh.ts';
import { translateTflite } from './tflite/translate.ts';

const SOURCES: Readonly<
  Record<NetworkName, { read(): Promise<Uint8Array>; translate(bytes: Uint8Array, label: string): Graph }>
> = {
  'face-detection-short-range': {
    read: () => readFaceMeshFile('face_detection_short_range.tflite'),
    translate: translateTflite,
  },
  'face-detection-full-range': {
    read: () => readFaceDetectionFile('face_detection_full_range.tflite'),
    translate: translateTflite,
  },
  'face-landmark': { read: () => readFaceMeshFile('face_landmark.tflite'), translate: translateTflite },
  'face-landmark-with-attention': {
    read: () => readFaceMeshFile('face_landmark_with_attention.tflite'),
    translate: translateAttentionMesh,
  },
};

/** @throws {MienError} when the npm package that holds the weights is missing or damaged */
export async function readFaceNetwork(name: NetworkName): Promise<Graph> {
  const { read, translate } = SOURCES[name];
  return translate(await read(), name);
}

export const NPM_FACE_FILES: FaceFiles = {
  network: async (name) => encodeModel(await readFaceNetwork(name)),
  canonicalFace: () => readFaceMeshFile('geometry_pipeline_metadata_landmarks.binarypb'),
};
