import { describe, expect, it } from 'vitest';
import { replayAdaptive } from './adaptive-replay.ts';
import { wantedLabels } from './adaptive.ts';
import { infer } from './methods/index.ts';
import { simulateVotes } from './simulate.ts';
import { createVotes, type Votes } from './votes.ts';

describe('wanted labels', () => {
  // a: 3 votes, certain; b: 3, not certain; c: 1, certain; d: 5, not certain
  const votes = createVotes(
    [...'aaabbbcddddd'].map((task, i) => ({ task, worker: `w${i}`, label: i % 2 === 0 ? 'x' : 'y' })),
  );
  const posterior = Float64Array.from([0.01, 0.99, 0.6, 0.4, 1, 0, 0.5, 0.5]);

  it('are those that a task has once it is certain and has the least, and else the most', () => {
    expect([...wantedLabels(votes, { posterior }, { certainty: 0.99, least: 3, most: 8 })]).toEqual([3, 8, 8, 8]);
    expect([...wantedLabels(votes, { posterior }, { certainty: 0.99, least: 1, most: 8 })]).toEqual([3, 8, 1, 8]);
    expect([...wantedLabels(votes, { posterior }, { certainty: 0.5, least: 3, most: 3 })]).toEqual([3, 3, 3, 5]);
  });

  it('are never fewer than a task has', () => {
    expect([...wantedLabels(votes, { posterior }, { certainty: 1, least: 1, most: 2 })]).toEqual([3, 3, 1, 5]);
  });

  it('come by a rule that makes sense', () => {
    const by = (changes: object) => () =>
      wantedLabels(votes, { posterior }, { certainty: 0.9, least: 3, most: 8, ...changes });
    expect(by({ certainty: 0.4 })).toThrow('certainty: expected 0.5 to 1, got 0.4');
    expect(by({ least: 0 })).toThrow('least: expected a whole number from 1, got 0');
    expect(by({ most: 2 })).toThrow('most: expected a whole number from the least, 3, got 2');
  });
});

describe('a replay', () => {
  const { votes, truth } = simulateVotes({ tasks: 600, workers: 40, votesPerTask: 12, seed: 2 });
  const hds = (some: Votes) => infer(some, 'hds');

  it('saves a third of the votes and loses less than a point', () => {
    const { accuracy, votes: counts } = replayAdaptive(votes, truth, hds, { certainty: 0.999, least: 3, seed: 1 });
    expect(counts.adaptive / counts.all).toBeLessThan(0.67);
    expect(accuracy.all - accuracy.adaptive).toBeLessThan(0.0075);
  });

  it('asks for the least and no more where all is certain, and for everything where nothing is', () => {
    const asked: number[] = [];
    const seen = (p: number) => (some: Votes) => {
      asked.push(some.task.length);
      return { ...infer(some, 'mv'), posterior: new Float64Array(600 * 7).fill(p) };
    };
    const options = { least: 2, batch: 5, seed: 1 };
    expect(replayAdaptive(votes, truth, seen(1), { ...options, certainty: 0.9 }).votes).toEqual({
      all: 7200,
      adaptive: 1200,
    });
    expect(asked).toEqual([1200, 7200]);
    const whole = replayAdaptive(votes, truth, seen(0.8), { ...options, certainty: 0.9 });
    expect([whole.votes.adaptive, whole.rounds]).toEqual([7200, 3]);
    expect(whole.accuracy.adaptive).toBe(whole.accuracy.all);
    expect(asked.slice(2)).toEqual([1200, 4200, 7200, 7200]);
  });
});
