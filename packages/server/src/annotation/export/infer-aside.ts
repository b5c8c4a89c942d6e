/** Inference in a thread, so that nobody's next image waits for an export. */
import type { Inference } from 'mienjs/crowd';
import { aside } from '../aside.ts';
import type { Infer } from './truth.ts';

export const inferAside: Infer = (votes, method) => aside<Inference>('export/infer-thread', { votes, method });
