/**
 * Text files without columns, such as lists of names and codes, line by line; encodings, line ends and errors as of
 * tables.
 */
import { InputError } from '../errors.ts';
import { utf8Chunks } from './utf8-chunks.ts';

/** Far above any line of the lists read here. */
const MAX_LINE_LENGTH = 1 << 22;

/**
 * Calls `handle` with each line that is not blank, without spaces at its ends. Lines count from 1.
 * @param file plain or gzipped, or `-` for standard input
 * @throws {InputError} naming file and line: unreadable, not text, not UTF-8
 */
export async function forEachTextLine(file: string, handle: (text: string, line: number) => void): Promise<void> {
  let line = 1;
  let rest = '';
  const take = (lines: readonly string[]): void => {
    for (const text of lines) {
      const trimmed = text.trim();
      if (trimmed !== '') handle(trimmed, line);
      line++;
    }
  };
  for await (const chunk of utf8Chunks(file, { currentLine: () => line })) {
    const text = rest + chunk.toString('utf8');
    const end = text.endsWith('\r') ? text.length - 1 : text.length; // a line feed may follow
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    rest = lines.pop()! + text.slice(end);
    if (rest.length > MAX_LINE_LENGTH)
      throw new InputError(`${file}:${line}`, 'has a line that is too long: not a list of this kind');
    take(lines);
  }
  take(rest.split('\r'));
}

/** All lines that are not blank. @throws {InputError} as `forEachTextLine` */
export async function readTextLines(file: string): Promise<{ readonly text: string; readonly line: number }[]> {
  const lines: { text: string; line: number }[] = [];
  await forEachTextLine(file, (text, line) => lines.push({ text, line }));
  return lines;
}
