/**
 * Truth inference from crowd labels: time, memory and recovery of the truth at RAF-DB's size, and crowd-kit's `dog`.
 */
import { infer, METHOD_NAMES, simulateVotes, type Inference, type MethodName } from 'mienjs/crowd';
import { readVotes } from 'mienjs/crowd/node';
import { spearmanCorrelation } from 'mienjs/metrics';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './timing.ts';

export interface CrowdRow {
  readonly bench: 'crowd';
  readonly data: string;
  readonly method: MethodName;
  readonly votes: number;
  readonly seconds: number;
  readonly iterations: number;
  readonly peakRssMiB: number;
  readonly accuracy: number;
  readonly spearmanAlpha: number | null;
  readonly spearmanDifficulty: number | null;
  readonly crowdKitSeconds: number | null;
  readonly speedUp: number | null;
}

const RAF_SIZE = { tasks: 29_672, workers: 315, votesPerTask: 40 } as const;
export const SHARED =
  process.env['MIEN_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** @param rounds how many seeds, and runs on `dog` */
export async function benchCrowd(rounds: number, log: (line: string) => void): Promise<CrowdRow[]> {
  return [...benchSimulated(rounds, log), ...(await benchDog(rounds, log))];
}

interface Sample {
  readonly seconds: number;
  readonly iterations: number;
  readonly accuracy: number;
  readonly spearmanAlpha: number;
  readonly spearmanDifficulty: number;
}

function benchSimulated(seeds: number, log: (line: string) => void): CrowdRow[] {
  const samples = new Map<MethodName, Sample[]>(METHOD_NAMES.map((method) => [method, []]));
  const peaks = new Map<MethodName, number>();
  let votes = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    log(`crowd, seed ${seed} of ${seeds}`);
    const simulation = simulateVotes({ ...RAF_SIZE, seed });
    votes = simulation.votes.task.length;
    for (const method of METHOD_NAMES) {
      const { result, seconds } = timed(() => infer(simulation.votes, method));
      samples.get(method)!.push({
        seconds,
        iterations: result.iterations,
        accuracy: shareEqual(result.labels, simulation.truth),
        spearmanAlpha: spearmanCorrelation(result.reliability, simulation.alpha),
        spearmanDifficulty:
          'beta' in result
            ? spearmanCorrelation(
                result.beta.map((beta) => 1 / beta),
                simulation.difficulty,
              )
            : NaN,
      });
      peaks.set(method, peakRssMiB());
    }
  }
  return METHOD_NAMES.map((method) => {
    const runs = samples.get(method)!;
    const lowest = (key: keyof Sample): number => Math.min(...runs.map((run) => run[key]));
    const difficulty = lowest('spearmanDifficulty');
    return {
      bench: 'crowd',
      data: 'simulated',
      method,
      votes,
      seconds: median(runs.map(({ seconds }) => seconds)),
      iterations: median(runs.map(({ iterations }) => iterations)),
      peakRssMiB: peaks.get(method)!,
      accuracy: lowest('accuracy'),
      spearmanAlpha: lowest('spearmanAlpha'),
      spearmanDifficulty: Number.isNaN(difficulty) ? null : difficulty,
      crowdKitSeconds: null,
      speedUp: null,
    };
  });
}

async function benchDog(rounds: number, log: (line: string) => void): Promise<CrowdRow[]> {
  const folder = join(SHARED, 'crowd', 'dog');
  const texts = await Promise.all(
    ['truth.csv', 'crowd-kit.golden.json'].map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  const [truthCsv, golden] = texts;
  if (truthCsv === undefined || golden === undefined) {
    log(`crowd: ${folder} lacks truth.csv or crowd-kit.golden.json, so dog is left out`);
    return [];
  }
  const votes = await readVotes(join(folder, 'label.csv'));
  const truthOf = new Map(
    truthCsv
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',') as [string, string]),
  );
  const truth = Int32Array.from(votes.tasks, (task) => votes.classes.indexOf(truthOf.get(task) ?? ''));
  const crowdKitSeconds = (JSON.parse(golden) as { glad: { seconds: number } }).glad.seconds;
  return METHOD_NAMES.map((method) => {
    infer(votes, method); // compiles
    const runs = Array.from({ length: rounds }, () => timed(() => infer(votes, method)));
    const seconds = median(runs.map((run) => run.seconds));
    const { result } = runs[0]!;
    const isGlad = method === 'glad';
    return {
      bench: 'crowd',
      data: 'dog',
      method,
      votes: votes.task.length,
      seconds,
      iterations: result.iterations,
      peakRssMiB: peakRssMiB(),
      accuracy: shareEqual(result.labels, truth),
      spearmanAlpha: null,
      spearmanDifficulty: null,
      crowdKitSeconds: isGlad ? crowdKitSeconds : null,
      speedUp: isGlad ? crowdKitSeconds / seconds : null,
    };
  });
}

function timed(work: () => Inference): { result: Inference; seconds: number } {
  const started = performance.now();
  const result = work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

const peakRssMiB = (): number => process.resourceUsage().maxRSS / 1024;

const shareEqual = (a: Int32Array, b: Int32Array): number =>
  a.reduce((count, value, i) => count + (value === b[i] ? 1 : 0), 0) / a.length;
