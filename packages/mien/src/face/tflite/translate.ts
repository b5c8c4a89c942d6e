/**
 * TFLite → ONNX: the networks of MediaPipe run wherever ONNX Runtime does.
 */
import { MienError } from '../../errors.ts';
import { GraphBuilder, type Graph, type Value } from '../../onnx/index.ts';
import { decodeTflite, type TfliteModel } from './model.ts';
import { TRANSLATIONS } from './operators.ts';
import { Translation } from './translation.ts';

/**
 * Translates a .tflite file to an ONNX graph with the same weights (float16 widened to float32).
 * The batch, 1 in the file, becomes the symbolic dimension `N`. Inputs keep their names but are channels-first
 * [N,C,H,W]; outputs keep names and TFLite's shapes.
 * @param label names the model in errors and the graph
 * @throws {MienError} when the bytes are damaged, or an operator has no translation (the message names it)
 */
export function translateTflite(bytes: Uint8Array, label: string): Graph {
  const builder = new GraphBuilder(label);
  for (const [name, value] of translateInto(builder, decodeTflite(bytes, label))) builder.output(value, name);
  return builder.graph;
}

/**
 * Adds a model's inputs and nodes to a graph, as `translateTflite` does.
 * @returns what the model outputs, by name; not yet outputs of the graph
 */
export function translateInto(builder: GraphBuilder, model: TfliteModel): Map<string, Value> {
  const { label } = model;
  const translation = new Translation(builder, model);
  for (const index of model.inputs) {
    const { name, type, shape } = model.tensors[index] ?? noTensor(label, index);
    const [n, h, w, c] = shape;
    if (type !== 'float32' || shape.length !== 4 || n !== 1) {
      throw new MienError(`${label}: input "${name}" is ${type} [${shape.join(',')}], expected float32 [1,H,W,C]`);
    }
    translation.setChannelsFirst(index, builder.input(name, 'float32', ['N', c!, h!, w!]));
  }
  for (const op of model.operators) {
    const translate = Object.hasOwn(TRANSLATIONS, op.name) ? TRANSLATIONS[op.name] : undefined;
    if (!translate)
      throw new MienError(`${label}: the ${op.custom ? 'custom ' : ''}operator ${op.name} has no translation to ONNX`);
    translate(translation, op);
  }
  return new Map(
    model.outputs.map((index) => [(model.tensors[index] ?? noTensor(label, index)).name, translation.native(index)]),
  );
}

function noTensor(label: string, index: number): never {
  throw new MienError(`${label}: names tensor ${index}, which does not exist`);
}
