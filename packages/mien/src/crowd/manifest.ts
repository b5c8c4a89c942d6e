/** A partition as rows of a manifest, which `mien train` takes. */
import type { ManifestRow, ManifestSplit } from '../data/manifest-row.ts';
import { MienError } from '../errors.ts';
import { Random } from '../tensor/random.ts';
import type { ExpressionVotes } from './expressions.ts';
import type { TaskSubset } from './partition.ts';

export interface SplitOptions {
  /** Share of the tasks for each; the rest is for training. Defaults 0.1 and 0.1. */
  readonly validation?: number;
  readonly test?: number;
  readonly seed?: number;
}

/**
 * The split of a task, drawn from its name alone: it does not change when other tasks are added or removed.
 * @throws {MienError} when the shares leave nothing to train on
 */
export function splitOfTask(
  task: string,
  { validation = 0.1, test = 0.1, seed = 1 }: SplitOptions = {},
): ManifestSplit {
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new MienError(
      `splits: expected shares from 0 that leave some for training, got ${validation} for validation and ${test} for test`,
    );
  }
  const draw = new Random(seed, `crowd/split/${task}`).uniform();
  return draw < test ? 'test' : draw < test + validation ? 'validation' : 'train';
}

export interface ManifestOptions extends SplitOptions {
  /** The image file of a task, as the manifest should name it. Default: the task's name. */
  readonly imageOf?: (task: string) => string;
  /**
   * `soft` (default): rows carry g divided by its sum, and single-label rows their label too. `hard`: the label alone.
   */
  readonly labels?: 'soft' | 'hard';
}

/**
 * A row for each task whose subset is wanted.
 * @param g [T,K] weighted votes   @param subsets [T]
 * @returns rows in the order of the tasks; tasks without a vote that counts never have one, nor, with hard labels,
 *   tasks without a single label
 */
export function manifestRows(
  votes: ExpressionVotes,
  g: Float64Array,
  subsets: readonly TaskSubset[],
  wanted: (subset: TaskSubset) => boolean,
  options: ManifestOptions = {},
): ManifestRow[] {
  const { imageOf = (task) => task, labels = 'soft' } = options;
  const { classes } = votes;
  return votes.tasks.flatMap((task, j): ManifestRow[] => {
    const subset = subsets[j]!;
    if (subset.kind === 'no-votes' || !wanted(subset) || (labels === 'hard' && subset.label === undefined)) return [];
    const row = g.subarray(j * classes.length, (j + 1) * classes.length);
    const total = row.reduce((sum, v) => sum + v, 0);
    return [
      {
        image: imageOf(task),
        split: splitOfTask(task, options),
        ...(subset.label === undefined ? {} : { label: subset.label }),
        ...(labels === 'hard'
          ? {}
          : {
              distribution: Object.fromEntries(classes.map((name, k) => [name, Number((row[k]! / total).toFixed(6))])),
            }),
        task,
        ...(subset.compound === undefined ? {} : { compound: subset.compound }),
      },
    ];
  });
}
