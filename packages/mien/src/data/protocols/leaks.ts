/** The leak check: what a model may have seen in training must not be in its test. */
import { InputError } from '../../errors.ts';
import type { FaceRecord } from '../databases/index.ts';
import type { Protocol, ProtocolFold } from './protocol.ts';

/**
 * Refuses a fold with an image, or frames of a sequence, in two parts, and (of a person-independent protocol) with a
 * person in test and in training or validation.
 * @throws {InputError} naming the subject, sequence or image, and the fold
 */
export function checkLeaks(
  { id, personIndependent }: Pick<Protocol, 'id' | 'personIndependent'>,
  fold: ProtocolFold,
): void {
  const { name, train, validation, test } = fold;
  const refuse = (what: string, sides: string): never => {
    throw new InputError(id, `fold ${name}: ${what} is on both sides, in ${sides}`);
  };
  const compare = (
    what: string,
    keyOf: (record: FaceRecord) => string | undefined,
    left: readonly FaceRecord[],
    right: readonly FaceRecord[],
    sides: string,
  ): void => {
    const seen = new Set(left.map(keyOf));
    for (const record of right) {
      const key = keyOf(record);
      if (key !== undefined && seen.has(key)) refuse(`${what} ${key}`, sides);
    }
  };
  const learned = [...train, ...validation];
  if (personIndependent) compare('subject', ({ subject }) => subject, learned, test, 'training and test');
  for (const [what, keyOf] of [
    ['sequence', (r: FaceRecord) => r.sequence],
    ['image', (r: FaceRecord) => r.id],
  ] as const) {
    compare(what, keyOf, learned, test, 'training and test');
    compare(what, keyOf, train, validation, 'training and validation');
  }
}

/** What the check could not see: people that the database does not name. @returns sentences, none when all is known */
export function unknownPeople(
  { personIndependent }: Pick<Protocol, 'personIndependent'>,
  folds: readonly ProtocolFold[],
): string[] {
  if (!personIndependent) return ['Not person-independent: the same people are in training and in test.'];
  const records = new Map(
    folds
      .flatMap(({ train, validation, test }) => [...train, ...validation, ...test])
      .map((record) => [record.id, record]),
  );
  const unknown = [...records.values()].filter(({ subject }) => subject === undefined).length;
  return unknown === 0
    ? []
    : [
        `${unknown} of ${records.size} images name no person, so whether the same people are in training and in test could not be checked.`,
      ];
}
