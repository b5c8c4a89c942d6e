import type { Translate } from './operators.ts';
export const attentionOperators: Readonly<Record<string, Translate>> = {};
