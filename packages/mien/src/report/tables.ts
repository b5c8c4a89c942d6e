/** Tables as text, Markdown and LaTeX, so that one description of rows serves a terminal, a page and a paper. */
import type { Spread } from '../metrics/index.ts';

export interface Table {
  readonly columns: readonly string[];
  /** One cell a column. */
  readonly rows: readonly (readonly string[])[];
  /** How many columns, from the first, name the row and stand left; the others hold figures. Default 1. */
  readonly named?: number;
  readonly caption?: string;
  /** Sentences beneath it. */
  readonly notes?: readonly string[];
}

/** A share as a percentage, without its sign; a dash where it is undefined. */
export const percentCell = (share: number, decimals = 2): string =>
  Number.isNaN(share) ? '–' : (100 * share).toFixed(decimals);

/** As `percentCell`, with the sign: `71.75 %`; of null, which is how JSON has the undefined, a dash too. */
export const percentText = (share: number | null, decimals = 2): string =>
  share === null || Number.isNaN(share) ? '–' : `${percentCell(share, decimals)} %`;

/** `71.75 ± 2.32`, in percent; without a deviation, the mean alone. */
export const spreadCell = ({ mean, std }: Spread): string =>
  Number.isNaN(std) ? percentCell(mean) : `${percentCell(mean)} ± ${percentCell(std)}`;

export const TABLE_FORMATS = ['text', 'markdown', 'latex'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** @returns the table with a line end, its caption above and its notes beneath */
export function renderTable(table: Table, format: TableFormat): string {
  switch (format) {
    case 'text':
      return textTable(table);
    case 'markdown':
      return markdownTable(table);
    case 'latex':
      return latexTable(table);
  }
}

function textTable({ columns, rows, named = 1, caption, notes = [] }: Table): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(...all.map((row) => row[c]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, c) => (c < named ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...(caption === undefined ? [] : [caption]), ...lines, ...notes, ''].join('\n');
}

function markdownTable({ columns, rows, named = 1, caption, notes = [] }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const table = [
    line(columns),
    `| ${columns.map((_, c) => (c < named ? '---' : '---:')).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
  return `${[...(caption === undefined ? [] : [escapeMarkdown(caption)]), table, ...notes.map(escapeMarkdown)].join('\n\n')}\n`;
}

/** Needs the package booktabs. */
function latexTable({ columns, rows, named = 1, caption, notes = [] }: Table): string {
  const line = (cells: readonly string[]): string => `${cells.map(escapeLatex).join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '\\centering',
    ...(caption === undefined ? [] : [`\\caption{${escapeLatex(caption)}}`]),
    `\\begin{tabular}{${'l'.repeat(named)}${'r'.repeat(columns.length - named)}}`,
    '\\toprule',
    line(columns),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    ...notes.map((note) => `\\par\\smallskip ${escapeLatex(note)}`),
    '\\end{table}',
    '',
  ].join('\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\|*_`<[\]]/g, (c) => `\\${c}`).replace(/\r?\n/g, ' ');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '–': '--',
  '±': '$\\pm$',
  '×': '$\\times$',
  '→': '$\\to$',
  λ: '$\\lambda$',
  κ: '$\\kappa$',
  '†': '$^\\dagger$',
  '≥': '$\\geq$',
  '<': '$<$',
  '>': '$>$',
};

function escapeLatex(text: string): string {
  return text.replace(/[\\~^–±×→λκ†≥<>&%$#_{}]/g, (c) => LATEX[c] ?? `\\${c}`).replace(/\r?\n/g, ' ');
}
