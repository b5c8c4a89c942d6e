/** The databases of the literature. To add one: write its file, and put its definition into this list. */
import { bu3dfe } from './bu-3dfe.ts';
import { ckPlus } from './ck-plus.ts';
import type { DatabaseDefinition } from './database.ts';
import { jaffe } from './jaffe.ts';
import { kdef } from './kdef.ts';
import { mmi } from './mmi.ts';
import { multiPie } from './multi-pie.ts';
import { ouluCasia } from './oulu-casia.ts';
import { rafd } from './rafd.ts';
import { tfd } from './tfd.ts';

export * from './database.ts';
export { readFaceImage } from './read-image.ts';

export const DATABASES: readonly DatabaseDefinition[] = [ckPlus, mmi, jaffe, tfd, multiPie, bu3dfe, ouluCasia, rafd, kdef];
