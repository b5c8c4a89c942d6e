/** Charts and tables of reports, as SVG and HTML text; all sizes are px. */
import type { ConfusionMatrix } from '../metrics/index.ts';
import { percentCell } from './tables.ts';

export const INK = '#1d2733';
export const FAINT = '#c9d1da';
const BLUE = [29, 91, 158] as const;
/** Colours of the series, in order. */
export const SERIES = ['#1d5b9e', '#d98e04', '#4d9a6a', '#b5322e', '#7a5195', '#6b4f2a'] as const;

/** Text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** As `percentCell`, with one decimal. */
export const percent = (share: number): string => percentCell(share, 1);

/** White to blue. @param share 0 … 1 */
function shade(share: number): string {
  return `rgb(${BLUE.map((c) => Math.round(255 + (c - 255) * share)).join(',')})`;
}

/**
 * Cells hold the share of the row in % and the count; shaded by the share.
 * @param names what rows and columns are, and what is counted
 */
export function confusionTable(
  classes: readonly string[],
  matrix: ConfusionMatrix,
  names = { rows: 'label', columns: 'prediction', unit: 'images' },
): string {
  const head = classes.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const rows = matrix.map((row, label) => {
    const total = row.reduce((sum, v) => sum + v, 0);
    const cells = row.map((count, prediction) => {
      const share = count / total;
      const style = total === 0 ? '' : ` style="background:${shade(share)};color:${share > 0.5 ? '#fff' : INK}"`;
      return `<td${style}${label === prediction ? ' class="diagonal"' : ''}>${percent(share)}<small>${count}</small></td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classes[label]!)}</th>${cells.join('')}<td class="total">${total}</td></tr>`;
  });
  return `<table class="confusion"><thead><tr><th>${names.rows} ↓ ${names.columns} →</th>${head}<th>${names.unit}</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

export interface BarGroup {
  readonly label: string;
  /** By series, 0 … 1; NaN leaves the bar out. */
  readonly values: readonly number[];
}

/** Horizontal bars in groups, with their values in %. */
export function barChart(series: readonly string[], groups: readonly BarGroup[]): string {
  const [left, bar, width] = [110, 14, 640];
  const groupHeight = series.length * bar + 12;
  const legend = legendOf(series, left, width);
  const above = 10 + legend.height;
  const height = above + groups.length * groupHeight + 20;
  const x = (value: number): number => left + value * (width - left - 60);
  const parts: string[] = [...legend.parts];
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(
      `<line x1="${x(tick)}" y1="${above - 4}" x2="${x(tick)}" y2="${height - 20}" stroke="${FAINT}"/><text x="${x(tick)}" y="${height - 6}" text-anchor="middle">${100 * tick}</text>`,
    );
  }
  groups.forEach(({ label, values }, g) => {
    const top = above + 2 + g * groupHeight;
    parts.push(
      `<text x="${left - 8}" y="${top + (series.length * bar) / 2 + 4}" text-anchor="end">${escapeHtml(label)}</text>`,
    );
    values.forEach((value, s) => {
      const length = Number.isNaN(value) ? 0 : x(value) - left;
      parts.push(
        `<rect x="${left}" y="${top + s * bar}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${SERIES[s % SERIES.length]}"/>` +
          `<text x="${(left + length + 4).toFixed(1)}" y="${top + s * bar + bar - 4}" class="small">${percent(value)}</text>`,
      );
    });
  });
  return svg(width, height, 'Bars, in %', parts);
}

/** Names of series with their colours, side by side as far as there is room. */
function legendOf(
  series: readonly string[],
  left: number,
  width: number,
): { readonly parts: string[]; readonly height: number } {
  let [x, line] = [left, 0];
  const parts = series.map((name, s) => {
    const length = 35 + 7 * name.length;
    if (x > left && x + length > width) [x, line] = [left, line + 1];
    const y = 4 + 18 * line;
    const part = `<rect x="${x}" y="${y}" width="12" height="12" fill="${SERIES[s % SERIES.length]}"/><text x="${x + 17}" y="${y + 10}">${escapeHtml(name)}</text>`;
    x += Math.max(110, length);
    return part;
  });
  return { parts, height: 18 * (line + 1) };
}

/** An SVG element. @param title what it shows, for readers who cannot see it */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">${parts.join('')}</svg>`;
}
