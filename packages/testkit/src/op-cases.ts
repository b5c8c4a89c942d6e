/**
 * Small cases of every op: what the reference evaluator, ONNX Runtime and the gradient rules are checked on.
 * The type demands an entry for each op of `OPS`. Float inputs are seeded, and far enough for finite differences
 * from every kink: 0, integers, and ties between elements that a maximum compares.
 */
import type { OpName } from 'mien/onnx';
import { ELEMENTWISE_CASES } from './op-cases/elementwise.ts';
import { MOVEMENT_CASES } from './op-cases/movement.ts';
import type { OpCases } from './op-cases/op-case.ts';
import { REDUCE_CASES } from './op-cases/reduce.ts';
import { WINDOW_CASES } from './op-cases/window.ts';

export * from './op-cases/op-case.ts';

export const OP_CASES: OpCases<OpName> = { ...ELEMENTWISE_CASES, ...REDUCE_CASES, ...WINDOW_CASES, ...MOVEMENT_CASES };
