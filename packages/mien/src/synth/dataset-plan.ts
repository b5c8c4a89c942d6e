/**
 * Which faces a generated dataset has: for each character and expression a number of scenes by chance, or of sequences.
 * The seven basic expressions are laid out as FERG is; whatever FERG has no folder for goes beside it.
 */
import { MienError } from '../errors.ts';
import {
  COMPOUND_EXPRESSIONS,
  EXPRESSIONS_7,
  EXPRESSIONS_8,
  type CompoundExpression,
  type Expression,
} from '../labels/index.ts';
import type { Character } from './characters/character.ts';
import type { AnyExpression } from './rig/expressions.ts';
import { SYNTH_EXPRESSIONS } from './rig/expressions.ts';
import { sampleScene, type SampledScene, type Variation } from './sampling.ts';
import { DEFAULT_TIMING, sequenceOf, type SequenceTiming } from './sequence.ts';

export interface SynthSettings {
  readonly characters: readonly Character[];
  readonly expressions: readonly AnyExpression[];
  /** Faces of each character and expression; of sequences, the number of these. */
  readonly count: number;
  readonly seed: number;
  readonly variation?: Variation;
  /** Sequences in place of single faces. */
  readonly timing?: SequenceTiming;
}

export type SynthSplit = 'train' | 'validation' | 'test';

export interface PlannedFace extends SampledScene {
  readonly character: Character;
  readonly expression: AnyExpression;
  /** Path of the image in the dataset's folder, with slashes. */
  readonly image: string;
  readonly split: SynthSplit;
  readonly sequence?: string;
  readonly frame?: number;
  readonly phase?: 'onset' | 'apex' | 'offset';
}

/** FERG's own root, and where the rest is. */
export const FERG_ROOT = 'FERG_DB_256';
export const MORE_ROOT = 'more';
export const SEQUENCE_ROOT = 'sequences';

/** As a part of a file's name; FERG calls happiness joy. */
export function fileNameOf(expression: AnyExpression): string {
  return expression === 'happiness' ? 'joy' : expression.replace(' ', '-');
}

/** The two basic expressions of a compound one. */
export function partsOf(expression: AnyExpression): readonly Expression[] {
  return Object.hasOwn(COMPOUND_EXPRESSIONS, expression)
    ? COMPOUND_EXPRESSIONS[expression as CompoundExpression]
    : [expression as Expression];
}

export const isCompound = (expression: AnyExpression): expression is CompoundExpression =>
  Object.hasOwn(COMPOUND_EXPRESSIONS, expression);

/**
 * Expressions by their names; `basic` (FERG's seven), `all8`, `compound` and `all` are lists of them.
 * @throws {MienError} naming what is none
 */
export function expressionsNamed(names: readonly string[]): AnyExpression[] {
  const lists: Readonly<Record<string, readonly AnyExpression[]>> = {
    basic: EXPRESSIONS_7,
    all8: EXPRESSIONS_8,
    compound: Object.keys(COMPOUND_EXPRESSIONS) as CompoundExpression[],
    all: SYNTH_EXPRESSIONS,
  };
  const chosen = names.flatMap((name): readonly AnyExpression[] => {
    if (Object.hasOwn(lists, name)) return lists[name]!;
    const found = SYNTH_EXPRESSIONS.find((expression) => expression === name || fileNameOf(expression) === name);
    if (!found)
      throw new MienError(
        `expressions: expected ${Object.keys(lists).join(', ')}, or some of ${SYNTH_EXPRESSIONS.join(', ')}, got "${name}"`,
      );
    return [found];
  });
  return [...new Set(chosen)];
}

/** Every face of a dataset, in order. @throws {MienError} when there is none, or a number is out of range */
export function* planFaces(settings: SynthSettings): Generator<PlannedFace> {
  const { characters, expressions, count, seed, variation, timing } = settings;
  if (characters.length === 0) throw new MienError('characters: expected at least one, got none');
  if (expressions.length === 0) throw new MienError('expressions: expected at least one, got none');
  if (!Number.isInteger(count) || count < 1) throw new MienError(`count: expected a whole number from 1, got ${count}`);
  for (const character of characters) {
    for (const expression of expressions) {
      const kind = `${character.name}_${fileNameOf(expression)}`;
      const inFerg = (EXPRESSIONS_7 as readonly AnyExpression[]).includes(expression);
      for (let n = 1; n <= count; n++) {
        const name = `${character.name}/${expression}/${n}`;
        const sampled = sampleScene(seed, name, expression, variation);
        const split = splitOf(n, count);
        if (!timing) {
          yield {
            ...sampled,
            character,
            expression,
            image: `${inFerg ? FERG_ROOT : MORE_ROOT}/${character.name}/${kind}/${kind}_${n}.png`,
            split,
          };
          continue;
        }
        for (const frame of sequenceOf(sampled, seed, name, timing))
          yield {
            ...frame,
            character,
            expression,
            image: `${SEQUENCE_ROOT}/${character.name}/${kind}_${n}/${kind}_${n}_${String(frame.frame).padStart(3, '0')}.png`,
            split,
            sequence: `${kind}_${n}`,
          };
      }
    }
  }
}

/** How many faces `planFaces` gives. */
export function countFaces({ characters, expressions, count, timing }: SynthSettings): number {
  const frames = timing ? timing.onset + timing.apex + timing.offset : 1;
  return characters.length * expressions.length * count * frames;
}

/** Seven tenths of each character and expression train, one validates, two test, spread evenly. */
function splitOf(n: number, count: number): SynthSplit {
  const place = ((n * 7) % 10) / 10; // 0.7 0.4 0.1 0.8 0.5 0.2 0.9 0.6 0.3 0
  if (count < 3) return 'train';
  return place >= 0.8 ? 'test' : place < 0.1 || (count < 10 && n === 3) ? 'validation' : 'train';
}

export { DEFAULT_TIMING };
