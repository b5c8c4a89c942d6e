/** Teacher and student (Hinton, Vinyals & Dean 2015, arXiv:1503.02531). Shapes: N batch, K classes. */
import { ShapeError } from '../../errors.ts';
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { inputShape, type Network } from '../network.ts';

/**
 * How far a student's softened answers are from its teacher's:
 *   L = T²/N · Σᵢ KL(softmax(tᵢ/T) ‖ softmax(zᵢ/T))
 * T² keeps the gradient's size as T grows. The teacher is held constant only if its weights are (see `withTeacher`).
 * The usual objective is w·L + (1 − w)·cross-entropy, as two weighted parts.
 * @param student logits z, float32 [N,K]   @param teacher logits t, float32 [N,K]   @param options the temperature T > 0
 * @returns float32 []   @throws {ShapeError} when the shapes differ or the temperature is not positive
 */
export function distillationLoss(
  b: GraphBuilder,
  student: Value,
  teacher: Value,
  { temperature }: { readonly temperature: number },
): Value {
  if (!(temperature > 0))
    throw new ShapeError('distillationLoss', `temperature: expected a positive number, got ${temperature}`);
  const [n] = staticDims(student.shape, 'distillationLoss') as [number];
  if (student.shape.join() !== teacher.shape.join())
    throw new ShapeError(
      'distillationLoss',
      `student [${student.shape.join(',')}] and teacher [${teacher.shape.join(',')}] differ`,
    );
  const logOf = (logits: Value): Value => b.op('LogSoftmax', [b.op('Mul', [logits, 1 / temperature])], { axis: 1 });
  const logTeacher = logOf(teacher);
  const divergence = b.op('Mul', [b.op('Exp', [logTeacher]), b.op('Sub', [logTeacher, logOf(student)])]);
  return b.op('Mul', [b.op('ReduceSum', [divergence], { keepdims: 0 }), temperature ** 2 / n]);
}

/**
 * A student that is trained beside its finished teacher: in training its outputs are joined by the teacher's as
 * `teacher.NAME`, for the loss; in inference it is the student alone. The teacher's weights are constants of the step,
 * so they are neither trained nor carried, and its layers run as in inference.
 * @param weights every parameter of the teacher   @throws {ShapeError} when the two take different inputs
 */
export function withTeacher(student: Network, teacher: Network, weights: ReadonlyMap<string, Tensor>): Network {
  const sizes = [student, teacher].map(({ input }) => inputShape('N', input).slice(1).join('×'));
  if (sizes[0] !== sizes[1])
    throw new ShapeError(
      'withTeacher',
      `student ${student.name} takes ${sizes[0]}, teacher ${teacher.name} takes ${sizes[1]}`,
    );
  return {
    ...student,
    build(b, x) {
      const outputs = student.build(b, x);
      if (!b.training) return outputs;
      const taught = b.embed('teacher', weights, () => teacher.build(b, x));
      return { ...outputs, ...Object.fromEntries(Object.entries(taught).map(([name, v]) => [`teacher.${name}`, v])) };
    },
  };
}
