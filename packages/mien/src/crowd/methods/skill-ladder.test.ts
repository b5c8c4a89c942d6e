import { expect, it } from 'vitest';
import { COMMON, J, SkillLadder, SKILLS, TABLE } from './skill-ladder.ts';
import { digammaGap, lnRisingFactorial } from './gamma.ts';

const K = 3;
const counts = Float64Array.from([40, 9, 1, 2, 30, 3, 1, 4, 20]);

it("has a distribution over labels for each class on each rung, once the worker's own labels are mixed in", () => {
  for (const errors of ['even', 'shared'] as const) {
    const { means } = new SkillLadder(K, errors, 0.4, counts);
    for (let a = 0; a < J; a++) {
      for (let k = 0; k < K; k++) {
        let total = 0;
        for (let l = 0; l < K; l++) total += means[(a * K + l) * K + k]!;
        expect(total).toBeCloseTo(a < COMMON ? SKILLS[a]! : 1, 12);
      }
    }
  }
});

it('shares the errors that the counts show, or spreads them evenly', () => {
  const at = (errors: 'even' | 'shared', l: number, k: number): number =>
    new SkillLadder(K, errors, 0.4, counts).means[(SKILLS.indexOf(1) * K + l) * K + k]!;
  expect(at('even', 0, 1)).toBe(at('even', 2, 1));
  expect(at('shared', 0, 1)).toBeGreaterThan(1.5 * at('shared', 2, 1));
});

it('tabulates what the gamma functions give', () => {
  const ladder = new SkillLadder(K, 'shared', 0.4, counts);
  const { rising, gaps } = ladder.tabulate(20);
  for (const [i, m, a] of [
    [0, 1, 4],
    [4, 7, 6],
    [8, TABLE, 9],
  ] as const) {
    const x = 20 * ladder.means[a * K * K + i]!;
    const at = (i * (TABLE + 1) + m) * J + a;
    expect(rising[at]).toBeCloseTo(lnRisingFactorial(x, m), 9);
    expect(gaps[at]).toBeCloseTo(digammaGap(x, m), 9);
  }
});
