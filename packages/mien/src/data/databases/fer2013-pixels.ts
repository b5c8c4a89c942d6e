/**
 * FER2013's pixels: whole numbers from 0 to 255 between spaces, read from the bytes of the table, as there are 80
 * million.
 */

const SPACE = 32;
const ZERO = 48;

/**
 * @param text the cell   @param pixels where they go, as many as it holds
 * @returns what is wrong with them; undefined when all is well
 */
export function parsePixels(text: Uint8Array, pixels: Uint8Array): string | undefined {
  let count = 0;
  let value = 0;
  let digits = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = (at < text.length ? text[at]! : SPACE) - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (digit !== SPACE - ZERO || value > 255) {
      return `pixel ${count + 1} is "${tokenAt(text, at)}", expected a whole number 0 … 255`;
    } else if (digits > 0) {
      pixels[count++] = value; // beyond the last pixel, a typed array drops it
      value = 0;
      digits = 0;
    }
  }
  const side = Math.sqrt(pixels.length);
  return count === pixels.length ? undefined : `has ${count} pixels, expected ${pixels.length} (${side}×${side})`;
}

/** What stands between spaces at `at` or just before it, at most 20 bytes on. */
function tokenAt(text: Uint8Array, at: number): string {
  let from = at;
  while (from > 0 && text[from - 1] !== SPACE) from--;
  let to = at;
  while (to < text.length && text[to] !== SPACE && to - from < 20) to++;
  return Buffer.from(text.subarray(from, to)).toString('latin1');
}
