/** A Python process that runs PyTorch's training steps of one network (torch/step.py): JSON lines in and out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MienError } from 'mien';
import { MIN_SAMPLE_MS } from '../timing.ts';

const SCRIPT = fileURLToPath(new URL('../../torch/step.py', import.meta.url));

interface Hello {
  readonly torch: string;
  readonly parameters: number;
  readonly idleMiB: number | null;
}

interface Sample {
  /** Mean time of a step. */
  readonly ms: number;
  /** Of the process so far; null where the system does not tell. */
  readonly peakMiB: number | null;
}

export class TorchProcess {
  readonly version: string;
  readonly parameters: number;
  /** Resident memory with PyTorch loaded and nothing else. */
  readonly idleMiB: number | null;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, hello: Hello) {
    this.#child = child;
    this.#lines = lines;
    this.version = hello.torch;
    this.parameters = hello.parameters;
    this.idleMiB = hello.idleMiB;
  }

  /**
   * @param network a name that torch/networks.py knows
   * @throws {MienError} when there is no Python (PYTHON names it), or it has no torch
   */
  static async start(network: string, batch: number, threads: number): Promise<TorchProcess> {
    const python = process.env['PYTHON'] ?? '/usr/bin/python3';
    const child = spawn(python, ['-B', SCRIPT, String(threads), network, String(batch)], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      throw new MienError(`PyTorch: ${python} cannot be started (${(cause as NodeJS.ErrnoException).code}); PYTHON names the interpreter`, { cause });
    }
    child.stdin.on('error', () => undefined); // a process that has died is noticed by the answer that does not come
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const hello = await answer<Hello | { error: string }>(lines);
    if ('error' in hello) throw new MienError(`PyTorch: ${python} has none (${hello.error}); PYTHON names the interpreter`);
    return new TorchProcess(child, lines, hello);
  }

  /** One sample: steps until it is long enough. */
  sample(minMs = MIN_SAMPLE_MS): Promise<Sample> {
    this.#child.stdin!.write(`${JSON.stringify({ minMs })}\n`);
    return answer(this.#lines);
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}

async function answer<T>(lines: AsyncIterator<string>): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new MienError('PyTorch: the process ended before it answered; its reason is above');
  return JSON.parse(value) as T;
}
