/** Rounds of EM by themselves, without the loop that undoes a losing one: none may lose. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVotes } from '../votes.ts';
import { DawidSkene } from './dawid-skene.ts';
import type { EmModel } from './em.ts';
import { Mace } from './mace.ts';
import { OneCoin } from './one-coin.ts';
import { initialBeta, rafSettings } from './raf.ts';
import { SigmoidModel } from './sigmoid-model.ts';
import { indexVotes, type VoteIndex } from './vote-index.ts';

const MODELS: Readonly<Record<string, (index: VoteIndex) => EmModel>> = {
  ds: (index) => new DawidSkene(index, { smoothing: 0 }),
  'ds, smoothed': (index) => new DawidSkene(index, { smoothing: 0.1 }),
  'one-coin': (index) => new OneCoin(index, 0),
  'one-coin, smoothed': (index) => new OneCoin(index, 0.1),
  mace: (index) => new Mace(index, 0.1),
  'mace, not smoothed': (index) => new Mace(index, 0),
  glad: (index) =>
    new SigmoidModel(index, new Float64Array(index.T).fill(1), {
      priorMean: 1,
      alphaRange: [-1e6, 1e6],
      betaRange: [1e-100, 1e100],
    }),
  raf: (index) => new SigmoidModel(index, initialBeta(index, {}, [1e-3, 1e3]), rafSettings(index, {})),
  'raf, inverse entropy, marginal': (index) =>
    new SigmoidModel(
      index,
      initialBeta(index, { betaInit: 'inverse-entropy' }, [1e-3, 1e3]),
      rafSettings(index, { wrongLabels: 'marginal' }),
    ),
};

const cell = fc.record({
  t: fc.integer({ min: 0, max: 9 }),
  w: fc.integer({ min: 0, max: 6 }),
  l: fc.integer({ min: 0, max: 3 }),
});

describe.each(Object.entries(MODELS))('%s', (_name, create) => {
  it('never loses penalised likelihood in 40 rounds of 200 random problems, but by rounding', () => {
    let moved = 0;
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.array(cell, { minLength: 1, maxLength: 60 }), (K, cells) => {
        const rows = cells.map(({ t, w, l }) => ({ task: `${t}`, worker: `${w}`, label: `${l % K}` }));
        const model = create(
          indexVotes(createVotes(rows, { classes: ['0', '1', '2', '3'].slice(0, K), duplicates: 'first' })),
        );
        const likelihood = (): number => {
          const { logLikelihood, penalty } = model.expect();
          return logLikelihood + penalty;
        };
        let before = likelihood();
        for (let round = 0; round < 40; round++) {
          model.maximize();
          const after = likelihood();
          expect(after - before).toBeGreaterThan(-1e-9 * (1 + Math.abs(before)));
          if (after > before + 1e-6) moved++;
          before = after;
        }
      }),
      { numRuns: 200, seed: 3 },
    );
    expect(moved).toBeGreaterThan(200);
  });
});
