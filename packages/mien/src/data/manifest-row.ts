/** One row of a manifest: an image file, its split, and a label, a label distribution or both. */
import type { Expression } from '../labels/index.ts';
import { SPLIT_ROLES, type SplitRole } from './splits.ts';

export const MANIFEST_SPLITS = SPLIT_ROLES;
export type ManifestSplit = SplitRole;

export interface ManifestRow {
  /** Path, relative to the manifest's folder or absolute. */
  readonly image: string;
  readonly split: ManifestSplit;
  /** Absent where the image has no single label. */
  readonly label?: Expression;
  /** Weights ≥ 0 of the classes, some above 0. Absent: the label alone. */
  readonly distribution?: Readonly<Partial<Record<Expression, number>>>;
  /** What the image was called when votes were collected. Not used in training. */
  readonly task?: string;
  /** Name of a compound expression. Not used in training. */
  readonly compound?: string;
}

/** The row as a line of JSON, without line ending. */
export function formatManifestRow(row: ManifestRow): string {
  return JSON.stringify(row);
}
