/** A case for each database, more where it comes in several forms. */
import { afewCases } from './afew.ts';
import { affectNet1Case, affectNet2Case } from './affectnet.ts';
import { bu3dfeCase } from './bu-3dfe.ts';
import type { DatabaseCase } from './case.ts';
import { ckPlusCase } from './ck-plus.ts';
import { emotioNetCase, emotioNetUnitsCase } from './emotionet.ts';
import { fer2013Cases, ferPlusCase } from './fer2013.ts';
import { fergCase } from './ferg.ts';
import { jaffeCase } from './jaffe.ts';
import { kdefCase } from './kdef.ts';
import { mmiCase } from './mmi.ts';
import { multiPieCase } from './multi-pie.ts';
import { ouluCasiaCase } from './oulu-casia.ts';
import { rafDbCases } from './raf-db.ts';
import { rafdCase } from './rafd.ts';
import { sfew1Case, sfewCase } from './sfew.ts';
import { tfdCase } from './tfd.ts';

export const DATABASE_CASES: readonly DatabaseCase[] = [
  ckPlusCase,
  mmiCase,
  jaffeCase,
  tfdCase,
  multiPieCase,
  bu3dfeCase,
  ouluCasiaCase,
  rafdCase,
  kdefCase,
  ...fer2013Cases,
  ferPlusCase,
  ...afewCases,
  sfewCase,
  sfew1Case,
  emotioNetCase,
  emotioNetUnitsCase,
  ...rafDbCases,
  affectNet1Case,
  affectNet2Case,
  fergCase,
];
