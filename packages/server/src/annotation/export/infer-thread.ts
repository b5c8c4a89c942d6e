/** Infers labels alone in a thread (infer-aside.ts). */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { infer, type MethodName, type Votes } from 'mienjs/crowd';

const given = workerData as { readonly votes: Votes; readonly method: MethodName | 'auto' } | null;
if (!isMainThread && parentPort && given) parentPort.postMessage(infer(given.votes, given.method as 'auto'));
