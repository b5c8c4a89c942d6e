/** Reports of workers whose behaviour is known. */
import { describe, expect, test } from 'vitest';
import { Random } from '../tensor/random.ts';
import { infer } from './methods/index.ts';
import { createVotes, type VoteRow } from './votes.ts';
import { workerReports } from './worker-report.ts';

/** Four good workers, and others: by task and its truth, the label. */
function votesOf(
  others: Readonly<Record<string, (task: number, truth: number) => number>>,
  taskCount = 60,
  time?: (task: number) => number,
) {
  const rows: VoteRow[] = [];
  for (let t = 0; t < taskCount; t++) {
    const truth = t % 3;
    for (const good of ['g1', 'g2', 'g3', 'g4'])
      rows.push({ task: String(t), worker: good, label: String(truth), ...(time ? { time: time(t) } : {}) });
    for (const [worker, label] of Object.entries(others))
      rows.push({ task: String(t), worker, label: String(label(t, truth)) });
  }
  return createVotes(rows);
}

const random = new Random(3);

describe('workerReports', () => {
  const votes = votesOf({
    always0: () => 0,
    guesses: () => random.int(3),
    shifts: (_, truth) => (truth + 1) % 3,
    half: (t, truth) => (t % 2 ? truth : (truth + 2) % 3),
  });
  const reports = new Map(workerReports(votes, infer(votes, 'mv')).map((r) => [r.worker, r]));

  test('accuracy, κ and confusion against the consensus', () => {
    expect(reports.get('g1')).toMatchObject({
      votes: 60,
      compared: 60,
      accuracy: 1,
      kappa: 1,
      confusion: [
        [20, 0, 0],
        [0, 20, 0],
        [0, 0, 20],
      ],
      flag: null,
    });
    expect(reports.get('shifts')).toMatchObject({
      accuracy: 0,
      confusion: [
        [0, 20, 0],
        [0, 0, 20],
        [20, 0, 0],
      ],
      flag: 'adversary',
    });
    expect(reports.get('shifts')!.kappa).toBeCloseTo(-0.5, 12); // (0 − 1/3)/(2/3)
    expect(reports.get('always0')).toMatchObject({ accuracy: 1 / 3, kappa: 0, flag: 'spammer' });
  });

  test('guessing is flagged, half of the votes right is not', () => {
    expect([reports.get('guesses')!.flag, reports.get('half')!.flag]).toEqual(['spammer', null]);
  });

  test('too few votes to judge, and one worker alone: no flag, undefined is NaN', () => {
    const few = votesOf({ always0: () => 0 }, 9);
    expect(workerReports(few, infer(few, 'mv')).every(({ flag }) => flag === null)).toBe(true);
    const alone = createVotes([
      { task: 'a', worker: 'w', label: 'x' },
      { task: 'b', worker: 'w', label: 'y' },
    ]);
    expect(workerReports(alone, infer(alone, 'mv'))[0]).toMatchObject({
      votes: 2,
      compared: 0,
      accuracy: NaN,
      kappa: NaN,
      medianSeconds: NaN,
      flag: null,
    });
  });

  test('tied tasks do not count', () => {
    const tied = createVotes([
      { task: 'a', worker: 'v', label: 'x' },
      { task: 'a', worker: 'w', label: 'y' },
    ]);
    expect(workerReports(tied, infer(tied, 'mv')).map(({ compared }) => compared)).toEqual([0, 0]);
  });

  test('speed from durations, and from moments with a pause left out', () => {
    const durations = votesOf({ none: () => 0 }, 3, (t) => [2, 4, 9][t]!);
    const [g1, , , , none] = workerReports(durations, infer(durations, 'mv'));
    expect([g1!.medianSeconds, none!.medianSeconds]).toEqual([4, NaN]);
    const moments = votesOf({}, 4, (t) => 1_700_000_000 + [0, 3, 8, 5000][t]!);
    expect(workerReports(moments, infer(moments, 'mv'))[0]!.medianSeconds).toBe(4); // of 3 and 5
    const mixed = votesOf({}, 4, (t) => [3, 1_700_000_000, 5, 1_700_000_009][t]!);
    expect(workerReports(mixed, infer(mixed, 'mv'))[0]!.medianSeconds).toBeNaN();
  });
});
