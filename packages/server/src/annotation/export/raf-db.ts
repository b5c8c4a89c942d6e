/**
 * A project as RAF-DB is laid out (Li & Deng 2019, section III): `basic/` has the images of one expression, `compound/` those of two with one of
 * its eleven names; of each the label list, distributions over the basic expressions, annotations and original images, and the
 * aligned ones of those whose five landmarks were placed. A sixth of each class is for testing, chosen by a hash of the image's
 * name. `names.csv` says which image is which.
 */
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { ShapeError } from 'mienjs';
import { pointsInAlignedFace, type FivePoints } from 'mienjs/face';
import { isImageName } from 'mienjs/files';
import { RAF_DB_CODES, RAF_DB_COMPOUND_CODES } from 'mienjs/labels';
import { joinCsv } from 'mienjs/tables';
import type { Collected, CollectedTask } from '../collected.ts';
import { fiveLandmarks } from '../pose.ts';
import { annotationsOf } from './raf-db-annotation.ts';
import type { Truth } from './truth.ts';

/** A file: its text, or the image of a task, by index: as it came, or the face in it, aligned to its landmarks. */
export type ArchiveEntry =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly image: number; readonly alignedTo?: FivePoints };

const TEST_SHARE = 1 / 6;
const SUBSETS = {
  basic: {
    codes: RAF_DB_CODES as readonly string[],
    digits: 5,
    labelOf: ({ label }: Truth['subsets'][number]) => label,
  },
  compound: {
    codes: RAF_DB_COMPOUND_CODES as readonly string[],
    digits: 4,
    labelOf: ({ compound }: Truth['subsets'][number]) => compound,
  },
};

interface Item {
  /** `train_00001.jpg` */
  readonly file: string;
  /** Index into the project's tasks. */
  readonly task: number;
  /** Index into the votes' tasks. */
  readonly row: number;
  readonly code: number;
}

export function* rafDbEntries(collected: Collected, truth: Truth): Generator<ArchiveEntry> {
  const annotations = annotationsOf(collected);
  const five = fiveLandmarks(collected);
  const names = ['subset,file,image,source,license'];
  for (const [subset, { codes, digits, labelOf }] of Object.entries(SUBSETS)) {
    const items = itemsOf(collected, truth, codes, digits, labelOf);
    if (items.length === 0) continue;
    yield {
      path: `${subset}/EmoLabel/list_patition_label.txt`,
      text: items.map(({ file, code }) => `${file} ${code}\n`).join(''),
    };
    yield {
      path: `${subset}/EmoLabel/distribution_${subset}.txt`,
      text: items.map(({ file, row }) => `${file} ${sharesOf(truth, row).join(' ')}\n`).join(''),
    };
    for (const { file, task } of items) {
      const { name, source, license } = collected.tasks[task]!;
      names.push(joinCsv([subset, file, name, source ?? '', license ?? '']));
      const stem = file.slice(0, file.lastIndexOf('.'));
      for (const [path, text] of Object.entries(annotations(task, stem)))
        yield { path: `${subset}/Annotation/${path}`, text };
      yield { path: `${subset}/Image/original/${file}`, image: task };
      const points = five.get(task);
      if (points && isAlignable(points)) {
        const path = `${subset}/Image/aligned/${stem}_aligned${file.slice(stem.length)}`;
        yield { path, image: task, alignedTo: points };
      }
    }
  }
  yield { path: 'names.csv', text: `${names.join('\n')}\n` };
}

/** Not where they coincide. */
function isAlignable(points: FivePoints): boolean {
  try {
    pointsInAlignedFace([], points);
    return true;
  } catch (error) {
    if (error instanceof ShapeError) return false;
    throw error;
  }
}

/** In the order of the project; training comes before testing, as in RAF-DB's list. */
function itemsOf(
  { tasks }: Collected,
  { votes, subsets }: Truth,
  codes: readonly string[],
  digits: number,
  labelOf: (subset: Truth['subsets'][number]) => string | undefined,
): Item[] {
  const rows = new Map(votes.tasks.map((name, row) => [name, row]));
  const labelled = tasks.flatMap(({ name }, task) => {
    const row = rows.get(name);
    const label = row === undefined ? undefined : labelOf(subsets[row]!);
    const code = label === undefined ? 0 : codes.indexOf(label) + 1;
    return code === 0 ? [] : [{ task, row: row!, code }];
  });
  const tested = testTasks(tasks, labelled);
  return (['train', 'test'] as const).flatMap((split) =>
    labelled
      .filter(({ task }) => tested.has(task) === (split === 'test'))
      .map((item, i) => ({
        ...item,
        file: `${split}_${String(i + 1).padStart(digits, '0')}${extensionOf(tasks[item.task]!)}`,
      })),
  );
}

/** A sixth of each class, rounded: those whose names have the lowest digests. */
function testTasks(
  tasks: readonly CollectedTask[],
  labelled: readonly { readonly task: number; readonly code: number }[],
): Set<number> {
  const byCode = new Map<number, { readonly task: number; readonly digest: string }[]>();
  for (const { task, code } of labelled) {
    const drawn = { task, digest: createHash('sha256').update(tasks[task]!.name).digest('hex') };
    const others = byCode.get(code);
    if (others) others.push(drawn);
    else byCode.set(code, [drawn]);
  }
  return new Set(
    [...byCode.values()].flatMap((items) =>
      items
        .sort((a, b) => (a.digest < b.digest ? -1 : 1))
        .slice(0, Math.round(items.length * TEST_SHARE))
        .map(({ task }) => task),
    ),
  );
}

/** Over the basic expressions, in the order of their codes. */
function sharesOf({ votes, weighted }: Truth, row: number): number[] {
  const K = votes.classes.length;
  const g = RAF_DB_CODES.map((label) => weighted[row * K + votes.classes.indexOf(label)]!);
  const total = g.reduce((sum, value) => sum + value, 0);
  return g.map((value) => Number((value / total).toFixed(6)));
}

/** As it was imported: RAF-DB's own are .jpg, and readers go by the list. */
function extensionOf({ name }: CollectedTask): string {
  const ending = extname(name).toLowerCase();
  return isImageName(name) && ending !== '.jpeg' ? ending : '.jpg';
}
