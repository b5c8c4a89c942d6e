/** A case for each database, more where it comes in several forms. */
import { bu3dfeCase } from './bu-3dfe.ts';
import type { DatabaseCase } from './case.ts';
import { DATABASE_CASES_B } from './cases-b.ts';
import { ckPlusCase } from './ck-plus.ts';
import { jaffeCase } from './jaffe.ts';
import { kdefCase } from './kdef.ts';
import { mmiCase } from './mmi.ts';
import { multiPieCase } from './multi-pie.ts';
import { ouluCasiaCase } from './oulu-casia.ts';
import { rafdCase } from './rafd.ts';
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
  ...DATABASE_CASES_B,
];
