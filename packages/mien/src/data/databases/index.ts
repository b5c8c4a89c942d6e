/** The databases of the literature. To add one: write its file, and put its definition into this list. */
import type { DatabaseDefinition } from './database.ts';

export * from './database.ts';

export const DATABASES: readonly DatabaseDefinition[] = [];
