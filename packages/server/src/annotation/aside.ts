/** Work in a thread of its own, so that nobody's next image waits for it. */
import { Worker } from 'node:worker_threads';

/**
 * @param module of this folder, without its ending: it posts one message, which is the result
 * @param workerData what it is given
 * @throws what the thread throws
 */
export function aside<T>(module: string, workerData: unknown): Promise<T> {
  const built = new URL(import.meta.url.endsWith('.ts') ? '../../dist/annotation/' : './', import.meta.url);
  return new Promise((resolve, reject) => {
    // Options of whatever started this process are not for the built thread
    const thread = new Worker(new URL(`${module}.js`, built), { workerData, execArgv: [] });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
}
