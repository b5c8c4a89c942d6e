/**
 * The generated part of docs/guides/databases.md: a table of all databases, and a section on each, from their
 * definitions.
 */
import type { DatabaseDefinition } from 'mienjs/data/node';

/** @returns Markdown that ends in a newline */
export function databasesGuide(definitions: readonly DatabaseDefinition[]): string {
  return `${tableOf(definitions)}\n${definitions.map(sectionOf).join('\n')}`;
}

function tableOf(definitions: readonly DatabaseDefinition[]): string {
  const rows = definitions.map(({ name, title, summary, published: { images, sequences, subjects }, classes }) =>
    [`\`${name}\``, title, summary, images ?? '', sequences ?? '', subjects ?? '', classes.length].join(' | '),
  );
  return [
    '| name | database | what it is | images | sequences | subjects | classes |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

function sectionOf({
  name,
  title,
  summary,
  layout,
  licence,
  access,
  citation,
  published,
  classes,
}: DatabaseDefinition): string {
  return [
    `### ${title}: \`${name}\``,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    `- Ask for it: ${access}`,
    `- Folder: ${code(layout)}`,
    `- Check: \`mien data check ${name} DIR\``,
    `- Classes: ${classes.join(', ')}`,
    `- Published counts from: ${published.source}`,
    `- Licence: ${licence}`,
    `- Cite: ${citation}`,
    '',
  ].join('\n');
}

/** Layouts have angle brackets and underscores, which Markdown takes for its own. */
const code = (text: string): string => `\`\`${text}\`\``;
