/**
 * Peak memory of a training step: each network and each engine in a process of its own that does nothing else, its
 * greatest resident memory (VmHWM) after a few steps. Nothing is subtracted; what the process holds before it makes the
 * network (interpreter and libraries) is told beside it.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MienError } from 'mienjs';
import { TorchProcess } from './torch-process.ts';

/** In MiB; null where the system does not tell (it does on Linux). */
export interface Memory {
  readonly idleMiB: number | null;
  readonly peakMiB: number | null;
}

/** The first steps fill the memory pools; garbage of earlier ones is still about. */
export const MEMORY_STEPS = 5;

/** VmRSS (now) or VmHWM (the peak) of this process in MiB. */
export function residentMiB(field: 'VmRSS' | 'VmHWM'): number | null {
  if (process.platform !== 'linux') return null;
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? null : Number(kib) / 1024;
}

/** @throws {MienError} when the child process fails */
export async function mienMemory(network: string, threads: number): Promise<Memory> {
  const child = fileURLToPath(new URL('./memory-child.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [child, network, String(threads)]);
    return JSON.parse(stdout) as Memory;
  } catch (cause) {
    throw new MienError(
      `bench engine: memory of ${network} could not be measured (${(cause as Error).message.split('\n')[0]})`,
      { cause },
    );
  }
}

export async function torchMemory(network: string, batch: number, threads: number): Promise<Memory> {
  const torch = await TorchProcess.start(network, batch, threads);
  let peakMiB: number | null = null;
  for (let i = 0; i < MEMORY_STEPS; i++) ({ peakMiB } = await torch.sample(0));
  torch.stop();
  return { idleMiB: torch.idleMiB, peakMiB };
}
