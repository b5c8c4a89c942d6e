/**
 * MediaPipe's canonical face: an average face in centimetres, and how far each vertex is to be trusted when a mesh is
 * laid on it (weights are high about the eyes and nose, which expressions move least; most vertices have none).
 * Source: mediapipe/modules/face_geometry, messages GeometryPipelineMetadata, Mesh3d and WeightedLandmarkRef.
 */
import { MienError } from '../errors.ts';
import type { Point3 } from '../image/index.ts';
import { readFields, type WireField } from '../onnx/protobuf-wire.ts';

export interface CanonicalFace {
  /** 468 vertices, cm: x to the image's right, y down, z away from the camera, the face looking into it. */
  readonly vertices: readonly Point3[];
  /** One a vertex, at least 0. */
  readonly weights: readonly number[];
}

const VERTICES = 468;
/** Each vertex is x, y, z and two texture coordinates. */
const FLOATS_PER_VERTEX = 5;

/**
 * Reads the bytes of geometry_pipeline_metadata_landmarks.binarypb. The file has y up and z towards the camera; both
 * are negated here.
 * @throws {MienError} when the bytes are damaged or hold another mesh
 */
export function decodeCanonicalFace(bytes: Uint8Array): CanonicalFace {
  const weights = new Array<number>(VERTICES).fill(0);
  let floats: number[] = [];
  try {
    for (const field of readFields(bytes)) {
      if (field.number === 1) {
        for (const mesh of field.fields()) if (mesh.number === 3) floats = floats.concat(mesh.floats());
      } else if (field.number === 2) {
        const { id, weight } = decodeWeight(field);
        weights[id] = weight;
      }
    }
  } catch (cause) {
    throw new MienError(`canonical face: is not readable (${(cause as Error).message})`, { cause });
  }
  if (floats.length !== VERTICES * FLOATS_PER_VERTEX || weights.length !== VERTICES) {
    throw new MienError(
      `canonical face: expected ${VERTICES} vertices, got ${floats.length / FLOATS_PER_VERTEX} with weights for ${weights.length}`,
    );
  }
  const vertices = weights.map((_, i): Point3 => {
    const at = FLOATS_PER_VERTEX * i;
    return [floats[at]!, -floats[at + 1]!, -floats[at + 2]!];
  });
  return { vertices, weights };
}

function decodeWeight(field: WireField): { id: number; weight: number } {
  let [id, weight] = [0, 0];
  for (const part of field.fields()) {
    if (part.number === 1) id = part.int();
    if (part.number === 2) weight = part.float();
  }
  return { id, weight };
}
