/** Votes of annotators as files, and what no answer about votes may contain. */

export const csv = (rows: readonly string[], header = 'task,worker,label'): string =>
  `${[header, ...rows].join('\n')}\n`;

/** Five images, four workers; the fourth says happy always. */
export const CROWD_VOTES = csv(
  ['happy', 'sad', 'fear', 'anger', 'surprise'].flatMap((label, i) => [
    ...['ann', 'bob', 'cyd'].map((worker) => `img${i},${worker},${label}`),
    `img${i},dan,happy`,
  ]),
);

/** @throws {Error} when a text has NaN, Infinity or undefined in any form */
export function expectDefined(...texts: string[]): void {
  for (const text of texts) {
    const found = /NaN|Infinity|undefined(?!Pairs)/.exec(text);
    if (found)
      throw new Error(
        `expected no ${found[0]}, got "…${text.slice(Math.max(0, found.index - 60), found.index + 60)}…"`,
      );
  }
}
