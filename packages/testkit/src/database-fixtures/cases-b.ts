/** The cases of databases from films and the web, and of FER2013. */
import { affectNet1Case, affectNet2Case } from './affectnet.ts';
import { afewCase } from './afew.ts';
import type { DatabaseCase } from './case.ts';
import { emotioNetCase } from './emotionet.ts';
import { fer2013Cases, ferPlusCase } from './fer2013.ts';
import { fergCase } from './ferg.ts';
import { rafDbCases } from './raf-db.ts';
import { sfew1Case, sfewCase } from './sfew.ts';

export const DATABASE_CASES_B: readonly DatabaseCase[] = [
  ...fer2013Cases,
  ferPlusCase,
  afewCase,
  sfewCase,
  sfew1Case,
  emotioNetCase,
  ...rafDbCases,
  affectNet1Case,
  affectNet2Case,
  fergCase,
];
