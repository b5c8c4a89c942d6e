import { describe, expect, it } from 'vitest';
import { Random } from '../tensor/index.ts';
import { infer } from './methods/index.ts';
import { simulateVotes } from './simulate.ts';
import { createVotes, type VoteRow } from './votes.ts';
import { warnAboutInference, warnAboutVotes } from './warnings.ts';

const codes = (warnings: readonly { code: string }[]): string[] => warnings.map(({ code }) => code);

describe('warnAboutVotes', () => {
  it('has nothing to say of many votes', () => {
    expect(warnAboutVotes(simulateVotes({ tasks: 100, workers: 12, votesPerTask: 5, seed: 1 }).votes)).toEqual([]);
  });

  it('says what is too few, with figures', () => {
    const votes = createVotes(
      [
        ['1', 'a', 'x'],
        ['1', 'b', 'x'],
        ['2', 'c', 'y'],
      ].map(([task, worker, label]) => ({ task: task!, worker: worker!, label: label! })),
      { classes: ['x', 'y', 'z'] },
    );
    const warnings = warnAboutVotes(votes);
    expect(codes(warnings)).toEqual([
      'few-votes-per-task',
      'few-votes-per-worker',
      'disconnected',
      'class-never-voted',
    ]);
    expect(warnings[0]!.message).toMatch(/^2 of 2 tasks have fewer than 3 votes/);
    expect(warnings[1]!.message).toMatch(/^3 of 3 workers cast fewer than 10 votes/);
    expect(warnings[2]!.message).toMatch(/fall into 2 groups .* largest of 1 of 2 tasks/);
    expect(warnings[3]!.message).toMatch(/^No vote is for z: .* this class\./);
  });

  it('says that durations and moments do not mix', () => {
    const mixed = createVotes([3, 5, 1.7e9].map((time, i) => ({ task: `${i}`, worker: 'w', label: 'x', time })));
    expect(warnAboutVotes(mixed).find(({ code }) => code === 'mixed-times')!.message).toMatch(
      /^The times of 2 votes are durations and those of 1 are moments/,
    );
  });

  it('names labels that mean the same', () => {
    const alike = (...labels: string[]): string[] =>
      warnAboutVotes(createVotes(labels.map((label, i) => ({ task: `${i}`, worker: `${i}`, label }))))
        .filter(({ code }) => code === 'labels-alike')
        .map(({ message }) => message);
    expect(alike('happy', 'Happy', 'happiness', 'sad', 'Cat', 'cat')).toEqual([
      'The labels Cat, cat seem to mean the same, but count as different classes: write them in one way.',
      'The labels Happy, happiness, happy seem to mean the same, but count as different classes: label codes such as Happy=happiness merge them.',
    ]);
    expect(alike('happy', 'sad', '1', '2')).toEqual([]);
  });

  it('says that one worker proves nothing', () => {
    const votes = simulateVotes({ tasks: 20, workers: 1, votesPerTask: 1, seed: 1 }).votes;
    expect(codes(warnAboutVotes(votes))).toContain('one-worker');
    expect(warnAboutVotes(votes)[0]!.message).toContain('worker-1');
  });
});

/** Two classes; most of the crowd misses most of the second, and a few experts see it. */
function lopsidedVotes(): VoteRow[] {
  const random = new Random(1, 'warnings.test');
  return Array.from({ length: 200 * 24 }, (_, i) => {
    const [t, w] = [i % 200, Math.floor(i / 200)];
    const truth = t % 2;
    const right = w < 8 ? 0.95 : truth === 0 ? 0.98 : 0.2;
    return { task: `${t}`, worker: `${w}`, label: `${random.uniform() < right ? truth : 1 - truth}` };
  });
}

describe('warnAboutInference', () => {
  it('names lopsided errors and reliabilities that do not follow accuracy', () => {
    const votes = createVotes(lopsidedVotes());
    for (const method of ['glad', 'raf', 'one-coin'] as const) {
      const warnings = warnAboutInference(votes, infer(votes, method, { maxIterations: 500 }));
      expect(codes(warnings).slice(0, 2), method).toEqual(['asymmetric-confusion', 'reliability-misfit']);
      expect(warnings[0]!.message).toMatch(
        new RegExp(`finds 1, \\d\\d % of the votes are 0, and the other way round \\d %: ${method}`),
      );
      expect(warnings[1]!.message).toMatch(
        /run against .* \(rank correlation -0\.\d\d\), and \d+ of 200 labels differ/,
      );
    }
    expect(warnAboutInference(votes, infer(votes, 'ds'))).toEqual([]);
  });

  it('has nothing to say of votes that the model made', () => {
    const { votes } = simulateVotes({
      tasks: 400,
      workers: 40,
      votesPerTask: 10,
      seed: 1,
      mix: { reliable: 0.8, spammer: 0.2 },
    });
    for (const method of ['mv', 'ds', 'one-coin', 'glad', 'mace'] as const)
      expect(warnAboutInference(votes, infer(votes, method)), method).toEqual([]);
  });

  it('does not ask Dawid–Skene where its confusion matrices would be too many', () => {
    const classes = Array.from({ length: 60 }, (_, k) => `c${k}`);
    const votes = createVotes(
      Array.from({ length: 9400 }, (_, i) => ({ task: `${i % 300}`, worker: `${i}`, label: classes[i % 60]! })),
      { classes },
    );
    expect(() => infer(votes, 'ds')).toThrow('votes: 9400 workers and 60 classes are too many');
    const inference = infer(votes, 'one-coin', { maxIterations: 3 });
    expect(codes(warnAboutInference(votes, inference)).filter((code) => code !== 'not-converged')).toEqual([]);
  });

  it('says which tasks have a label that nobody gave them', () => {
    // two groups of workers who use one label each, so that only the prior speaks
    const votes = createVotes(
      ['a1x', 'a2x', 'b1x', 'b2x', 'c3y', 'c4y'].map(([task, worker, label]) => ({
        task: task!,
        worker: worker!,
        label: label!,
      })),
    );
    expect(warnAboutInference(votes, infer(votes, 'ds')).map(({ code, message }) => [code, message])).toEqual([
      [
        'label-without-vote',
        '1 of 3 tasks (the first is c) got a label that none of their votes is for: Dawid–Skene learns little of workers who use few labels; one-coin learns more.',
      ],
    ]);
    for (const method of ['mv', 'one-coin', 'glad', 'raf', 'mace'] as const)
      expect(warnAboutInference(votes, infer(votes, method))).toEqual([]);
  });

  it('says when EM stopped early, and what the last round gained', () => {
    const { votes } = simulateVotes({ tasks: 100, workers: 12, votesPerTask: 5, seed: 1 });
    const warnings = warnAboutInference(votes, infer(votes, 'mace', { maxIterations: 2 }));
    expect(codes(warnings)).toEqual(['not-converged']);
    expect(warnings[0]!.message).toMatch(
      /^mace stopped after 2 rounds, the last of which still raised the log-likelihood by \d/,
    );
    const [first] = warnAboutInference(votes, infer(votes, 'ds', { maxIterations: 1, stopping: 'crowd-kit' }));
    expect(first!.message).toBe('ds stopped after 1 round and had not converged.');
  });
});
