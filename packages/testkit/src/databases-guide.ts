/**
 * The generated part of docs/guides/databases.md: a table of all databases, and a section on each, from their
 * definitions.
 */
import type { DatabaseDefinition } from 'mienjs/data/node';

/** Where to ask for a copy, by name. Sources: Li & Deng 2020 (arXiv:1804.08348), table 2; the owners' pages. */
export const ACCESS: Readonly<Record<string, string>> = {
  'ck-plus': 'http://www.consortium.ri.cmu.edu/ckagree/',
  mmi: 'https://mmifacedb.eu/',
  jaffe: 'https://zenodo.org/record/3451524',
  tfd: 'from its author; the address stands in table 2 of the survey, arXiv:1804.08348',
  'multi-pie': 'http://www.flintbox.com/public/project/4742/',
  'bu-3dfe': 'http://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html',
  'oulu-casia': 'http://www.cse.oulu.fi/CMV/Downloads/Oulu-CASIA',
  rafd: 'https://rafd.nl',
  kdef: 'https://kdef.se',
  fer2013: 'https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge',
  ferplus: "https://github.com/microsoft/FERPlus has the votes; the images are FER2013's",
  afew: 'https://sites.google.com/site/emotiwchallenge/',
  sfew: 'https://cs.anu.edu.au/few/emotiw2015.html',
  emotionet: 'http://cbcsl.ece.ohio-state.edu/dbform_emotionet.html',
  'raf-db': 'http://www.whdeng.cn/RAF/model1.html',
  'raf-db-original': 'http://www.whdeng.cn/RAF/model1.html',
  'raf-db-compound': 'http://www.whdeng.cn/RAF/model1.html',
  'raf-db-compound-original': 'http://www.whdeng.cn/RAF/model1.html',
  affectnet: 'http://mohammadmahoor.com/databases-codes/',
  ferg: 'http://grail.cs.washington.edu/projects/deepexpr/ferg-db.html',
};

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
  citation,
  published,
  classes,
}: DatabaseDefinition): string {
  return [
    `### ${title}: \`${name}\``,
    '',
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    '',
    `- Ask for it: ${ACCESS[name] ?? 'its owners'}`,
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
