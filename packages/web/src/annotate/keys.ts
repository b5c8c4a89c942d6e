/** The keys of labels: digits first, as people expect them, then letters in the order of the keyboard. */

/** What other letters do. */
export const SKIP_KEY = 's';
export const HELP_KEY = 'h';
export const HIDDEN_KEY = 'x';
const RESERVED = new Set([SKIP_KEY, HELP_KEY, HIDDEN_KEY]);

const KEYS: readonly string[] = [
  ...'1234567890',
  ...[...'qwertyuiopasdfghjklzxcvbnm'].filter((letter) => !RESERVED.has(letter)),
];

/** Key of the option in place `index`; undefined where the keys do not reach. */
export const keyOf = (index: number): string | undefined => KEYS[index];

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

/**
 * The option that a press asks for. Digits are taken by their place, since some keyboards have them under Shift; letters
 * by what they write. A key that is held down answers once.
 * @returns an index below `count`, or undefined
 */
export function optionOf(press: Press, count: number): number | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat) return undefined;
  const [, digit] = /^(?:Digit|Numpad)(\d)$/.exec(press.code) ?? [];
  const index = KEYS.indexOf(digit ?? press.key.toLowerCase());
  return index >= 0 && index < count ? index : undefined;
}

export const isUndo = ({ key, ctrlKey, metaKey, altKey }: Press): boolean =>
  (key.toLowerCase() === 'z' && (ctrlKey || metaKey) && !altKey) ||
  (key === 'Backspace' && !ctrlKey && !metaKey && !altKey);
