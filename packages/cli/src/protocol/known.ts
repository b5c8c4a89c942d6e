/** What the verbs find by name; tests give their own. */
import { DATABASES, type DatabaseDefinition } from 'mienjs/data/databases';
import { type Protocol, PROTOCOLS } from 'mienjs/data/protocols';

export interface Known {
  readonly databases: readonly DatabaseDefinition[];
  readonly protocols: readonly Protocol[];
}

export const KNOWN: Known = { databases: DATABASES, protocols: PROTOCOLS };
