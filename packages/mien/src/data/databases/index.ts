/** The databases of the literature. To add one: write its file, and put its definition into this list. */
import { afew } from './afew.ts';
import { affectNet } from './affectnet.ts';
import type { DatabaseDefinition } from './database.ts';
import { emotioNet } from './emotionet.ts';
import { fer2013Database, ferPlusDatabase } from './fer2013.ts';
import { ferg } from './ferg.ts';
import { rafDb, rafDbCompound, rafDbCompoundOriginal, rafDbOriginal } from './raf-db.ts';
import { sfew } from './sfew.ts';

export { type CheckDatabaseOptions, checkDatabase, type DatabaseReport } from './check-database.ts';
export * from './database.ts';
export { EMOTIONET_UNITS, type EmotioNetCategory, expressionsOfUnits } from './emotionet-units.ts';
export * from './read-image.ts';

export const DATABASES: readonly DatabaseDefinition[] = [
  fer2013Database, ferPlusDatabase,
  afew, sfew,
  emotioNet, rafDb, rafDbOriginal, rafDbCompound, rafDbCompoundOriginal, affectNet, ferg,
];
