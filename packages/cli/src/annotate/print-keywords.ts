/** `mien annotate keywords`: the words by which `mien annotate fetch` knows photos of an expression. */
import type { Command } from 'commander';
import { print, printJson } from '../output.ts';
import { planNoOutput } from '../outputs/guard.ts';
import { KEYWORDS } from './keywords.ts';

const NOTES = `
--json: { EXPRESSION: [words] }, which mien annotate fetch --keyword-lists FILE reads: edit it for your own.`;

export function registerKeywords(annotate: Command): void {
  planNoOutput(
    annotate
      .command('keywords')
      .description('words by which photos of an expression are searched for')
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES)
      .action(async ({ json }: { readonly json?: true }) => {
        if (json) await printJson(KEYWORDS);
        else
          await print(
            Object.entries(KEYWORDS)
              .map(([expression, words]) => `${expression.padEnd(10)} ${words.join(', ')}\n`)
              .join(''),
          );
      }),
  );
}
