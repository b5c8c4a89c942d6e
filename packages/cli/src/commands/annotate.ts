/** `mien annotate`: images from the web, projects on a server, and what comes out of them. */
import type { Command } from 'commander';
import { registerFetch } from '../annotate/fetch.ts';
import { registerKeywords } from '../annotate/print-keywords.ts';

export function register(program: Command): void {
  const annotate = program.command('annotate').description('projects in which people label images');
  for (const registerVerb of [registerFetch, registerKeywords]) registerVerb(annotate);
}
