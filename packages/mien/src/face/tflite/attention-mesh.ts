/**
 * The attention mesh as one network with the outputs of the plain one: the refined lips and eyes replace the rough
 * mesh's, and the irises are appended, inside the graph.
 * Source: MediaPipe's graph tensors_to_face_landmarks_with_attention (LandmarksRefinementCalculator).
 */
import { MienError } from '../../errors.ts';
import { GraphBuilder, type Graph, type Value } from '../../onnx/index.ts';
import { int64 } from '../../tensor/index.ts';
import { decodeFlexMap } from './flexbuffer.ts';
import { decodeTflite, type TfliteModel } from './model.ts';
import { translateInto } from './translate.ts';

const MESH_POINTS = 468;
const IRIS_POINTS = 5;
/** The lids of each eye: an iris gets their mean depth. */
const RIGHT_LIDS = [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173];
const LEFT_LIDS = [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398];

/**
 * @returns a graph with the outputs `points` [N,478,3], in pixels of the crop (468 mesh vertices, then centre and four
 *   border points of the subject's right and of the left iris), and `presence` [N,1,1,1], a logit
 * @throws {MienError} when the file is another model
 */
export function translateAttentionMesh(bytes: Uint8Array, label: string): Graph {
  const model = decodeTflite(bytes, label);
  const b = new GraphBuilder(label);
  const outputs = translateInto(b, model);
  const output = (name: string): Value => outputs.get(name) ?? missing(label, `output ${name}`);
  const points = (name: string, count: number, size: number): Value =>
    b.op('Reshape', [output(name), b.ints([-1, count, size])]);

  const mesh = points('output_mesh_identity', MESH_POINTS, 3);
  const depth = b.op('Slice', [mesh, b.ints([2]), b.ints([3]), b.ints([2])]); // [N,468,1]
  const depthsAt = (vertices: readonly number[]): Value =>
    b.op('Gather', [depth, b.constant(int64(vertices))], { axis: 1 });
  // The network names the eyes as they appear in the image: its left eye is the subject's right.
  const parts = ['output_lips', 'output_left_eye', 'output_right_eye'].map((name, i) => {
    const vertices = refinedVertices(model, i);
    return { vertices, points: b.op('Concat', [points(name, vertices.length, 2), depthsAt(vertices)], { axis: 2 }) };
  });
  const iris = (name: string, lids: readonly number[]): Value => {
    const meanDepth = b.op('ReduceMean', [depthsAt(lids), b.ints([1])]); // [N,1,1]
    const xy = points(name, IRIS_POINTS, 2);
    const x = b.op('Slice', [xy, b.ints([0]), b.ints([1]), b.ints([2])]);
    return b.op('Concat', [xy, b.op('Add', [b.op('Mul', [x, 0]), meanDepth])], { axis: 2 });
  };
  const irises = [iris('output_left_iris', RIGHT_LIDS), iris('output_right_iris', LEFT_LIDS)];

  // All points one after the other, and for each place of the result the one that holds it.
  const all = b.op('Concat', [mesh, ...parts.map((p) => p.points), ...irises], { axis: 1 });
  const order = Array.from({ length: MESH_POINTS }, (_, i) => i);
  let next = MESH_POINTS;
  for (const { vertices } of parts) for (const v of vertices) order[v] = next++;
  for (let i = 0; i < 2 * IRIS_POINTS; i++) order.push(next++);
  b.output(b.op('Gather', [all, b.constant(int64(order))], { axis: 1 }), 'points');
  b.output(output('conv_faceflag'), 'presence');
  return b.graph;
}

/** The vertices of part `i` (lips, left eye, right eye), in the order in which the network refines them. */
function refinedVertices(model: TfliteModel, i: number): readonly number[] {
  const op = model.operators.filter((o) => o.name === 'Landmarks2TransformMatrix')[i];
  const vertices = op && decodeFlexMap(op.customOptions).get('subset_idxs');
  return typeof vertices === 'object'
    ? vertices
    : missing(model.label, `operator Landmarks2TransformMatrix number ${i}`);
}

function missing(label: string, what: string): never {
  throw new MienError(`${label}: expected MediaPipe's attention mesh, but it has no ${what}`);
}
