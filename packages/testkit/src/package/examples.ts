/** The examples in the library's comments: `@example` with a fence of TypeScript. */
import { readdirSync, readFileSync } from 'node:fs';
import { pathOf } from './manifest.ts';

export interface Example {
  /** `metrics/classification.ts:41`: where it stands. */
  readonly place: string;
  readonly code: string;
}

/**
 * All examples of a folder's sources, in the order of their files.
 * @throws when an example is not a fence of TypeScript alone, which nothing could check
 */
export function findExamples(folder: URL): Example[] {
  return readdirSync(pathOf('.', folder), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => examplesIn(readFileSync(pathOf(file, folder), 'utf8'), file));
}

/** @param file names the source */
export function examplesIn(text: string, file: string): Example[] {
  return [...text.matchAll(/^ *\/\*\*\n(?: *\*(?!\/).*\n)* *\*\/$/gm)].flatMap((comment) => {
    const lines = comment[0].split('\n').map((line) => line.replace(/^ *(?:\/\*\*|\*\/|\* ?)/, ''));
    const firstLine = text.slice(0, comment.index).split('\n').length;
    return lines.flatMap((line, i): Example[] => {
      if (!line.startsWith('@example')) return [];
      const place = `${file}:${firstLine + i}`;
      const end = lines.indexOf('```', i + 2);
      if (line !== '@example' || lines[i + 1] !== '```ts' || end < 0)
        throw new Error(`${place}: expected @example, then a fence \`\`\`ts`);
      return [{ place, code: `${lines.slice(i + 2, end).join('\n')}\n` }];
    });
  });
}

/** Whether an example can run anywhere: it states what comes out, `expression; // → value`. */
export const statesResults = ({ code }: Example): boolean => code.includes(' // → ');

/**
 * The code with each stated result checked: `expect` is called with the value and what it should be. A statement
 * `const { a } = f(); // → value` is checked by the value of `f()`.
 */
export function withChecks({ code, place }: Example, expect: string): string {
  return code
    .split('\n')
    .map((line) => {
      const stated = /^(?:(const [^=]+ = ))?(.*); \/\/ → (.*)$/.exec(line);
      if (!stated) {
        if (line.includes(' // → ')) throw new Error(`${place}: expected "expression; // → value", got "${line}"`);
        return line;
      }
      const [, declaration = '', expression, value] = stated;
      return `${declaration}${expect}(${expression}, ${value});`;
    })
    .join('\n');
}
