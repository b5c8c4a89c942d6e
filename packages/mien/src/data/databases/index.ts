/**
 * The databases of the literature, read as their owners hand them out. To add one: write its file, and put its
 * definition into this list.
 * @module
 */
import { afew, afew5, afew6 } from './afew.ts';
import { affectNet } from './affectnet.ts';
import { bu3dfe } from './bu-3dfe.ts';
import { ckPlus } from './ck-plus.ts';
import type { DatabaseDefinition } from './database.ts';
import { emotioNet, emotioNetUnits } from './emotionet.ts';
import { fer2013 } from './fer2013.ts';
import { ferg } from './ferg.ts';
import { ferPlus } from './ferplus.ts';
import { jaffe } from './jaffe.ts';
import { kdef } from './kdef.ts';
import { mmi } from './mmi.ts';
import { multiPie } from './multi-pie.ts';
import { ouluCasia } from './oulu-casia.ts';
import { rafDb, rafDbCompound, rafDbCompoundOriginal, rafDbOriginal } from './raf-db.ts';
import { rafd } from './rafd.ts';
import { sfew } from './sfew.ts';
import { tfd } from './tfd.ts';

export { checkDatabase, type DatabaseReport } from './check-database.ts';
export type { FaceCounts } from './compare-counts.ts';
export * from './database.ts';
export { EMOTIONET_UNITS, type EmotioNetCategory, expressionsOfUnits } from './emotionet-units.ts';
export { distributionTarget, majorityLabel, multiTarget } from './ferplus-targets.ts';
export { readFaceImage } from './read-image.ts';

/** Laboratory first, then the web and films, each about in order of their year. */
export const DATABASES: readonly DatabaseDefinition[] = [
  ckPlus,
  mmi,
  jaffe,
  tfd,
  multiPie,
  bu3dfe,
  ouluCasia,
  rafd,
  kdef,
  fer2013,
  ferPlus,
  afew,
  afew6,
  afew5,
  sfew,
  emotioNet,
  emotioNetUnits,
  rafDb,
  rafDbOriginal,
  rafDbCompound,
  rafDbCompoundOriginal,
  affectNet,
  ferg,
];
