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
  /**
   * uint32 [898,3]: vertices of each triangle, wound as geometry/triangle-mesh.ts says. Together a disc: eyes and mouth
   * are closed over (reconstruct/face-surface.ts opens them).
   */
  readonly triangles: Uint32Array;
  /** float32 [468,2]: where each vertex lies in the unfolded face, u to the image's right, v down, both 0 … 1. */
  readonly textureCoordinates: Float32Array;
}

const VERTICES = 468;
/** Each vertex is x, y, z and two texture coordinates. */
const FLOATS_PER_VERTEX = 5;
const TRIANGLES = 898;

/**
 * Reads the bytes of geometry_pipeline_metadata_landmarks.binarypb. The file has y up and z towards the camera; both
 * are negated here.
 * @throws {MienError} when the bytes are damaged or hold another mesh
 */
export function decodeCanonicalFace(bytes: Uint8Array): CanonicalFace {
  const weights = new Array<number>(VERTICES).fill(0);
  const floats: number[] = [];
  const indices: bigint[] = [];
  try {
    for (const field of readFields(bytes)) {
      if (field.number === 1) {
        for (const mesh of field.fields()) {
          if (mesh.number === 3) floats.push(...mesh.floats());
          if (mesh.number === 4) indices.push(...mesh.int64s());
        }
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
  if (indices.length !== 3 * TRIANGLES || indices.some((vertex) => vertex < 0n || vertex >= BigInt(VERTICES))) {
    throw new MienError(
      `canonical face: expected ${TRIANGLES} triangles of vertices 0 to ${VERTICES - 1}, got ${indices.length / 3} or other vertices`,
    );
  }
  const vertices = weights.map((_, i): Point3 => {
    const at = FLOATS_PER_VERTEX * i;
    return [floats[at]!, -floats[at + 1]!, -floats[at + 2]!];
  });
  const textureCoordinates = Float32Array.from(
    { length: 2 * VERTICES },
    (_, k) => floats[FLOATS_PER_VERTEX * (k >> 1) + 3 + (k & 1)]!,
  );
  return { vertices, weights, triangles: Uint32Array.from(indices, Number), textureCoordinates };
}

function decodeWeight(field: WireField): { id: number; weight: number } {
  let [id, weight] = [0, 0];
  for (const part of field.fields()) {
    if (part.number === 1) id = part.int();
    if (part.number === 2) weight = part.float();
  }
  return { id, weight };
}
