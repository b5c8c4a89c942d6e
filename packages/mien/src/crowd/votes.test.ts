import { describe, expect, it } from 'vitest';
import { createVotes, type VoteRow } from './votes.ts';

const row = (task: string, worker: string, label: string): VoteRow => ({ task, worker, label });

describe('createVotes', () => {
  it('sorts votes by task and worker, names of whole numbers by value', () => {
    const votes = createVotes([row('10', 'b', 'y'), row('9', 'b', 'x'), row('img', 'a', 'x'), row('9', 'a', 'y')]);
    expect(votes.tasks).toEqual(['9', '10', 'img']);
    expect(votes.workers).toEqual(['a', 'b']);
    expect(votes.classes).toEqual(['x', 'y']);
    expect([Array.from(votes.task), Array.from(votes.worker), Array.from(votes.label)]).toEqual([
      [0, 0, 1, 2],
      [0, 1, 1, 0],
      [1, 0, 1, 0],
    ]);
    expect(votes.timeSeconds).toBeUndefined();
  });

  it('orders expressions canonically, and classes as given', () => {
    const rows = [row('1', 'a', 'sadness'), row('2', 'a', 'neutral')];
    expect(createVotes(rows).classes).toEqual(['neutral', 'sadness']);
    const given = createVotes(rows, { classes: ['sadness', 'anger', 'neutral'] });
    expect(given.classes).toEqual(['sadness', 'anger', 'neutral']);
    expect(Array.from(given.label)).toEqual([0, 2]);
    expect(createVotes([...rows, row('3', 'a', 'bored')]).classes).toEqual(['bored', 'neutral', 'sadness']);
  });

  it('keeps times with their votes, NaN where not given', () => {
    const votes = createVotes([row('2', 'a', 'x'), { ...row('1', 'a', 'x'), time: 4.5 }]);
    expect(Array.from(votes.timeSeconds!)).toEqual([4.5, NaN]);
  });

  it('grows past its first columns', () => {
    const votes = createVotes(
      Array.from({ length: 5000 }, (_, i) => ({
        ...row(String(i), 'a', String(i % 3)),
        ...(i === 4999 ? { time: 1 } : {}),
      })),
    );
    expect(votes.task.every((t, i) => t === i)).toBe(true);
    expect(votes.label.every((label, i) => label === i % 3)).toBe(true);
    expect(votes.timeSeconds!.filter((time) => !Number.isNaN(time))).toEqual(Float64Array.of(1));
  });

  it('rejects a second vote of a worker on a task, or keeps the first or last', () => {
    const rows = [row('1', 'a', 'x'), row('2', 'a', 'x'), row('1', 'a', 'y'), row('1', 'a', 'z')];
    expect(() => createVotes(rows)).toThrow(/votes: vote 1 and vote 3 are both of worker "a" on task "1"/);
    const label = (duplicates: 'first' | 'last'): string => {
      const votes = createVotes(rows, { duplicates });
      expect(votes.task.length).toBe(2);
      return votes.classes[votes.label[0]!]!;
    };
    expect(label('first')).toBe('x');
    expect(label('last')).toBe('z');
  });

  it('rejects what is not a vote, naming it', () => {
    expect(() => createVotes([])).toThrow('votes: no votes');
    expect(() => createVotes([row('1', 'a', 'x'), row('2', 'a', '')])).toThrow('vote 2: the label is empty');
    expect(() => createVotes([row('', 'a', 'x')])).toThrow('vote 1: the task is empty');
    expect(() => createVotes([row('1', '', 'x')])).toThrow('vote 1: the worker is empty');
    expect(() => createVotes([row('7', 'w', 'happy')], { classes: ['sad', 'glad'] })).toThrow(
      'vote 1 (task "7", worker "w"): label "happy" is not one of the classes sad, glad',
    );
    expect(() => createVotes([row('1', 'a', 'x')], { classes: ['x', 'x'] })).toThrow('"x" twice');
    expect(() => createVotes([row('1', 'a', 'x')], { classes: [] })).toThrow('expected at least one name');
    expect(() => createVotes([{ ...row('1', 'a', 'x'), time: Infinity }])).toThrow(
      'expected a time in seconds, got Infinity',
    );
    expect(() => createVotes([{ ...row('1', 'a', 'x'), time: -1 }])).toThrow('expected a time in seconds, got -1');
  });
});
