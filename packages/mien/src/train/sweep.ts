/**
 * Families of recipes: one recipe with numbers left open, so that a study can train it once for each setting, as Li &
 * Deng 2019 does for the λ and k of its locality-preserving loss (fig. 8).
 */
import { InputError, MienError } from '../errors.ts';
import type { Recipe } from './recipe.ts';

/** Numbers by name. */
export type SweepParameters = Readonly<Record<string, number>>;

export interface RecipeFamily<P extends SweepParameters = SweepParameters> {
  /** As of the recipe that it makes of `parameters`. */
  readonly id: string;
  readonly title: string;
  /** The parameters that there are, with the paper's values. */
  readonly parameters: P;
  /** @throws {MienError} when a value is not allowed */
  make(parameters: P): Recipe;
}

/** Values to try, by parameter; the first varies slowest. */
export type SweepValues = Readonly<Record<string, readonly number[]>>;

export interface Setting {
  /** Every parameter of the family. */
  readonly parameters: SweepParameters;
  readonly seed: number;
}

/**
 * All combinations of the values, each with every seed; parameters without values keep the family's own.
 * @throws {InputError} naming the parameter: one that the family lacks, one without values, or a value given twice
 */
export function sweepSettings(family: RecipeFamily, values: SweepValues, seeds: readonly number[]): Setting[] {
  const known = Object.keys(family.parameters);
  for (const [name, list] of [...Object.entries(values), ['seed', seeds] as const]) {
    if (name !== 'seed' && !known.includes(name))
      throw new InputError(name, `is not a parameter of ${family.id}, expected ${known.join(', ')}`);
    if (list.length === 0) throw new InputError(name, 'has no value to try');
    const twice = list.find((value, i) => list.indexOf(value) < i);
    if (twice !== undefined) throw new InputError(name, `is to be ${twice} twice`);
  }
  const combinations = Object.entries(values).reduce<SweepParameters[]>(
    (settings, [name, list]) => settings.flatMap((setting) => list.map((value) => ({ ...setting, [name]: value }))),
    [{ ...family.parameters }],
  );
  return combinations.flatMap((parameters) => seeds.map((seed) => ({ parameters, seed })));
}

/**
 * A setting's name, the same however its parameters are ordered: `k=20,lambda=0.003,seed=1`. It serves as a folder's
 * name too.
 */
export function settingName({ parameters, seed }: Setting): string {
  const names = Object.keys(parameters).sort();
  return [...names.map((name) => `${name}=${parameters[name]}`), `seed=${seed}`].join(',');
}

/**
 * Reads `lambda=0,0.003,0.03`.
 * @throws {MienError} when it is not NAME=NUMBER,…
 */
export function parseSweepValues(text: string): [name: string, values: number[]] {
  const [, name, list] = /^([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
  const values = list?.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (name === undefined || !values?.every(Number.isFinite))
    throw new MienError(`"${text}": expected NAME=NUMBER,NUMBER,… such as lambda=0,0.003`);
  return [name, values];
}
