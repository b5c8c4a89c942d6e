/** `mien annotate`: images from the web, projects on a server, and what comes out of them. */
import type { Command } from 'commander';
import { registerProjects } from '../annotate/create.ts';
import { registerDemo } from '../annotate/demo.ts';
import { registerExport } from '../annotate/export.ts';
import { registerFetch } from '../annotate/fetch.ts';
import { registerImport } from '../annotate/import.ts';
import { registerKeywords } from '../annotate/print-keywords.ts';

export function register(program: Command): void {
  const annotate = program.command('annotate').description('projects in which people label images');
  for (const registerVerb of [
    registerDemo,
    registerProjects,
    registerImport,
    registerExport,
    registerFetch,
    registerKeywords,
  ])
    registerVerb(annotate);
}
