/** Boxes and points as several annotators gave them: their means. Pixels of the image as displayed. */
import type { z } from 'zod';
import { boxSchema, pointSchema, type Answer } from '../../contract/index.ts';
import type { Collected } from '../collected.ts';

export type Box = z.infer<typeof boxSchema>;
export type Point = z.infer<typeof pointSchema>;

/** @returns by index of the task, the answers to a question that count */
export function answersByTask({ answers }: Collected, key: string): Map<number, Answer[string][]> {
  const byTask = new Map<number, Answer[string][]>();
  for (const { task, answer, isCounted } of answers) {
    const value = isCounted ? answer[key] : undefined;
    if (value === undefined) continue;
    const values = byTask.get(task);
    if (values) values.push(value);
    else byTask.set(task, [value]);
  }
  return byTask;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @returns undefined where none of the answers is a box */
export function meanBox(values: readonly unknown[]): Box | undefined {
  const boxes = values.flatMap((value) => boxSchema.safeParse(value).data ?? []);
  if (boxes.length === 0) return undefined;
  const over = (side: keyof Box): number => mean(boxes.map((box) => box[side]));
  return { x: over('x'), y: over('y'), width: over('width'), height: over('height') };
}

/** A point is hidden where most say so. @returns undefined where none of the answers has so many points */
export function meanPoints(values: readonly unknown[], count: number): Point[] | undefined {
  const sets = values.flatMap((value) => {
    const points = pointSchema.array().length(count).safeParse(value).data;
    return points ? [points] : [];
  });
  if (sets.length === 0) return undefined;
  return Array.from({ length: count }, (_, i) => ({
    x: mean(sets.map((points) => points[i]!.x)),
    y: mean(sets.map((points) => points[i]!.y)),
    hidden: sets.filter((points) => points[i]!.hidden).length * 2 > sets.length,
  }));
}

/** Pixels with two digits. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
