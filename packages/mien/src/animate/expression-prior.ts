/**
 * What the recognized expression says of the action units: of each expression the form that the mesh fits best, as
 * strong as the mesh shows it, weighted by its probability.
 */
import {
  type ActionUnit,
  formsOf,
  sidesOf,
  SYNTH_EXPRESSIONS,
  type AnyExpression,
  type UnitIntensities,
  unitsOfExpression,
} from '../synth/index.ts';
import { FITTED_UNITS, SIDED_UNITS } from './rig-basis.ts';

/** An expression that is recognized at all is shown at least so strongly, of its typical form. */
const LEAST_INTENSITY = 0.75;
/** Expressions that are less probable are left out. */
const LEAST_PROBABILITY = 0.05;
/** Exponent of the probabilities: what is most probable is shown, rather than a mixture that nobody wears. */
const SHARPNESS = 2;

/** Intensities of both sides' mean [U], and of the left side less the right [S]. */
export interface SplitUnits {
  readonly even: readonly number[];
  readonly odd: readonly number[];
}

/** The normal equations of a mesh: how much it speaks for each unit, and how units overlap. */
export interface Evidence {
  /** [U] and [S]. */
  readonly b: SplitUnits;
  readonly G: { readonly even: readonly (readonly number[])[]; readonly odd: readonly (readonly number[])[] };
}

const FORMS: ReadonlyMap<string, readonly SplitUnits[]> = new Map(
  SYNTH_EXPRESSIONS.map((expression: AnyExpression) => [
    expression,
    Array.from({ length: formsOf(expression) }, (_, form) => split(unitsOfExpression(expression, 1, form))),
  ]),
);

function split(units: UnitIntensities): SplitUnits {
  const of = (unit: ActionUnit): { left: number; right: number } => sidesOf(units[unit]);
  return {
    even: FITTED_UNITS.map((unit) => (of(unit).left + of(unit).right) / 2),
    odd: SIDED_UNITS.map((unit) => of(unit).left - of(unit).right),
  };
}

/**
 * @param expressions probabilities by name; of names that the rig does not know nothing is expected
 * @returns undefined when it knows none of them
 */
export function priorUnits(expressions: Readonly<Record<string, number>>, evidence: Evidence): SplitUnits | undefined {
  if (!Object.keys(expressions).some((name) => FORMS.has(name))) return undefined;
  const even = new Array<number>(FITTED_UNITS.length).fill(0);
  const odd = new Array<number>(SIDED_UNITS.length).fill(0);
  const total = Object.values(expressions).reduce((sum, p) => sum + p ** SHARPNESS, 0);
  for (const [name, p] of Object.entries(expressions)) {
    const probability = p ** SHARPNESS / total;
    const forms = FORMS.get(name);
    if (!forms || name === 'neutral' || !(probability >= LEAST_PROBABILITY)) continue;
    const { form, intensity } = bestForm(forms, evidence);
    const share = probability * intensity;
    form.even.forEach((value, u) => (even[u]! += share * value));
    form.odd.forEach((value, s) => (odd[s]! += share * value));
  }
  return { even, odd };
}

/** The form, and its intensity, that leaves the least of the mesh unexplained. */
function bestForm(forms: readonly SplitUnits[], { b, G }: Evidence): { form: SplitUnits; intensity: number } {
  let best: { form: SplitUnits; intensity: number; cost: number } | undefined;
  for (const form of forms) {
    const square = quadratic(G.even, form.even) + quadratic(G.odd, form.odd);
    const linear = dot(form.even, b.even) + dot(form.odd, b.odd);
    const intensity = Math.min(1, Math.max(LEAST_INTENSITY, square > 0 ? linear / square : 0));
    const cost = (intensity * intensity * square) / 2 - intensity * linear;
    if (!best || cost < best.cost) best = { form, intensity, cost };
  }
  return best!;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const quadratic = (G: readonly (readonly number[])[], v: readonly number[]): number =>
  v.reduce((sum, value, i) => (value === 0 ? sum : sum + value * dot(G[i]!, v)), 0);
