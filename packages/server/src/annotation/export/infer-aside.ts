/** Inference in a thread, so that nobody's next image waits for an export. */
import { Worker } from 'node:worker_threads';
import type { Inference } from 'mienjs/crowd';
import type { Infer } from './truth.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/annotation/export/infer-thread.js' : './infer-thread.js',
  import.meta.url,
);

export const inferAside: Infer = (votes, method) =>
  new Promise((resolve, reject) => {
    // Options by which the sources are run are not for the built thread
    const thread = new Worker(THREAD, { workerData: { votes, method }, execArgv: [] });
    thread.once('message', (inference: Inference) => resolve(inference));
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
