/**
 * Learning from finished models besides the labels (Hinton, Vinyals & Dean 2015, arXiv:1503.02531). The teachers answer
 * once, to the training images without augmentation; the student sees them augmented and learns both:
 *   L = (1 − w)·L_labels + w·T²·CE(p, softmax(z/T)),  p = mean over teachers of softmax(t/T)
 * T² keeps the size of the gradient as T grows. The cross-entropy differs from the divergence of `distillationLoss` by the
 * entropy of p alone.
 *
 * Shape legend: N images of the training split, B of a batch, K classes of a head.
 */
import { MienError } from '../errors.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { type Head, isClassesHead } from './heads.ts';
import type { DistillationSpec } from './recipe.ts';
import type { LossFunction } from './step.ts';
import { lossParts } from './step-graph.ts';

/** What teachers answer, and how it counts. */
export interface Teaching extends Pick<DistillationSpec, 'temperature' | 'weight'> {
  readonly teachers: readonly { readonly name: string; readonly sha256: string }[];
  /** p, float32 [N,K], by the head's output; a head that no teacher knows learns from labels alone. */
  readonly targets: ReadonlyMap<string, Tensor>;
  /** Tells these answers from those of other teachers, at other temperatures, or to other images. */
  readonly digest: string;
}

/** @throws {MienError} when a setting is out of its range */
export function checkDistillation({ temperature, weight }: Pick<DistillationSpec, 'temperature' | 'weight'>): void {
  if (!(temperature > 0))
    throw new MienError(`distillation: temperature: expected a number above 0, got ${temperature}`);
  if (!(weight > 0 && weight <= 1))
    throw new MienError(`distillation: weight: expected a number above 0 and at most 1, got ${weight}`);
}

const nameOf = (output: string): string => `teacher.${output}`;

/** Sizes of the step's further targets, by name. */
export function teacherTargets({ targets }: Teaching, heads: readonly Head[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    heads
      .filter(isClassesHead)
      .filter(({ output }) => targets.has(output))
      .map(({ output, classes }) => [nameOf(output), [classes.length]]),
  );
}

/** The objective with the teachers' part; each head's is reported as `teacher.OUTPUT`. */
export function distilledLoss(loss: LossFunction, { targets, temperature, weight }: Teaching): LossFunction {
  return (b, outputs, values, bank, data) => {
    const parts = lossParts(loss(b, outputs, values, bank, data), 'labels');
    const taught = [...targets.keys()].map((output) => {
      const softened = b.op('Mul', [outputs[output]!, 1 / temperature]);
      return {
        name: nameOf(output),
        weight,
        value: b.op('Mul', [crossEntropyLoss(b, softened, values[nameOf(output)]!), temperature ** 2]),
      };
    });
    return [...parts.map((part) => ({ ...part, weight: (part.weight ?? 1) * (1 - weight) })), ...taught];
  };
}

/** The teachers' answers to the images of a batch. @param rows [B] places in the training split */
export function teacherFeeds({ targets }: Teaching, rows: Int32Array): Record<string, Tensor> {
  return Object.fromEntries(
    [...targets].map(([output, { dims, data }]) => {
      const K = dims[1]!;
      const picked = new Float32Array(rows.length * K);
      rows.forEach((row, i) => picked.set((data as Float32Array).subarray(row * K, (row + 1) * K), i * K));
      return [`target.${nameOf(output)}`, float32([rows.length, K], picked)];
    }),
  );
}
