/** The method that the votes choose: not below majority vote, whatever the crowd, and with a reason. */
import { describe, expect, it } from 'vitest';
import {
  createVotes,
  infer,
  simulateVotes,
  type AnnotatorKind,
  type Simulation,
  type SimulationOptions,
  type VoteRow,
  type Votes,
} from '../index.ts';
import { Random } from '../../tensor/index.ts';

type Known = Pick<Simulation, 'votes' | 'truth'>;

/** 60 tasks of five votes. */
function crowd(votesPerWorker: number, seed: number, options: Partial<SimulationOptions> = {}): Known {
  return simulateVotes({
    tasks: 60,
    workers: Math.max(5, Math.round(300 / votesPerWorker)),
    votesPerTask: 5,
    seed,
    ...options,
  });
}

/** Every second class is taken for the one before it, about half the time. */
function lopsided({ votes, truth }: Known, seed: number): Known {
  const random = new Random(seed, 'choose.test');
  const label = votes.label.map((l, v) =>
    l % 2 === 1 && truth[votes.task[v]!] === l && random.uniform() < 0.5 ? l - 1 : l,
  );
  return { votes: { ...votes, label }, truth };
}

const accuracy = ({ truth }: Known, labels: Int32Array): number =>
  labels.reduce((right, l, t) => right + Number(l === truth[t]), 0) / truth.length;

/** Mean accuracies over the crowds, in %. */
function accuracies(crowds: readonly Known[]): { mv: number; ds: number; auto: number } {
  const mean = (method: 'mv' | 'ds' | 'auto'): number =>
    (100 * crowds.reduce((sum, known) => sum + accuracy(known, infer(known.votes, method).labels), 0)) / crowds.length;
  return { mv: mean('mv'), ds: mean('ds'), auto: mean('auto') };
}

const mix = (kinds: Partial<Record<AnnotatorKind, number>>): Partial<SimulationOptions> => ({ mix: kinds });
const SEEDS = [1, 2];

/**
 * Points. Of twenty crowds of 100 tasks it is one (`npm run bench -- crowd-defaults`); of two crowds of 60 tasks, one
 * task is 0.8.
 */
const CHANCE = 2.5;

describe('by default, inference is not below majority vote but by chance', () => {
  it.each<[string, number, Partial<SimulationOptions>]>([
    ['1 vote a worker', 1, {}],
    ['2 votes a worker', 2, {}],
    ['3 votes a worker', 3, {}],
    ['5 votes a worker', 5, {}],
    ['20 votes a worker', 20, {}],
    ['skewed classes', 5, { classPrior: [64, 32, 16, 8, 4, 2, 1] }],
    ['one class nearly always', 10, { classPrior: [20, 1, 1], classes: ['a', 'b', 'c'] }],
    ['two classes', 3, { classes: ['a', 'b'] }],
    ['two classes, one rare', 3, { classes: ['a', 'b'], classPrior: [85, 15] }],
    ['a third spammers', 10, mix({ reliable: 0.65, spammer: 0.35 })],
    ['constant labels', 10, mix({ reliable: 0.7, constant: 0.3 })],
    ['adversaries', 10, mix({ reliable: 0.8, adversary: 0.2 })],
  ])('%s', (_name, votesPerWorker, options) => {
    const { mv, auto } = accuracies(SEEDS.map((seed) => crowd(votesPerWorker, seed, options)));
    expect(auto).toBeGreaterThanOrEqual(mv - CHANCE);
  });
});

describe('a model that loses a class is not believed', () => {
  it.each([1, 5])('%d votes a worker', (votesPerWorker) => {
    const crowds = [1, 2, 3].map((seed) =>
      lopsided(
        crowd(votesPerWorker, seed, { tasks: 300, workers: Math.round(1500 / votesPerWorker), classes: ['a', 'b'] }),
        seed,
      ),
    );
    const { mv, auto } = accuracies(crowds);
    expect(auto).toBeGreaterThanOrEqual(mv - 1);
    const { method, choice } = infer(crowds[0]!.votes);
    expect([method, choice!.reason]).toEqual([
      'mv',
      expect.stringMatching(
        /^Majority vote: no other model .*That of workers that differ, with even errors.* is not believed: it leaves a class/,
      ),
    ]);
    // as they would be without this: one class all but gone
    const labels = infer(crowds[0]!.votes, 'hds', { errors: 'even' }).labels;
    expect(labels.filter((l) => l === 1).length).toBeLessThan(0.1 * labels.length);
  });
});

