/** `mien train --teacher`: models that a recipe learns from besides the labels. */
import { createHash } from 'node:crypto';
import { Option, type Command } from 'commander';
import { ExpressionClassifier } from 'mienjs/predict';
import { readModelBytes } from 'mienjs/predict/node';
import { formatOf, type Dataset, type ImageFormat } from 'mienjs/data';
import { teach, type Teacher } from 'mienjs/evaluate';
import type { DistillationSpec, Recipe, Teaching } from 'mienjs/train';
import type { Device } from 'mienjs/runtime';
import { numberWithin, repeated } from './options.ts';

export interface TeacherOptions {
  readonly teacher?: readonly string[];
  readonly teacherWeight?: number;
  readonly teacherTemperature?: number;
}

const DEFAULTS = { temperature: 2, weight: 0.5 } as const;

export function addTeacherOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--teacher <model>',
        'distil this model, an installed one or an .onnx file; may be given several times',
      ).argParser(repeated),
    )
    .addOption(
      new Option(
        '--teacher-weight <share>',
        "weight of the teachers in the loss, the labels have the rest (default: the recipe's, or 0.5)",
      ).argParser(numberWithin({ above: 0, to: 1 })),
    )
    .addOption(
      new Option(
        '--teacher-temperature <t>',
        "softens the teachers' probabilities (default: the recipe's, or 2)",
      ).argParser(numberWithin({ above: 0, to: 100 })),
    );
}

/** The recipe with what the command line says of teachers. */
export function withTeachers(recipe: Recipe, { teacher, teacherWeight, teacherTemperature }: TeacherOptions): Recipe {
  const own = recipe.distil;
  const teachers = teacher ?? own?.teachers;
  if (!teachers) return recipe;
  const distil: DistillationSpec = {
    teachers,
    temperature: teacherTemperature ?? own?.temperature ?? DEFAULTS.temperature,
    weight: teacherWeight ?? own?.weight ?? DEFAULTS.weight,
  };
  return { ...recipe, distil };
}

export interface AskOptions {
  readonly device: Device;
  readonly threads?: number;
  /** The run's folder, where the answers are kept. */
  readonly out: string;
  /** The data in the format that a teacher takes. */
  readonly load: (format: ImageFormat) => Promise<Dataset>;
  readonly onProgress: (stage: string, done: number, total: number) => void;
}

/**
 * What the recipe's teachers answer to its training images; undefined for a recipe without teachers.
 * @throws {InputError} naming the model that is missing, damaged or does not fit
 */
export async function askTeachers(
  recipe: Recipe,
  { device, threads, out, load, onProgress }: AskOptions,
): Promise<Teaching | undefined> {
  if (!recipe.distil) return undefined;
  const { teachers: names, temperature, weight } = recipe.distil;
  const classifiers: ExpressionClassifier[] = [];
  try {
    const teachers: Teacher[] = [];
    for (const name of names) {
      const { bytes, label } = await readModelBytes(name);
      const scored = await ExpressionClassifier.create(bytes, label, {
        device,
        ...(threads === undefined ? {} : { threads }),
      });
      classifiers.push(scored);
      const images = await (await load(formatOf(scored))).loadSplit(recipe.data.trainSplit, 'train');
      teachers.push({
        name: scored.model.name,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        scored,
        images,
      });
    }
    return await teach(recipe, teachers, {
      temperature,
      weight,
      out,
      onProgress: (name, done, total) => onProgress(`teacher ${name}`, done, total),
    });
  } finally {
    for (const classifier of classifiers) await classifier.release();
  }
}
