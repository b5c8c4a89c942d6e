/**
 * Recognition in processes of its own, one photo at a time in each: the server stays responsive while they compute, a
 * photo that takes too long is ended with its process, and a decoder that a malformed file crashes takes nothing else
 * with it. Whoever submits photos bounds their number (http/admission.ts, jobs/runner.ts); nothing is refused here.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MienError } from 'mienjs';
import type { ImageResult } from 'mienjs/results';
import type { Inspection } from './inspect-photo.ts';
import type { Answer, Setup, Task } from './messages.ts';
import { ProcessEnded, Stopped, type Photo, type Recognition, type RecognizeSettings } from './recognition.ts';

export interface PoolSettings extends Setup {
  readonly processes: number;
  /** For one photo. */
  readonly timeoutMs: number;
}

interface Pending extends Photo {
  readonly what: Task['what'];
  readonly actionUnits: boolean;
  readonly settle: (outcome: ImageResult | Inspection | Error) => void;
  readonly lane: RecognizeSettings['lane'];
}

interface Running {
  readonly child: ChildProcess;
  work?: { readonly id: number; readonly pending: Pending; readonly timer: NodeJS.Timeout; readonly startedMs: number };
  state: 'starting' | 'ready' | 'ending';
}

/** Run from its source, as in tests, the process is the built one: Node alone does not read TypeScript. */
const PROCESS = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/recognition/process.js' : './process.js', import.meta.url),
);

/** Between two attempts to replace a process that ended before it was ready. */
const RESTART_AFTER_MS = 1000;
/** Weight of the latest photo in the mean of times. */
const LATEST = 0.1;

export class RecognitionPool implements Recognition {
  readonly model: string;
  readonly width: number;
  readonly #settings: PoolSettings;
  readonly #running = new Set<Running>();
  readonly #waiting: Record<RecognizeSettings['lane'], Pending[]> = { request: [], job: [] };
  #nextId = 0;
  #meanMs = 0;
  #isClosed = false;

  private constructor(settings: PoolSettings, model: string) {
    this.#settings = settings;
    this.model = model;
    this.width = settings.processes;
  }

  /** @throws {MienError} when the recogniser cannot be loaded: what it says of the model or the device */
  static async start(settings: PoolSettings): Promise<RecognitionPool> {
    const children = Array.from({ length: settings.processes }, () => startChild(settings));
    const answers = await Promise.all(children.map(firstAnswer));
    const unusable = answers.find((answer) => answer.kind !== 'ready');
    if (unusable) {
      for (const child of children) child.kill('SIGKILL');
      throw new MienError(unusable.kind === 'unusable' ? unusable.message : 'a recognition process did not start');
    }
    const [first] = answers;
    const pool = new RecognitionPool(settings, first!.kind === 'ready' ? first!.model : '');
    for (const child of children) pool.#adopt({ child, state: 'ready' });
    return pool;
  }