describe('where workers differ, it does better than majority vote, and no worse than Dawid–Skene', () => {
  it.each<[string, number, (seed: number) => Known]>([
    ['lopsided confusions', 5, (seed) => lopsided(crowd(20, seed), seed)],
    ['a third spammers', 2, (seed) => crowd(20, seed, mix({ reliable: 0.65, spammer: 0.35 }))],
    ['adversaries', 1, (seed) => crowd(20, seed, mix({ reliable: 0.8, adversary: 0.2 }))],
  ])('%s', (_name, gain, make) => {
    const { mv, ds, auto } = accuracies(SEEDS.map(make));
    expect(auto).toBeGreaterThanOrEqual(mv + gain);
    expect(auto).toBeGreaterThanOrEqual(ds);
  });

  it('is Dawid–Skene itself where workers cast many votes on each class', () => {
    const { votes } = simulateVotes({
      tasks: 150,
      workers: 10,
      votesPerTask: 5,
      classes: ['a', 'b'],
      mix: { reliable: 0.6, adversary: 0.4 },
      seed: 1,
    });
    const { method, labels, choice } = infer(votes);
    expect([method, choice!.candidates.map((c) => c.method)]).toEqual(['ds', ['mv', 'ds']]);
    expect(labels).toEqual(infer(votes, 'ds').labels);
  });
});

describe('the choice', () => {
  const few = crowd(2, 1).votes;

  it('comes with its reason and figures', () => {
    const { method, choice } = infer(few);
    expect(choice).toMatchObject({ method, votesHeldOut: few.task.length });
    expect(choice!.candidates.map(({ method: name, settings }) => [name, settings])).toEqual([
      ['mv', {}],
      ['hds', { errors: 'even' }],
      ['hds', { errors: 'shared' }],
    ]);
    expect(choice!.reason).toMatch(
      /^(Majority vote: no model|Hierarchical Dawid–Skene: the model of) .* \(information on a vote \d\.\d{3} nats, against .*; 300 votes\)\.$/,
    );
    expect(infer(few, 'auto', { maxIterations: 3 }).iterations).toBeLessThanOrEqual(3);
  });

  it('is not made where a method is named', () => {
    for (const method of ['mv', 'ds', 'hds'] as const) expect(infer(few, method).choice).toBeUndefined();
  });

  it('is the same for any order and names', () => {
    const { votes } = crowd(10, 4, mix({ reliable: 0.65, spammer: 0.35 }));
    const rows = Array.from(votes.task, (t, v): VoteRow => ({
      task: `x${1000 - t}`,
      worker: `y${(votes.worker[v]! * 7) % 30}`,
      label: votes.classes[votes.label[v]!]!,
    })).reverse();
    expect(infer(createVotes(rows, { classes: votes.classes })).choice).toEqual(infer(votes).choice);
  });

  const vote = (task: string, worker: string, label: string): VoteRow => ({ task, worker, label });
  it.each<[string, Votes, RegExp]>([
    ['one class', createVotes([vote('1', 'a', 'x'), vote('1', 'b', 'x')]), /one class only/],
    ['one worker', createVotes([vote('1', 'a', 'x'), vote('2', 'a', 'y')]), /one worker only/],
    ['one vote a task', createVotes([vote('1', 'a', 'x'), vote('2', 'b', 'y')]), /no task has two votes/],
    [
      'a few tasks',
      createVotes(['1', '2', '3'].flatMap((t) => [vote(t, 'a', 'x'), vote(t, 'b', t === '1' ? 'y' : 'x')])),
      /there are 3, too few to compare models by \(30\)/,
    ],
    ['unknown workers', { ...few, anonymous: true }, /do not say whose they are/],
    [
      'too many matrices',
      createVotes(Array.from({ length: 9400 }, (_, i) => vote(`t${i % 300}`, `w${i}`, `c${i % 60}`))),
      /confusion matrices of 9400 workers and 60 classes would be too many/,
    ],
  ])('is majority vote with %s, and says so', (_name, votes, reason) => {
    const { method, choice } = infer(votes);
    expect(method).toBe('mv');
    expect(choice!.reason).toMatch(reason);
  });
});
