/**
 * The equations of Einsum: `bij,bjk->bik`, with `...` for leading axes that broadcast, the result stated or implied.
 */
import { ShapeError } from '../../errors.ts';

export interface EinsumLabels {
  /** A one-letter label for each axis of each input. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/**
 * Labels each axis; those under `...` get letters that the equation does not use. Without `->` the result has the `...`
 * and then the labels that occur once, in alphabetical order.
 * @param ranks of the inputs
 * @throws {ShapeError} when the equation does not fit the inputs
 */
export function parseEinsum(equation: string, ranks: readonly number[]): EinsumLabels {
  const fail = (reason: string): never => {
    throw new ShapeError('Einsum', `equation "${equation}" ${reason}`);
  };
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  if (terms.length !== ranks.length) fail(`has ${terms.length} terms for ${ranks.length} inputs`);
  const widths = terms.map((term, i) => {
    const width = ranks[i]! - term.replace('...', '').length;
    if (width < 0 || (width > 0 && !term.includes('...'))) fail(`does not label the ${ranks[i]} axes of input ${i}`);
    return width;
  });
  const free = LETTERS.filter((letter) => !equation.includes(letter)).slice(0, Math.max(...widths));
  const label = (term: string, width: number): string[] => {
    const [before, after] = term.includes('...') ? (term.split('...') as [string, string]) : [term, ''];
    const labels = [...before, ...(width > 0 ? free.slice(-width) : []), ...after];
    return labels.every((l) => LETTERS.includes(l))
      ? labels
      : fail('may hold letters, commas, "..." and one "->" only');
  };
  const inputs = terms.map((term, i) => label(term, widths[i]!));
  const all = inputs.flat().filter((l) => !free.includes(l));
  const output =
    right === undefined
      ? [...free, ...new Set(all)].filter((l) => free.includes(l) || all.indexOf(l) === all.lastIndexOf(l))
      : label(right, right.includes('...') ? free.length : 0);
  if (right === undefined) output.splice(free.length, output.length, ...output.slice(free.length).sort());
  const missing = output.find((l) => !inputs.some((labels) => labels.includes(l)));
  if (missing !== undefined) fail(`has "${missing}" in its result only`);
  return { inputs, output };
}
