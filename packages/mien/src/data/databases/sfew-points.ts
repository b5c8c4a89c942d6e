/**
 * The five points of SFEW 1, `FaceFP_5.txt`: a line for each image, its name and five pairs `x y`, tabs between them.
 */
import type { Point2 } from '../../image/index.ts';
import { forEachTextLine } from '../../tables/node.ts';
import { attempt } from './attempt.ts';
import type { ProblemSink } from './database.ts';

const POINTS = 5;

/** @returns points by the image's name, px, in the order of the file; undefined when the file cannot be read */
export async function readSfewPoints(file: string, problem: ProblemSink): Promise<Map<string, Point2[]> | undefined> {
  return attempt(problem, async () => {
    const points = new Map<string, Point2[]>();
    await forEachTextLine(file, (text, line) => {
      const [name, ...pairs] = text.split('\t').map((field) => field.trim());
      const values = pairs.map((pair) => pair.split(/\s+/).map(Number) as [number, number]);
      const sound =
        values.length === POINTS && values.every((pair) => pair.length === 2 && pair.every(Number.isFinite));
      if (sound) points.set(name!, values);
      else
        problem(
          `${file}:${line}`,
          `has ${values.length} points, expected a name and ${POINTS} pairs "x y" between tabs`,
        );
    });
    return points;
  });
}
