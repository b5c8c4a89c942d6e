/**
 * The engine against PyTorch: one training step (forward, cross-entropy, backward, SGD with momentum) on one batch,
 * same threads. The batch is in memory on both sides, so that only the step is timed. One network after the other; the
 * two sides of each take turns.
 */
import { MienError } from 'mienjs';
import { interleave, median, millisecondsPerRun } from '../timing.ts';
import { mienMemory, torchMemory, type Memory } from './memory.ts';
import { CASES, prepareMien, type EngineCase } from './networks.ts';
import { TorchProcess } from './torch-process.ts';

export interface EngineRow {
  readonly bench: 'engine';
  readonly network: string;
  readonly batch: number;
  readonly mienMs: number;
  /** Null where PyTorch is missing. */
  readonly torchMs: number | null;
  /** mienMs / torchMs. */
  readonly ratio: number | null;
  /** Greatest resident memory of a process that does nothing but these steps; null where it was not measured. */
  readonly mienPeakMiB: number | null;
  readonly torchPeakMiB: number | null;
}

export interface EngineSummary {
  readonly bench: 'engine-summary';
  readonly networks: number;
  /** Geometric mean over the networks, null without PyTorch. */
  readonly geometricMeanRatio: number | null;
  readonly worstRatio: number | null;
  readonly worstPeakRatio: number | null;
  /** Resident memory before a network is made: interpreter and libraries. */
  readonly mienIdleMiB: number | null;
  readonly torchIdleMiB: number | null;
}

export interface EngineSettings {
  readonly rounds: number;
  readonly threads: number;
  /** Names of the networks; all when absent. */
  readonly networks?: readonly string[];
  readonly memory: boolean;
}

type Log = (line: string) => void;
const NOT_MEASURED: Memory = { idleMiB: null, peakMiB: null };

/**
 * @param log is told of progress, and when PyTorch is missing
 * @returns a row for each network, their summary, and PyTorch's version
 * @throws {MienError} when a network is unknown, or differs from PyTorch's in its number of parameters
 */
export async function benchEngine(
  { rounds, threads, networks, memory }: EngineSettings,
  log: Log,
): Promise<{ rows: (EngineRow | EngineSummary)[]; torch: string | null }> {
  const names = CASES.map(({ name }) => name);
  const unknown = networks?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new MienError(`bench engine: there is no network "${unknown}", expected ${names.join(', ')}`);

  const rows: EngineRow[] = [];
  let [mienIdleMiB, torchIdleMiB, torch]: [number | null, number | null, string | null] = [null, null, null];
  for (const engineCase of CASES.filter(({ name }) => networks?.includes(name) ?? true)) {
    const { name, batch } = engineCase;
    const timed = await timeCase(engineCase, rounds, threads, log);
    torch ??= timed.torch;
    const mien = memory ? await mienMemory(name, threads) : NOT_MEASURED;
    const theirs = memory && timed.torch !== null ? await torchMemory(name, batch, threads) : NOT_MEASURED;
    mienIdleMiB ??= mien.idleMiB;
    torchIdleMiB ??= theirs.idleMiB;
    const { mienMs, torchMs } = timed;
    const ratio = torchMs === null ? null : mienMs / torchMs;
    rows.push({
      bench: 'engine',
      network: name,
      batch,
      mienMs,
      torchMs,
      ratio,
      mienPeakMiB: mien.peakMiB,
      torchPeakMiB: theirs.peakMiB,
    });
    log(`engine, ${name}: ${mienMs.toFixed(0)} ms${torchMs === null ? '' : `, PyTorch ${torchMs.toFixed(0)} ms`}`);
  }
  const ratios = known(rows.map(({ ratio }) => ratio));
  const peakRatios = known(
    rows.map(({ mienPeakMiB, torchPeakMiB }) =>
      mienPeakMiB === null || torchPeakMiB === null ? null : mienPeakMiB / torchPeakMiB,
    ),
  );
  const summary: EngineSummary = {
    bench: 'engine-summary',
    networks: rows.length,
    geometricMeanRatio: ratios.length === 0 ? null : geometricMean(ratios),
    worstRatio: ratios.length === 0 ? null : Math.max(...ratios),
    worstPeakRatio: peakRatios.length === 0 ? null : Math.max(...peakRatios),
    mienIdleMiB,
    torchIdleMiB,
  };
  return { rows: [...rows, summary], torch };
}

async function timeCase(
  engineCase: EngineCase,
  rounds: number,
  threads: number,
  log: Log,
): Promise<{ mienMs: number; torchMs: number | null; torch: string | null }> {
  const { name, batch } = engineCase;
  const torch = await TorchProcess.start(name, batch, threads).catch((error: unknown) => {
    if (!(error instanceof MienError)) throw error;
    log(`${error.message}; ${name} has no ratio`);
    return null;
  });
  const mien = await prepareMien(engineCase, threads);
  try {
    if (torch && torch.parameters !== mien.parameters)
      throw new MienError(
        `bench engine: ${name} has ${mien.parameters} parameters here and ${torch.parameters} in PyTorch`,
      );
    const ours = (): Promise<number> => millisecondsPerRun(() => mien.step());
    const sides = torch ? [ours, async (): Promise<number> => (await torch.sample()).ms] : [ours];
    const [mienMs, torchMs] = (await interleave(sides, rounds)).map(median);
    return { mienMs: mienMs!, torchMs: torchMs ?? null, torch: torch?.version ?? null };
  } finally {
    torch?.stop();
    await mien.release();
  }
}

const known = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null);

/** (∏ vᵢ)^(1/n); NaN of nothing. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
