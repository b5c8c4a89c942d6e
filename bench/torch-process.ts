/** A Python process that runs PyTorch's training steps (torch_step.py): JSON lines in and out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MienError } from 'mien';
import { MIN_SAMPLE_MS } from './timing.ts';

const SCRIPT = fileURLToPath(new URL('../torch_step.py', import.meta.url));

export class TorchProcess {
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#lines = lines;
    this.version = version;
  }

  /**
   * @param python an interpreter with torch
   * @throws {MienError} when there is no such interpreter or it has no torch
   */
  static async start(python: string, threads: number): Promise<TorchProcess> {
    const child = spawn(python, [SCRIPT, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      throw new MienError(`PyTorch: ${python} cannot be started (${(cause as NodeJS.ErrnoException).code}); PYTHON names the interpreter`, { cause });
    }
    child.stdin.on('error', () => undefined); // a process that has died is noticed by the answer that does not come
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const hello = await answer(lines);
    if (typeof hello.torch !== 'string') throw new MienError(`PyTorch: ${python} has none (${hello.error}); PYTHON names the interpreter`);
    return new TorchProcess(child, lines, hello.torch);
  }

  /** @returns mean time of a step over one sample, and the number of the network's parameters */
  async step(network: string): Promise<{ ms: number; parameters: number }> {
    this.#child.stdin!.write(`${JSON.stringify({ network, minMs: MIN_SAMPLE_MS })}\n`);
    const { ms, parameters } = await answer(this.#lines);
    return { ms: ms!, parameters: parameters! };
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}

interface Answer {
  readonly torch?: string;
  readonly error?: string;
  readonly ms?: number;
  readonly parameters?: number;
}

async function answer(lines: AsyncIterator<string>): Promise<Answer> {
  const { value, done } = await lines.next();
  if (done) throw new MienError('PyTorch: the process ended before it answered; its reason is above');
  return JSON.parse(value) as Answer;
}
