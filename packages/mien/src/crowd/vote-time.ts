/** Times of votes as people's tables have them. */
import { numberOf } from '../tables/index.ts';

/** Numbers from this on are milliseconds: as seconds they would be after the year 5000. */
const MILLISECONDS_FROM = 1e11;

/**
 * @param text a number of seconds, or of milliseconds from 1e11 on; a length h:mm:ss; a date with or without time: ISO
 *   8601, with slashes (month first, unless it is above 12), with points (day first), or as programs print it (Tue Jan 01 10:00:00 PST 2019)
 * @returns seconds that the vote took, or since 1970; undefined where it is not a time; may be negative
 */
export function parseVoteTime(text: string): number | undefined {
  const number = numberOf(text);
  if (number !== undefined) return number >= MILLISECONDS_FROM ? number / 1000 : number;
  const length = /^(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  if (length) return Number(length[1] ?? 0) * 3600 + Number(length[2]) * 60 + Number(length[3]);
  const date = isoOf(text) ?? (/\d{4}/.test(text) ? text : ''); // without a year, Date.parse guesses
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** `3/1/2024 10:00`, `01.03.2024 10:00` and `2024/3/1 10:00` as ISO 8601; undefined of other forms. */
function isoOf(text: string): string | undefined {
  const match =
    /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:,?[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*([AP]M)?)?$/i.exec(text);
  if (!match) return undefined;
  const [, a, separator, b, c, hour = '0', minute = '00', second = '00', fraction = '', half] = match;
  const yearFirst = a!.length === 4;
  if (yearFirst && separator === '-') return undefined; // ISO 8601 itself
  const dayFirst = separator !== '/' || Number(a) > 12;
  const [year, month, day] = yearFirst ? [a, b, c] : dayFirst ? [c, b, a] : [c, a, b];
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const pad = (part: string | number): string => String(part).padStart(2, '0');
  return `${year!.padStart(4, '20')}-${pad(month!)}-${pad(day!)}T${pad(hours)}:${minute}:${second}${fraction}`;
}
