/** All protocols. To add one: declare it in the file of its databases, and its digest in `list.test.ts`. */
import { InputError } from '../../errors.ts';
import { CROSS_DATABASE_PROTOCOLS } from './cross-database.ts';
import type { Protocol } from './protocol.ts';
import { CK_PLUS_PROTOCOLS, MMI_PROTOCOLS, OULU_CASIA_PROTOCOLS } from './sequences.ts';
import {
  BU_3DFE_PROTOCOLS,
  FERG_PROTOCOLS,
  JAFFE_PROTOCOLS,
  KDEF_PROTOCOLS,
  MULTI_PIE_PROTOCOLS,
  RAFD_PROTOCOLS,
  TFD_PROTOCOLS,
} from './stills.ts';
import { WILD_PROTOCOLS } from './wild.ts';

export const PROTOCOLS: readonly Protocol[] = [
  ...CK_PLUS_PROTOCOLS,
  ...MMI_PROTOCOLS,
  ...OULU_CASIA_PROTOCOLS,
  ...JAFFE_PROTOCOLS,
  ...TFD_PROTOCOLS,
  ...MULTI_PIE_PROTOCOLS,
  ...BU_3DFE_PROTOCOLS,
  ...RAFD_PROTOCOLS,
  ...KDEF_PROTOCOLS,
  ...FERG_PROTOCOLS,
  ...WILD_PROTOCOLS,
  ...CROSS_DATABASE_PROTOCOLS,
];

/** @throws {InputError} naming those of the same database, or else where the list is */
export function findProtocol(id: string, protocols: readonly Protocol[] = PROTOCOLS): Protocol {
  const found = protocols.find((protocol) => protocol.id === id);
  if (found) return found;
  const database = id.split('.')[0]!;
  const near = protocols.filter(({ databases }) => databases.includes(database)).map((protocol) => protocol.id);
  throw new InputError(
    id,
    near.length > 0
      ? `is not a protocol, expected one of ${near.join(', ')}`
      : 'is not a protocol; `mien data protocols` lists them',
  );
}
