import { describe, expect, it } from 'vitest';
import { infer } from './methods/index.ts';
import { spearmanCorrelation } from '../metrics/index.ts';
import { simulateVotes, type SimulationOptions } from './simulate.ts';
import { countComponents } from './vote-graph.ts';
import { createVotes } from './votes.ts';

const SMALL: SimulationOptions = { tasks: 400, workers: 60, votesPerTask: 20, seed: 5 };

/** Share of votes on the truth, by worker. */
function accuracies({ votes, truth }: ReturnType<typeof simulateVotes>): Float64Array {
  const right = new Float64Array(votes.workers.length);
  const all = new Float64Array(votes.workers.length);
  votes.worker.forEach((w, v) => {
    all[w]!++;
    if (votes.label[v] === truth[votes.task[v]!]) right[w]!++;
  });
  return right.map((count, w) => count / all[w]!);
}

describe('simulateVotes', () => {
  it('is a function of its options, and gives votes as createVotes would', () => {
    const first = simulateVotes(SMALL);
    expect(simulateVotes(SMALL)).toEqual(first);
    expect(simulateVotes({ ...SMALL, seed: 6 }).votes.label).not.toEqual(first.votes.label);
    const { votes } = first;
    const rows = Array.from(votes.task, (t, v) => ({
      task: votes.tasks[t]!,
      worker: votes.workers[votes.worker[v]!]!,
      label: votes.classes[votes.label[v]!]!,
    }));
    expect(createVotes(rows.reverse(), { classes: votes.classes })).toEqual(votes);
  });

  it('asks as many different workers as told', () => {
    const { votes } = simulateVotes({ ...SMALL, votesPerTask: [2, 5] });
    const counts = votes.tasks.map((_, t) => votes.task.filter((task) => task === t).length);
    expect(new Set(counts)).toEqual(new Set([2, 3, 4, 5]));
    for (let v = 1; v < votes.task.length; v++)
      if (votes.task[v] === votes.task[v - 1]) expect(votes.worker[v]).toBeGreaterThan(votes.worker[v - 1]!);
    const everyone = simulateVotes({ ...SMALL, tasks: 3, votesPerTask: 60 });
    expect(everyone.votes.task.length).toBe(180);
  });

  it('splits into groups without votes in common', () => {
    const { votes } = simulateVotes({ ...SMALL, groups: 4, votesPerTask: 5 });
    expect(countComponents(votes.task, votes.worker, 400, 60)).toEqual({ components: 4, largest: 100 });
  });

  it('makes each kind vote as it is called', () => {
    const mix = { reliable: 1, careless: 1, spammer: 1, constant: 1, adversary: 1, biased: 1 };
    const simulation = simulateVotes({
      tasks: 6000,
      workers: 60,
      votesPerTask: 30,
      seed: 2,
      mix,
      classPrior: [4, 1, 1, 1, 1, 1, 1],
    });
    const { votes, truth, kinds, alpha, difficulty } = simulation;
    const accuracy = accuracies(simulation);
    for (let w = 0; w < 60; w++) {
      // what α promises over all tasks is what the worker does on those met
      const expected = difficulty.reduce((sum, d) => sum + 1 / (1 + Math.exp(-alpha[w]! / d)), 0) / difficulty.length;
      expect(Math.abs(accuracy[w]! - expected), kinds[w]).toBeLessThan(0.035);
      const own = votes.label.filter((_, v) => votes.worker[v] === w);
      if (kinds[w] === 'constant') expect(new Set(own).size).toBe(1);
      if (kinds[w] === 'spammer')
        for (let k = 0; k < 7; k++)
          expect(Math.abs(own.filter((l) => l === k).length / own.length - 1 / 7)).toBeLessThan(0.03);
    }
    const mean = (kind: string): number => {
      const members = kinds.flatMap((k, w) => (k === kind ? [accuracy[w]!] : []));
      expect(members.length).toBe(10);
      return members.reduce((a, b) => a + b) / 10;
    };
    expect(mean('reliable')).toBeGreaterThan(0.75);
    expect(mean('careless')).toBeLessThan(mean('reliable') - 0.1);
    expect(mean('adversary')).toBeLessThan(0.25);
    expect(Math.abs(truth.filter((k) => k === 0).length / 6000 - 0.4)).toBeLessThan(0.03);
  });

  it('makes a biased annotator see one class as another', () => {
    const { votes, truth } = simulateVotes({ tasks: 5000, workers: 1, votesPerTask: 1, seed: 3, mix: { biased: 1 } });
    const confusion = new Float64Array(49);
    truth.forEach((k, t) => {
      confusion[k * 7 + votes.label[t]!]!++;
    });
    const rates = confusion.map((count, i) => (Math.floor(i / 7) === i % 7 ? 0 : (count / 5000) * 7));
    expect(rates.filter((rate) => rate > 0.5).length).toBe(1);
  });

  it.each<[string, Partial<SimulationOptions>, string]>([
    ['no tasks', { tasks: 0 }, 'tasks: expected a positive whole number, got 0'],
    [
      'more votes than workers',
      { votesPerTask: 61 },
      'votesPerTask: expected at most the 60 workers of a group, got 61',
    ],
    ['more votes than a group has', { groups: 7 }, 'votesPerTask: expected at most the 8 workers of a group, got 20'],
    ['a range upside down', { votesPerTask: [5, 4] }, 'votesPerTask: expected the least and the most, got 5, 4'],
    ['a prior of another length', { classPrior: [1, 2] }, 'classPrior: expected 7 weights, got 2'],
    [
      'a prior of nothing',
      { classPrior: [0, 0, 0, 0, 0, 0, 0] },
      'classPrior: expected weights of 0 or more, some above 0',
    ],
    ['a negative share', { mix: { reliable: -1 } }, 'mix: expected weights'],
    ['one class', { classes: ['x'] }, 'classes: expected two or more, got 1'],
    [
      'a deviation below 0',
      { logEase: { mean: 0, deviation: -1 } },
      'logEase: expected a mean and a deviation of 0 or more',
    ],
  ])('rejects %s', (_name, options, message) => {
    expect(() => simulateVotes({ ...SMALL, ...options })).toThrow(message);
  });
});

