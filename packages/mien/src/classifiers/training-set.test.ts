/** Folds for choosing settings: people together, classes alike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32 } from '../tensor/index.ts';
import { fitLinearSvm, fitRbfSvm } from './index.ts';
import { rowsByClass, tuningFolds } from './training-set.ts';

/** @param people of each sample; every person shows both classes in turn */
function foldsOf(people: readonly (string | null)[], count: number, seed = 0): Int8Array {
  const y = Int32Array.from(people, (_, i) => i % 2);
  const byClass = rowsByClass('test', { x: float32([y.length, 1], new Float32Array(y.length)), y, classCount: 2 });
  return tuningFolds('test', { y, people }, byClass, count, seed);
}

describe('tuningFolds', () => {
  it('keeps the samples of each person together, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 30, maxLength: 120 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 9 }),
        (persons, count, seed) => {
          const people = persons.map((p) => `P${p}`);
          const folds = foldsOf([...people, 'A', 'B'], count, seed);
          const of = new Map<string, number>();
          people.forEach((person, i) => {
            expect(of.get(person) ?? folds[i]).toBe(folds[i]);
            of.set(person, folds[i]!);
          });
          expect(Math.max(...folds)).toBeLessThan(count);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives folds of equal people equally many samples of each class', () => {
    const people = Array.from({ length: 40 }, (_, i) => `P${Math.floor(i / 4)}`);
    const folds = foldsOf(people, 5);
    for (let f = 0; f < 5; f++) {
      const own = [...folds.keys()].filter((i) => folds[i] === f);
      expect([own.length, own.filter((i) => i % 2 === 0).length]).toEqual([8, 4]);
    }
    expect(foldsOf(people, 5, 1)).not.toEqual(folds);
  });

  it('takes samples without a person one by one, and needs two people', () => {
    const people = ['P', 'P', 'P', 'P', ...Array.from({ length: 12 }, () => null)];
    expect(new Set(foldsOf(people, 4)).size).toBe(4);
    expect(() => foldsOf(['P', 'P', 'P', 'P'], 2)).toThrow('test: expected two people at least');
    expect(() => foldsOf(['P', 'P', 'Q', 'Q'], 1)).toThrow('folds: expected a whole number from 2 to 100, got 1');
  });
});

/**
 * People are clusters far apart, each of one class: within a person a neighbour tells the class, but nothing tells that of
 * a person who was not seen.
 */
describe('settings are chosen for people who were not seen', () => {
  const N = 60;
  const people = Array.from({ length: N }, (_, i) => `P${Math.floor(i / 6)}`);
  const y = Int32Array.from({ length: N }, (_, i) => Math.floor(i / 6) % 2);
  const x = float32(
    [N, 2],
    Float32Array.from({ length: 2 * N }, (_, p) => {
      const person = Math.floor(p / 12);
      return (p % 2 ? (person * 7) % 10 : (person * 3) % 10) + 0.05 * Math.sin(p * 12.9898);
    }),
  );
  it.each([
    ['linear', (set: object) => fitLinearSvm({ x, y, classCount: 2, ...set }, {}).tuning],
    ['radial', (set: object) => fitRbfSvm({ x, y, classCount: 2, ...set }, {}).tuning],
  ] as const)('%s: the estimate falls when people are kept together', (_, tune) => {
    const best = (set: object): number => Math.max(...tune(set).map(({ score }) => score));
    expect(best({ people })).toBeLessThan(best({}) - 0.1);
  });
});
