/**
 * Measuring side by side: what is compared takes turns within one run, so that a busy machine slows all sides alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Shorter work is repeated until this much time has passed, so that a sample stands above the clock's and scheduler's
 * noise.
 */
export const MIN_SAMPLE_MS = 50;
/** Before each sample: the threads of the side before it stop spinning. */
const SETTLE_MS = 20;
/** Rounds whose samples are dropped: compilation, memory pools, caches. */
const WARM_UP_ROUNDS = 2;

/**
 * Takes samples A B C C B A A B C …: what a side leaves behind (garbage, a used-up share of the processor) falls on the
 * next, which is not always the same.
 * @param sides each call gives one sample   @param rounds how many of each count
 * @returns for each side its samples, in order of time
 */
export async function interleave<T>(sides: readonly (() => Promise<T>)[], rounds: number): Promise<T[][]> {
  const samples: T[][] = sides.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const order = [...sides.entries()];
    for (const [i, sample] of round % 2 === 0 ? order : order.reverse()) {
      await sleep(SETTLE_MS);
      const value = await sample();
      if (round >= 0) samples[i]!.push(value);
    }
  }
  return samples;
}

/** Wall time of one run of the work, in ms: the mean over as many runs as fill a sample. */
export async function millisecondsPerRun(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let runs = 1; ; runs++) {
    await work();
    const elapsedMs = performance.now() - started;
    if (elapsedMs >= MIN_SAMPLE_MS) return elapsedMs / runs;
  }
}

/**
 * CPU time of this process for one run of the work, in ms: the mean over as many runs as fill a sample. Of work on one thread it
 * is the time that it takes on a machine with nothing else to do.
 */
export async function cpuMillisecondsPerRun(work: () => Promise<unknown>): Promise<number> {
  const started = process.cpuUsage();
  for (let runs = 1; ; runs++) {
    await work();
    const { user, system } = process.cpuUsage(started);
    const elapsedMs = (user + system) / 1000;
    if (elapsedMs >= MIN_SAMPLE_MS) return elapsedMs / runs;
  }
}

/** @returns the middle value, or the mean of the two middle ones; NaN of nothing */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) return NaN;
  return sorted.length % 2 === 1 ? upper : (sorted[(sorted.length >> 1) - 1]! + upper) / 2;
}