  get load(): number {
    const inWork = [...this.#running].filter(({ work }) => work).length;
    return inWork + this.#waiting.request.length + this.#waiting.job.length;
  }

  get meanMs(): number {
    return this.#meanMs;
  }

  recognize(photo: Photo, settings: RecognizeSettings): Promise<ImageResult> {
    return this.#submit('recognize', photo, settings) as Promise<ImageResult>;
  }

  inspect(photo: Photo, settings: RecognizeSettings): Promise<Inspection> {
    return this.#submit('inspect', photo, settings) as Promise<Inspection>;
  }

  #submit(
    what: Task['what'],
    photo: Photo,
    { lane, signal, actionUnits = false }: RecognizeSettings,
  ): Promise<ImageResult | Inspection> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || signal?.aborted) return reject(new Stopped());
      const pending: Pending = {
        ...photo,
        what,
        actionUnits,
        lane,
        settle: (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)),
      };
      const queue = this.#waiting[lane];
      queue.push(pending);
      signal?.addEventListener(
        'abort',
        () => {
          const at = queue.indexOf(pending);
          if (at < 0) return;
          queue.splice(at, 1);
          reject(new Stopped());
        },
        { once: true },
      );
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const queue of Object.values(this.#waiting))
      for (const pending of queue.splice(0)) pending.settle(new Stopped());
    await Promise.all(
      [...this.#running].map(async (running) => {
        const ended =
          running.child.exitCode === null && running.child.signalCode === null
            ? once(running.child, 'exit')
            : undefined;
        while (running.work)
          await Promise.race([once(running.child, 'message'), once(running.child, 'exit')]).catch(() => undefined);
        if (running.child.connected) running.child.disconnect();
        await ended;
      }),
    );
  }

  #dispatch(): void {
    for (const running of this.#running) {
      if (running.state !== 'ready' || running.work || this.#isClosed) continue;
      const pending = this.#waiting.request.shift() ?? this.#waiting.job.shift();
      if (!pending) return;
      const id = this.#nextId++;
      const timer = setTimeout(() => this.#end(running, id), this.#settings.timeoutMs);
      running.work = { id, pending, timer, startedMs: performance.now() };
      const { what, actionUnits, file, bytes } = pending;
      const task: Task = { id, what, actionUnits, file, bytes };
      // A channel that closes meanwhile is seen by its exit
      running.child.send(task, () => undefined);
    }
  }

  #adopt(running: Running): void {
    const { child } = running;
    this.#running.add(running);
    child.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') {
        running.state = 'ready';
        this.#dispatch();
      } else if (answer.kind === 'done' && running.work?.id === answer.id) {
        const { pending, startedMs } = running.work;
        this.#finish(running);
        const elapsedMs = performance.now() - startedMs;
        // Duration of a recognition, from which clients are told when to come back
        if (pending.what === 'recognize')
          this.#meanMs = this.#meanMs === 0 ? elapsedMs : this.#meanMs + LATEST * (elapsedMs - this.#meanMs);
        pending.settle(answer.result);
        this.#dispatch();
      }
    });
    child.on('error', () => undefined); // its exit follows
    child.once('exit', (code, signal) => {
      this.#running.delete(running);
      const pending = this.#finish(running);
      pending?.settle(new ProcessEnded(`the process that read it ended (${signal ?? `status ${code}`})`));
      if (this.#isClosed) return;
      const replace = (): void => {
        if (!this.#isClosed) this.#adopt({ child: startChild(this.#settings), state: 'starting' });
      };
      if (running.state === 'starting') setTimeout(replace, RESTART_AFTER_MS).unref();
      else replace();
    });
  }

  /** The photo took too long. */
  #end(running: Running, id: number): void {
    if (running.work?.id !== id) return;
    const pending = this.#finish(running)!;
    const { file } = pending;
    const seconds = this.#settings.timeoutMs / 1000;
    // It gets no other until it is gone
    running.state = 'ending';
    running.child.kill('SIGKILL');
    pending.settle({
      file,
      width: null,
      height: null,
      faces: [],
      error: `${file}: took longer than the limit of ${seconds} s`,
    });
  }

  #finish(running: Running): Pending | undefined {
    const { work } = running;
    if (!work) return undefined;
    clearTimeout(work.timer);
    delete running.work;
    return work.pending;
  }
}

function startChild(settings: PoolSettings): ChildProcess {
  // Results go over the channel only; what a decoder writes to stdout is nobody's
  const child = fork(PROCESS, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const { model, views, device, threads, maxPixels, maxFaces } = settings;
  const setup: Setup = { model, views, device, threads, maxPixels, maxFaces };
  child.send(setup, () => undefined);
  return child;
}

async function firstAnswer(child: ChildProcess): Promise<Answer> {
  const ended = once(child, 'exit').then(([code, signal]): Answer => ({
    kind: 'unusable',
    message: `a recognition process ended before it was ready (${String(signal ?? `status ${String(code)}`)})`,
  }));
  return Promise.race([once(child, 'message').then(([answer]) => answer as Answer), ended]);
}
