import { tinyRecipe } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { parseSweepValues, settingName, sweepSettings, type RecipeFamily } from './sweep.ts';

const family: RecipeFamily = {
  id: 'tiny',
  title: 'Tiny',
  parameters: { lambda: 0.003, k: 20 },
  make: ({ lambda }) => ({ ...tinyRecipe, lr: lambda! }),
};

describe('sweepSettings', () => {
  it('combines all values with all seeds, the rest as the family has it', () => {
    expect(sweepSettings(family, { k: [10, 30], lambda: [0, 0.1] }, [1, 2]).map(settingName)).toEqual([
      'k=10,lambda=0,seed=1',
      'k=10,lambda=0,seed=2',
      'k=10,lambda=0.1,seed=1',
      'k=10,lambda=0.1,seed=2',
      'k=30,lambda=0,seed=1',
      'k=30,lambda=0,seed=2',
      'k=30,lambda=0.1,seed=1',
      'k=30,lambda=0.1,seed=2',
    ]);
    expect(sweepSettings(family, {}, [7])).toEqual([{ parameters: { lambda: 0.003, k: 20 }, seed: 7 }]);
  });

  it.each([
    [{ alpha: [1] }, [1], 'alpha: is not a parameter of tiny, expected lambda, k'],
    [{ k: [] }, [1], 'k: has no value to try'],
    [{ k: [1, 2, 1] }, [1], 'k: is to be 1 twice'],
    [{}, [], 'seed: has no value to try'],
    [{}, [3, 3], 'seed: is to be 3 twice'],
  ])('refuses %j with seeds %j', (values, seeds, message) => {
    expect(() => sweepSettings(family, values, seeds)).toThrow(message);
  });
});

describe('parseSweepValues', () => {
  it('reads a list of numbers', () => {
    expect(parseSweepValues('lambda=0,0.003,1e-1')).toEqual(['lambda', [0, 0.003, 0.1]]);
  });

  it.each(['lambda', 'lambda=', '=1', 'lambda=1,,2', 'lambda=a', 'lambda=Infinity', 'a b=1'])('refuses %j', (text) => {
    expect(() => parseSweepValues(text)).toThrow('expected NAME=NUMBER,NUMBER,…');
  });
});
