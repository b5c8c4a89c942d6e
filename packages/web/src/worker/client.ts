/** The page's side of the worker: calls are promises, those that someone waits for go first. */
import type { CallName, Calls, FromWorker, ToWorker } from './protocol.ts';

export interface CallOptions {
  /** Calls of a higher one go first; those in work are finished. Default 1. */
  readonly priority?: number;
  /** Takes the call out of the queue while it waits. */
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly message: ToWorker;
  readonly transfer: Transferable[];
  readonly priority: number;
  readonly resolve: (response: never) => void;
  readonly reject: (error: Error) => void;
}

export class ModelClient {
  readonly #worker: Worker;
  readonly #onProgress: (loadedBytes: number, totalBytes: number) => void;
  #waiting: Waiting[] = [];
  #inWork: Waiting | undefined;
  #nextId = 0;
  #broken: Error | undefined;

  constructor(onProgress: (loadedBytes: number, totalBytes: number) => void) {
    this.#onProgress = onProgress;
    this.#worker = new Worker(new URL('./models.worker.ts', import.meta.url), { type: 'module', name: 'models' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = ({ message }) =>
      this.#fail(new Error(message || 'the worker with the models did not start'));
  }

  /** @throws what the worker throws, as an error with its message; `AbortError` when it was taken out of the queue */
  call<N extends CallName>(
    name: N,
    request: Calls[N]['request'],
    { priority = 1, signal }: CallOptions = {},
    transfer: Transferable[] = [],
  ): Promise<Calls[N]['response']> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const call: Waiting = {
        message: { id: this.#nextId++, name, request } as ToWorker,
        transfer,
        priority,
        resolve,
        reject,
      };
      signal?.addEventListener('abort', () => {
        if (!this.#waiting.includes(call)) return;
        this.#waiting = this.#waiting.filter((other) => other !== call);
        reject(new DOMException('no longer needed', 'AbortError'));
      });
      this.#waiting.push(call);
      this.#sendNext();
    });
  }

  #sendNext(): void {
    if (this.#inWork || this.#waiting.length === 0) return;
    const next = this.#waiting.reduce((best, call) => (call.priority > best.priority ? call : best));
    this.#waiting = this.#waiting.filter((call) => call !== next);
    this.#inWork = next;
    this.#worker.postMessage(next.message, next.transfer);
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'progress') return this.#onProgress(message.loadedBytes, message.totalBytes);
    const call = this.#inWork;
    if (call?.message.id !== message.id) return;
    this.#inWork = undefined;
    if (message.kind === 'done') call.resolve(message.response as never);
    else call.reject(new Error(message.message));
    this.#sendNext();
  }

  #fail(error: Error): void {
    this.#broken = error;
    for (const call of [...(this.#inWork ? [this.#inWork] : []), ...this.#waiting]) call.reject(error);
    this.#inWork = undefined;
    this.#waiting = [];
  }
}
