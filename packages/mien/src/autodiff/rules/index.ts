/**
 * The gradient table. Its type makes it complete: an op without an entry does not compile.
 */
import type { OpName } from '../../onnx/index.ts';
import type { GradientEntry } from '../rule.ts';
import { activations } from './activations.ts';
import { conv } from './conv.ts';
import { einsum } from './einsum.ts';
import { elementwise } from './elementwise.ts';
import { layerNorm } from './layer-norm.ts';
import { matmul } from './matmul.ts';
import { movement } from './movement.ts';
import { norm } from './norm.ts';
import { pool } from './pool.ts';
import { rearrange } from './rearrange.ts';
import { recurrent } from './recurrent.ts';
import { reduce } from './reduce.ts';
import { resize } from './resize.ts';
import { sample } from './sample.ts';

export const GRADIENTS: Record<OpName, GradientEntry> = {
  ...elementwise,
  ...activations,
  ...reduce,
  ...movement,
  ...rearrange,
  ...matmul,
  ...einsum,
  ...conv,
  ...pool,
  ...norm,
  ...layerNorm,
  ...sample,
  ...resize,
  ...recurrent,
};