describe('recovery at the size of RAF-DB', () => {
  it.each([1, 2])('finds reliability and difficulty again (seed %i)', (seed) => {
    const { votes, truth, alpha, difficulty } = simulateVotes({ tasks: 29_672, workers: 315, votesPerTask: 40, seed });
    expect(votes.task.length).toBe(1_186_880);
    const glad = infer(votes, 'glad');
    expect(spearmanCorrelation(glad.alpha, alpha)).toBeGreaterThan(0.99);
    expect(
      spearmanCorrelation(
        glad.beta.map((beta) => 1 / beta),
        difficulty,
      ),
    ).toBeGreaterThan(0.85);
    expect(glad.labels.reduce((right, k, t) => right + (k === truth[t] ? 1 : 0), 0) / truth.length).toBeGreaterThan(
      0.99,
    );
  });

  it('holds in the literal form of RAF, with unanimous images and uniform spammers', () => {
    const { votes, truth, alpha, kinds } = simulateVotes({
      tasks: 4000,
      workers: 315,
      votesPerTask: 40,
      seed: 1,
      mix: { reliable: 0.9, spammer: 0.1 },
      logEase: { mean: 1, deviation: 1.2 },
    });
    const same = votes.tasks.map(() => true);
    for (let v = 1; v < votes.task.length; v++)
      if (votes.task[v] === votes.task[v - 1] && votes.label[v] !== votes.label[v - 1]) same[votes.task[v]!] = false;
    expect(same.filter(Boolean).length).toBeGreaterThan(20);
    const raf = infer(votes, 'raf', { excludeBelow: 0.1 });
    expect(raf.alpha.every(Number.isFinite)).toBe(true);
    expect(spearmanCorrelation(raf.alpha, alpha)).toBeGreaterThan(0.94); // 500 votes a worker; spammers are all alike
    expect(raf.labels.reduce((right, k, t) => right + (k === truth[t] ? 1 : 0), 0) / truth.length).toBeGreaterThan(
      0.999,
    );
    kinds.forEach((kind, w) => {
      if (kind === 'spammer') expect(raf.excluded).toContain(w);
    });
    for (const w of raf.excluded) expect(alpha[w]!).toBeLessThan(0.15);
  });
});
