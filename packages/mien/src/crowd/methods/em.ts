/** The loop of expectation maximisation, and the checks of its options. */
import { InputError } from '../../errors.ts';
import type { SmoothingOptions, StoppingOptions } from './base.ts';

/** A model that holds its parameters and posterior. */
export interface EmModel {
  /** E-step at the present parameters: updates the posterior. */
  expect(): { readonly logLikelihood: number; readonly penalty: number };
  /** M-step, or one round of coordinate ascent on its objective. */
  maximize(): void;
  /**
   * A stopping rule of the model's own instead of the tolerance, asked after each M-step; that M-step is undone if it
   * says stop.
   */
  readonly hasSettled?: () => boolean;
  /** The parameters, changed in place; what a rejected round is undone from. */
  readonly parameters: readonly Float64Array[];
}

export interface EmRun {
  readonly logLikelihood: number;
  readonly penalizedLogLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly trace: Float64Array;
}

/**
 * Alternates E- and M-step until a round gains at most `tolerance` nats a vote. A round that loses (by rounding, or by
 * the floor under unsmoothed counts) is undone and ends the run, so that the penalised log-likelihood never falls.
 * A model with a rule of its own stops by that alone, and ends with the E-step of the last round allowed, without one
 * after it.
 */
export function runEm(model: EmModel, votes: number, options: StoppingOptions): EmRun {
  const { maxIterations, tolerance } = checkStopping(options);
  const before = model.parameters.map((values) => values.slice());
  const undo = (): void => model.parameters.forEach((values, i) => values.set(before[i]!));
  let at = expectAt(model);
  const trace = [at.penalized];
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    model.parameters.forEach((values, i) => before[i]!.set(values));
    model.maximize();
    iterations++;
    if (model.hasSettled) {
      converged = model.hasSettled();
      if (converged || iterations === maxIterations) {
        undo();
        break;
      }
    }
    const next = expectAt(model);
    const gain = next.penalized - at.penalized;
    if (!model.hasSettled) converged = gain <= tolerance * votes;
    if (gain < 0 && !model.hasSettled) {
      undo();
      at = expectAt(model);
    } else {
      at = next;
      trace.push(at.penalized);
    }
  }
  return {
    logLikelihood: at.logLikelihood,
    penalizedLogLikelihood: trace.at(-1)!,
    iterations,
    converged,
    trace: Float64Array.from(trace),
  };
}

/** E-step. The likelihood is one of labels, so that all above 0 is rounding. */
function expectAt(model: EmModel): { readonly logLikelihood: number; readonly penalized: number } {
  const { logLikelihood, penalty } = model.expect();
  const held = Math.min(0, logLikelihood);
  return { logLikelihood: held, penalized: held + penalty };
}

/** @throws {InputError} when an option is out of its range */
export function checkStopping({ maxIterations = 200, tolerance = 1e-9 }: StoppingOptions): Required<StoppingOptions> {
  if (!Number.isInteger(maxIterations) || maxIterations < 1)
    throw new InputError('maxIterations', `expected a positive whole number, got ${maxIterations}`);
  if (!(tolerance >= 0)) throw new InputError('tolerance', `expected a number of nats, 0 or more, got ${tolerance}`);
  return { maxIterations, tolerance };
}

/** @throws {InputError} when the smoothing is not a finite count */
export function checkSmoothing({ smoothing }: SmoothingOptions, byDefault: number): number {
  const count = smoothing ?? byDefault;
  if (!(count >= 0 && count < Infinity)) throw new InputError('smoothing', `expected a count, 0 or more, got ${count}`);
  return count;
}
