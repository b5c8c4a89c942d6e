/**
 * Static shape and dtype inference, one rule per op (infer/), as the ONNX operator specification defines them
 * (https://onnx.ai/onnx/operators/). Dimensions may be symbolic (`"N"`); rules keep them where they can
 * and invent a product name (`"N*4"`) where a Reshape folds them into another.
 */
import { ShapeError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { ELEMENTWISE_SHAPES } from './infer/elementwise.ts';
import { INDEXING_SHAPES } from './infer/indexing.ts';
import { MOVEMENT_SHAPES } from './infer/movement.ts';
import { RECURRENT_SHAPES } from './infer/recurrent.ts';
import { REDUCE_SHAPES } from './infer/reduce.ts';
import { InferContext, type InferRule, type InferredValue, type NodeToInfer } from './infer/rule.ts';
import { WINDOW_SHAPES } from './infer/window.ts';
import { OPS, type OpName } from './ops.ts';

export { sliceIndices } from './infer/movement.ts';
export {
  DTYPE_BY_CODE,
  DTYPE_CODES,
  broadcastShapes,
  normalizeAxis,
  type InferredValue,
  type NodeToInfer,
} from './infer/rule.ts';

const RULES: Record<OpName, InferRule> = {
  ...ELEMENTWISE_SHAPES,
  ...REDUCE_SHAPES,
  ...WINDOW_SHAPES,
  ...MOVEMENT_SHAPES,
  ...INDEXING_SHAPES,
  ...RECURRENT_SHAPES,
};

/**
 * The dtype and shape of each output of a node.
 * @param constants the tensor behind a value name where it is known at build time
 * @throws {ShapeError} when the inputs or attributes do not fit the op, or the op is unknown
 */
export function inferNode(node: NodeToInfer, constants: (name: string) => Tensor | undefined): InferredValue[] {
  if (!Object.hasOwn(OPS, node.op)) throw new ShapeError(node.op, 'is not an op that Mien knows');
  const absent = OPS[node.op as OpName].inputs
    .split(' ')
    .findIndex((name, i) => /^\w+$/.test(name) && node.inputs[i] == null);
  if (absent >= 0) throw new ShapeError(node.op, `input ${absent} is missing`);
  return RULES[node.op as OpName](new InferContext(node, constants));
}
