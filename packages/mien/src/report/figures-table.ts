/** Tables of figures for pages, as HTML text: like those of `tables.ts` for other places. */
import { escapeHtml } from './charts.ts';
import type { Table } from './tables.ts';

/** Scrolls sideways where it is wider than the page. */
export function figuresTable({ columns, rows, named = 1, notes = [] }: Table): string {
  const cell = (text: string, c: number): string =>
    c < named ? `<th scope="row">${escapeHtml(text)}</th>` : `<td>${escapeHtml(text)}</td>`;
  const head = columns
    .map((name, c) => `<th scope="col"${c < named ? ' class="name"' : ''}>${escapeHtml(name)}</th>`)
    .join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<div class="scroll"><table class="table"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}`;
}
