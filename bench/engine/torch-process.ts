/** A Python process that runs PyTorch's training steps of one network (torch/step.py). */
import { fileURLToPath } from 'node:url';
import { PythonProcess } from '../python-process.ts';
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
  /** Peak memory of the process so far; null where the system does not tell. */
  readonly peakMiB: number | null;
}

export class TorchProcess {
  readonly version: string;
  readonly parameters: number;
  /** Resident memory with PyTorch loaded and nothing else. */
  readonly idleMiB: number | null;
  readonly #process: PythonProcess;

  private constructor(process: PythonProcess, hello: Hello) {
    this.#process = process;
    this.version = hello.torch;
    this.parameters = hello.parameters;
    this.idleMiB = hello.idleMiB;
  }

  /**
   * @param network a name that torch/networks.py knows
   * @throws {MienError} when there is no Python (PYTHON names it), or it has no torch
   */
  static async start(network: string, batch: number, threads: number): Promise<TorchProcess> {
    const { process, hello } = await PythonProcess.start<Hello>('PyTorch', SCRIPT, [
      String(threads),
      network,
      String(batch),
    ]);
    return new TorchProcess(process, hello);
  }

  /** One sample: steps until it is long enough. */
  sample(minMs = MIN_SAMPLE_MS): Promise<Sample> {
    return this.#process.ask({ minMs });
  }

  stop(): void {
    this.#process.stop();
  }
}
