/** The order of classes that are known by their names alone. */
import { EXPRESSIONS_8 } from './expressions.ts';

/** Each name once: expressions in canonical order, then others, such as compound ones, in order of appearance. */
export function canonicalOrder(names: Iterable<string>): string[] {
  const given = new Set(names);
  const expressions: readonly string[] = EXPRESSIONS_8;
  return [
    ...expressions.filter((name) => given.has(name)),
    ...[...given].filter((name) => !expressions.includes(name)),
  ];
}
