/**
 * The gradient table. Its type makes it complete: an op without an entry does not compile.
 */
import type { OpName } from '../../onnx/index.ts';
import type { GradientEntry } from '../rule.ts';
import { conv } from './conv.ts';
import { elementwise } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { movement } from './movement.ts';
import { norm } from './norm.ts';
import { pool } from './pool.ts';
import { reduce } from './reduce.ts';
import { sample } from './sample.ts';

export const GRADIENTS: Record<OpName, GradientEntry> = { ...elementwise, ...reduce, ...movement, ...matmul, ...conv, ...pool, ...norm, ...sample };
