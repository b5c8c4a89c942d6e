/**
 * What `crowd infer` chooses by default against majority vote and Dawid–Skene: accuracy by votes a worker, and on real
 * votes.
 */
import {
  infer,
  simulateVotes,
  type Inference,
  type MethodName,
  type Simulation,
  type SimulationOptions,
} from 'mienjs/crowd';
import { readVotes } from 'mienjs/crowd/node';
import { Random } from 'mienjs/tensor';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SHARED } from './crowd.ts';

export interface CrowdDefaultsRow {
  readonly bench: 'crowd-defaults';
  readonly data: string;
  readonly tasks: number;
  readonly votesPerWorker: number;
  /** Accuracies in %, means over the seeds. */
  readonly mv: number;
  readonly ds: number;
  readonly auto: number;
  readonly aboveMv: number;
  readonly aboveDs: number;
  /** How often each method was chosen. */
  readonly chosen: string;
}

const VOTES_PER_WORKER = [1, 2, 3, 5, 10, 20, 50, 100] as const;
/** Tasks of a crowd, and of how many crowds one is simulated. */
const SIZES = [
  { tasks: 100, oneIn: 1 },
  { tasks: 1000, oneIn: 4 },
] as const;
const VOTES_PER_TASK = 5;
const TWO = ['a', 'b'];
/** Each class half as frequent as the one before. */
const SKEWED = [64, 32, 16, 8, 4, 2, 1];

interface Crowd {
  readonly options: Pick<SimulationOptions, 'classes' | 'classPrior' | 'mix'>;
  readonly isLopsided?: true;
}

const CROWDS: Readonly<Record<string, Crowd>> = {
  simulated: { options: {} },
  'skewed classes': { options: { classPrior: SKEWED } },
  'many spammers': { options: { mix: { reliable: 0.6, spammer: 0.3, adversary: 0.1 } } },
  lopsided: { options: {}, isLopsided: true },
  'two classes': { options: { classes: TWO } },
  'lopsided, two classes': { options: { classes: TWO }, isLopsided: true },
};

export async function benchCrowdDefaults(seeds: number, log: (line: string) => void): Promise<CrowdDefaultsRow[]> {
  const rows: CrowdDefaultsRow[] = [];
  const cases = SIZES.flatMap((size) => Object.entries(CROWDS).map(([data, crowd]) => ({ ...size, data, crowd })));
  for (const { tasks, oneIn, data, crowd } of cases) {
    for (const votesPerWorker of VOTES_PER_WORKER) {
      const row = rowOf(
        data,
        tasks,
        votesPerWorker,
        Array.from({ length: Math.ceil(seeds / oneIn) }, (_, s) =>
          score(simulate(crowd, tasks, votesPerWorker, s + 1)),
        ),
      );
      log(
        `crowd-defaults, ${data}, ${tasks} tasks, ${votesPerWorker} votes a worker: mv ${row.mv.toFixed(2)}, ds ${row.ds.toFixed(2)}, auto ${row.auto.toFixed(2)} (${row.chosen})`,
      );
      rows.push(row);
    }
  }
  for (const name of ['bluebird', 'dog']) {
    const known = await readKnown(name);
    if (known === undefined) log(`crowd-defaults: ${name} is not in ${SHARED}, so it is left out`);
    else
      rows.push(
        rowOf(name, known.votes.tasks.length, known.votes.task.length / known.votes.workers.length, [score(known)]),
      );
  }
  return rows;
}

type Known = Pick<Simulation, 'votes' | 'truth'>;

function simulate({ options, isLopsided }: Crowd, tasks: number, votesPerWorker: number, seed: number): Known {
  const workers = Math.max(VOTES_PER_TASK, Math.round((tasks * VOTES_PER_TASK) / votesPerWorker));
  const simulation = simulateVotes({ ...options, tasks, workers, votesPerTask: VOTES_PER_TASK, seed });
  return isLopsided ? makeLopsided(simulation, seed) : simulation;
}

/** Workers see every second class as the one before it, each on a share of its tasks of their own, half on average. */
function makeLopsided({ votes, truth }: Known, seed: number): Known {
  const random = new Random(seed, 'bench/lopsided');
  const habit = votes.workers.map(() => 0.3 + 0.4 * random.uniform());
  const label = votes.label.map((l, v) => {
    const actual = truth[votes.task[v]!]!;
    return actual % 2 === 1 && l === actual && random.uniform() < habit[votes.worker[v]!]! ? l - 1 : l;
  });
  return { votes: { ...votes, label }, truth };
}

async function readKnown(name: string): Promise<Known | undefined> {
  const folder = join(SHARED, 'crowd', name);
  const truthCsv = await readFile(join(folder, 'truth.csv'), 'utf8').catch(() => undefined);
  if (truthCsv === undefined) return undefined;
  const votes = await readVotes(join(folder, 'label.csv'));
  const truthOf = new Map(
    truthCsv
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',') as [string, string]),
  );
  return { votes, truth: Int32Array.from(votes.tasks, (task) => votes.classes.indexOf(truthOf.get(task) ?? '')) };
}

interface Score {
  readonly mv: number;
  readonly ds: number;
  readonly auto: number;
  readonly chosen: MethodName;
}

function score({ votes, truth }: Known): Score {
  const accuracy = ({ labels }: Inference): number =>
    (100 * labels.reduce((right, label, t) => right + Number(label === truth[t]), 0)) / truth.length;
  const auto = infer(votes);
  return {
    mv: accuracy(infer(votes, 'mv')),
    ds: accuracy(infer(votes, 'ds')),
    auto: accuracy(auto),
    chosen: auto.method,
  };
}

function rowOf(data: string, tasks: number, votesPerWorker: number, scores: readonly Score[]): CrowdDefaultsRow {
  const mean = (key: 'mv' | 'ds' | 'auto'): number => scores.reduce((sum, s) => sum + s[key], 0) / scores.length;
  const [mv, ds, auto] = [mean('mv'), mean('ds'), mean('auto')];
  const counts = new Map<string, number>();
  for (const { chosen } of scores) counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  const chosen = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
  return {
    bench: 'crowd-defaults',
    data,
    tasks,
    votesPerWorker,
    mv,
    ds,
    auto,
    aboveMv: auto - mv,
    aboveDs: auto - ds,
    chosen,
  };
}
