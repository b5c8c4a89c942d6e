/**
 * Small cases of every op: what the reference evaluator, ONNX Runtime and the gradient rules are checked on.
 * The type demands an entry for each op of `OPS`. Float inputs are seeded, and far enough for finite differences
 * from every kink: 0, integers, and ties between elements that a maximum compares.
 */
import type { OpName } from 'mienjs/onnx';
import { ACTIVATION_CASES } from './op-cases/activations.ts';
import { ELEMENTWISE_CASES } from './op-cases/elementwise.ts';
import { MOVEMENT_CASES } from './op-cases/movement.ts';
import { NORM_CASES } from './op-cases/norm.ts';
import type { OpCases } from './op-cases/op-case.ts';
import { REARRANGE_CASES } from './op-cases/rearrange.ts';
import { RECURRENT_CASES } from './op-cases/recurrent.ts';
import { REDUCE_CASES } from './op-cases/reduce.ts';
import { WINDOW_CASES } from './op-cases/window.ts';

export * from './op-cases/op-case.ts';

export const OP_CASES: OpCases<OpName> = {
  ...ELEMENTWISE_CASES,
  ...ACTIVATION_CASES,
  ...REDUCE_CASES,
  ...WINDOW_CASES,
  ...NORM_CASES,
  ...MOVEMENT_CASES,
  ...REARRANGE_CASES,
  ...RECURRENT_CASES,
};
