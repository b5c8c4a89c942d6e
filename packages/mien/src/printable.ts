/** Text from outside in messages: cut to a length that can be read, without characters that act on a terminal. */

/** Characters of an input that a message shows at most. */
const SHOWN = 200;
/**
 * From here on an unbroken run of characters counts as an input: longer than an excerpt and the punctuation around it.
 */
const UNBROKEN = 221;
/** Characters of a whole message, whatever it is made of. */
const LONGEST = 4000;

/**
 * Control characters, line separators, marks that turn the direction of text, and lone surrogates (which stand for
 * bytes of file names that are not UTF-8, see files/paths.ts).
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `\n` for a line feed, `\x1b` for an escape, `\xe9` for a byte that is not UTF-8. */
function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
  return (
    NAMED[character] ??
    (byte < 0x100 ? `\\x${byte.toString(16).padStart(2, '0')}` : `\\u${byte.toString(16).padStart(4, '0')}`)
  );
}

/** @returns the text with characters that act on a terminal, line breaks too, as escapes */
export function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE, escapeOf);
}

/** @returns the text with the bytes of file names that are not UTF-8 as `\\xe9`, so that it can be written as UTF-8 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, escapeOf);
}

/** @returns at most 200 characters of an input, its beginning and its end; control characters as escapes */
export function excerpt(text: string): string {
  return escapeControls(shorten(text));
}

/**
 * @returns a message as one line: line breaks become spaces, other control characters escapes, and of each piece of
 *   more than 200 characters that is quoted, unbroken, or what came in place of something ("got …", "found …") the beginning and the end are shown
 */
export function printable(message: string): string {
  const line = message.trim().replace(/\s*[\r\n]+\s*/g, ' ');
  const pieces = line
    .replace(/"([^"]{201,})"/g, (_, quoted: string) => `"${shorten(quoted)}"`)
    .replace(/\b(got|found) ([^"].{200,})$/, (_, verb: string, what: string) => `${verb} ${shorten(what)}`)
    .replace(new RegExp(`[^\\s"]{${UNBROKEN},}`, 'g'), shorten);
  return escapeControls(pieces.length > LONGEST ? `${pieces.slice(0, LONGEST)}…` : pieces);
}

function shorten(text: string): string {
  if (text.length <= SHOWN) return text;
  const tail = SHOWN / 4;
  return `${text.slice(0, SHOWN - tail - 1)}…${text.slice(-tail)}`;
}
