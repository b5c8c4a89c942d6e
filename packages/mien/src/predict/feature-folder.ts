/**
 * Features with the names of their rows, as `mien features` writes them into a folder: features.npy (float32 [N,D]),
 * manifest.jsonl (row i is line i: `id`, `label`, `split`, `subject`) and features.json (where they are from).
 *
 * Shape legend: N samples, D dimensions.
 */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readNpy } from '../tables/npy.ts';
import { InputError } from '../errors.ts';
import { canonicalOrder } from '../labels/index.ts';
import type { Column } from '../tables/index.ts';
import { readTable } from '../tables/node.ts';

export interface FeatureFolder {
  readonly name: string;
  /** [N,D] */
  readonly features: Float32Array;
  readonly dimensions: number;
  readonly classes: readonly string[];
  /** [N] −1 = unlabelled */
  readonly labels: Int32Array;
  /** [N] */
  readonly ids: readonly string[];
  /** [N] */
  readonly splits: readonly (string | undefined)[];
}

/** @throws {InputError} naming the file, and the line */
export async function readFeatureFolder(folder: string): Promise<FeatureFolder> {
  const path = join(folder, 'features.npy');
  const { dtype, dims, data } = await readNpy(path);
  const [N, D] = dims;
  if (dtype !== 'float32' || dims.length !== 2)
    throw new InputError(path, `holds ${dtype} [${dims.join(',')}], expected float32 [N,D]`);
  const manifest = join(folder, 'manifest.jsonl');
  const rows: { id: string; label: string | null; split?: string }[] = [];
  await readTable(manifest, (header) => {
    const [id, label, split] = ['id', 'label', 'split'].map((name) => header.find(name)) as [Column, Column, Column];
    return (row) => rows.push(parseRow(row.value(id), row.value(label), row.value(split), `${manifest}:${row.line}`));
  });
  if (rows.length !== N) throw new InputError(manifest, `has ${rows.length} rows, but features.npy has ${N}`);
  const classes = await classesOf(join(folder, 'features.json'), rows);
  const labels = Int32Array.from(rows, ({ label }) => (label === null ? -1 : classes.indexOf(label)));
  return {
    name: basename(resolve(folder)),
    features: data as Float32Array,
    dimensions: D!,
    classes,
    labels,
    ids: rows.map(({ id }) => id),
    splits: rows.map(({ split }) => split),
  };
}

function parseRow(
  id: unknown,
  label: unknown = null,
  split: unknown,
  where: string,
): { id: string; label: string | null; split?: string } {
  if (typeof id !== 'string') throw new InputError(where, 'expected an object with an "id"');
  if (label !== null && typeof label !== 'string')
    throw new InputError(where, `label: expected a name or null, got ${JSON.stringify(label)}`);
  return { id, label, ...(typeof split === 'string' ? { split } : {}) };
}

/** The class order that features.json gives, where it does and has all labels; otherwise the canonical one. */
async function classesOf(path: string, rows: readonly { label: string | null }[]): Promise<string[]> {
  const used = rows.flatMap(({ label }) => (label === null ? [] : [label]));
  let given: unknown;
  try {
    given = (JSON.parse(await readFile(path, 'utf8')) as { classes?: unknown } | null)?.classes;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new InputError(path, 'cannot be read as JSON', { cause });
  }
  const names = Array.isArray(given) ? given.filter((name): name is string => typeof name === 'string') : [];
  return used.every((label) => names.includes(label)) ? names : canonicalOrder(used);
}
