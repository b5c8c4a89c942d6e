/** Teachers answer the training images, once: what a student learns from besides the labels (train/teaching.ts). */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LabelledImages, ModelHead } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { makeFolder } from '../files/index.ts';
import { softmaxRows } from '../metrics/index.ts';
import { mirrorLogits } from '../predict/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import {
  checkDistillation,
  classesHeads,
  readCheckpoint,
  writeCheckpoint,
  type ClassesHead,
  type Recipe,
  type Teaching,
} from '../train/index.ts';
import type { LogitsModel } from './model.ts';
import { scoreImages } from './score.ts';

export interface Teacher {
  readonly name: string;
  /** Digest of its file. */
  readonly sha256: string;
  /** As shown single faces. */
  readonly scored: LogitsModel;
  /** The training split as the student learns it, in the format that this teacher takes. */
  readonly images: LabelledImages;
}

export interface TeachOptions {
  readonly temperature: number;
  /** Share of the teachers in the objective. */
  readonly weight: number;
  /** Where the answers are kept, as `teachers.safetensors`, for the next time that this run is begun or resumed. */
  readonly out?: string;
  readonly onProgress?: (teacher: string, done: number, total: number) => void;
}

/**
 * The mean of the teachers' softened answers to every training image, without augmentation; where the recipe mirrors
 * faces, to a face and its mirror image. A head learns from the teachers that have an output with the same classes, in
 * whatever order: of several, the one that was trained on the same labels.
 * @throws {InputError} when a teacher has none of the heads' classes, or saw other images than the others
 */
export async function teach(
  recipe: Pick<Recipe, 'heads' | 'augment'>,
  teachers: readonly Teacher[],
  options: TeachOptions,
): Promise<Teaching> {
  checkDistillation(options);
  const { temperature, weight } = options;
  const learners = classesHeads(recipe);
  const mirrored = (recipe.augment.flip ?? 0) > 0;
  for (const { name, scored, images } of teachers) {
    if (images.ids.join('\n') !== teachers[0]!.images.ids.join('\n'))
      throw new InputError(name, `saw other images than ${teachers[0]!.name}, although of the same data`);
    if (learners.every((head) => headFor(head, scored.model.heads) < 0))
      throw new InputError(
        name,
        `has no output with the classes of ${learners.map(({ output }) => output).join(' or ')}`,
      );
  }
  const digest = createHash('sha256')
    .update(
      JSON.stringify([
        teachers.map(({ sha256 }) => sha256),
        temperature,
        mirrored,
        learners.map(({ output, classes }) => [output, classes]),
        teachers[0]!.images.ids,
      ]),
    )
    .digest('hex')
    .slice(0, 16);
  const teaching = { teachers: teachers.map(({ name, sha256 }) => ({ name, sha256 })), temperature, weight, digest };
  const path = options.out === undefined ? undefined : join(options.out, 'teachers.safetensors');
  const kept = path === undefined ? undefined : await readAnswers(path, digest);
  if (kept) return { ...teaching, targets: kept };
  const targets = await answers(learners, teachers, temperature, mirrored, options.onProgress);
  if (options.out !== undefined) await makeFolder(options.out);
  if (path !== undefined)
    await writeCheckpoint(path, {
      recipe: 'teachers',
      seed: 0,
      plannedEpochs: 0,
      epoch: 0,
      step: 0,
      history: [],
      teachers: digest,
      state: targets,
    });
  return { ...teaching, targets };
}

async function answers(
  heads: readonly ClassesHead[],
  teachers: readonly Teacher[],
  temperature: number,
  mirrored: boolean,
  onProgress: TeachOptions['onProgress'],
): Promise<Map<string, Tensor>> {
  const sums = heads.map(({ classes }) => ({
    sum: new Float64Array(teachers[0]!.images.count * classes.length),
    teachers: 0,
  }));
  for (const { name, scored, images } of teachers) {
    const shown: LogitsModel = mirrored
      ? { ...scored, logits: (x, others) => mirrorLogits(scored, x, others) }
      : scored;
    const logits = await scoreImages(shown, images, { onProgress: (done, total) => onProgress?.(name, done, total) });
    heads.forEach((head, h) => {
      const t = headFor(head, scored.model.heads);
      if (t < 0) return;
      const theirs = scored.model.heads[t]!.classes;
      const K = theirs.length;
      const p = softmaxRows(logits[t]!, K, temperature);
      const places = head.classes.map((c) => theirs.indexOf(c));
      for (let i = 0; i < p.length; i++) sums[h]!.sum[i]! += p[i - (i % K) + places[i % K]!]!;
      sums[h]!.teachers++;
    });
  }
  return new Map(
    heads.flatMap(({ output, classes }, h) => {
      const { sum, teachers: count } = sums[h]!;
      return count === 0
        ? []
        : [
            [
              output,
              float32(
                [sum.length / classes.length, classes.length],
                sum.map((v) => v / count),
              ),
            ] as const,
          ];
    }),
  );
}

/** Place of the teacher's head that has the classes of the student's; −1 without one. */
function headFor(head: ClassesHead, heads: readonly ModelHead[]): number {
  const key = (classes: readonly string[]): string => [...classes].sort().join('\n');
  const fits = [...heads.keys()].filter((t) => key(heads[t]!.classes) === key(head.classes));
  return fits.find((t) => heads[t]!.trainedOn === head.trainedOn) ?? fits[0] ?? -1;
}

/** Answers that were kept; undefined where there are none, or those of others. */
async function readAnswers(path: string, digest: string): Promise<ReadonlyMap<string, Tensor> | undefined> {
  try {
    const { teachers, state } = await readCheckpoint(path);
    return teachers === digest ? state : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
