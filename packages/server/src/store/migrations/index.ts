/**
 * All migrations, in their order. Forward only: one that was released is never changed or removed, and none goes back;
 * `snapshots/` keeps the schema of each release, from which a test migrates.
 */
import type { Migration } from 'kysely';
import * as first from './0001-first.ts';
import * as annotation from './0002-annotation.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-annotation': annotation,
};
