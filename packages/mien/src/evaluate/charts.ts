/** The charts of an evaluation report, as SVG and HTML text; all sizes are px. */
import type { ConfusionMatrix } from '../metrics/index.ts';
import type { ReliabilityBin } from './reliability.ts';

const INK = '#1d2733';
const FAINT = '#c9d1da';
const BLUE = [29, 91, 158] as const;
const SERIES = ['#1d5b9e', '#d98e04', '#4d9a6a'] as const;

/** Text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A share as a percentage with one decimal; a dash where it is undefined. */
export function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(100 * value).toFixed(1)}`;
}

/** White to blue. @param share 0 … 1 */
function shade(share: number): string {
  return `rgb(${BLUE.map((c) => Math.round(255 + (c - 255) * share)).join(',')})`;
}

/** Cells hold the share of the row in % and the count; shaded by the share. */
export function confusionTable(classes: readonly string[], matrix: ConfusionMatrix): string {
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
  return `<table class="confusion"><thead><tr><th>label ↓ prediction →</th>${head}<th>images</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
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
  const height = 28 + groups.length * groupHeight + 20;
  const x = (value: number): number => left + value * (width - left - 60);
  const parts: string[] = [];
  series.forEach((name, s) => {
    parts.push(`<rect x="${left + s * 110}" y="4" width="12" height="12" fill="${SERIES[s % SERIES.length]}"/><text x="${left + s * 110 + 17}" y="14">${escapeHtml(name)}</text>`);
  });
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(`<line x1="${x(tick)}" y1="24" x2="${x(tick)}" y2="${height - 20}" stroke="${FAINT}"/><text x="${x(tick)}" y="${height - 6}" text-anchor="middle">${100 * tick}</text>`);
  }
  groups.forEach(({ label, values }, g) => {
    const top = 30 + g * groupHeight;
    parts.push(`<text x="${left - 8}" y="${top + (series.length * bar) / 2 + 4}" text-anchor="end">${escapeHtml(label)}</text>`);
    values.forEach((value, s) => {
      const length = Number.isNaN(value) ? 0 : x(value) - left;
      parts.push(`<rect x="${left}" y="${top + s * bar}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${SERIES[s % SERIES.length]}"/>`
        + `<text x="${(left + length + 4).toFixed(1)}" y="${top + s * bar + bar - 4}" class="small">${percent(value)}</text>`);
    });
  });
  return svg(width, height, 'Bars, in %', parts);
}

/** Accuracy against confidence for each bin, the diagonal of perfect calibration, and beneath the images of each bin. */
export function reliabilityDiagram(bins: readonly ReliabilityBin[]): string {
  const [side, left, top, histogram] = [320, 50, 10, 60];
  const x = (value: number): number => left + value * side;
  const y = (value: number): number => top + (1 - value) * side;
  const base = top + side + 14 + histogram;
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const parts: string[] = [`<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="${FAINT}"/>`];
  for (const { low, high, count, accuracy, confidence } of bins) {
    if (count === 0) continue;
    const width = x(high) - x(low) - 1;
    const tall = (histogram * count) / most;
    parts.push(
      `<rect x="${x(low).toFixed(1)}" y="${y(accuracy).toFixed(1)}" width="${width.toFixed(1)}" height="${(accuracy * side).toFixed(1)}" fill="${SERIES[0]}" fill-opacity="0.75"/>`,
      `<line x1="${x(low).toFixed(1)}" x2="${(x(low) + width).toFixed(1)}" y1="${y(confidence).toFixed(1)}" y2="${y(confidence).toFixed(1)}" stroke="${SERIES[1]}" stroke-width="2"/>`,
      `<rect x="${x(low).toFixed(1)}" y="${(base - tall).toFixed(1)}" width="${width.toFixed(1)}" height="${tall.toFixed(1)}" fill="${FAINT}"/>`,
    );
  }
  parts.push(`<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="${INK}" stroke-dasharray="4 4"/>`);
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(`<text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${100 * tick}</text><text x="${x(tick)}" y="${base + 16}" text-anchor="middle">${100 * tick}</text>`);
  }
  parts.push(
    `<text x="${left + side / 2}" y="${base + 34}" text-anchor="middle">confidence, %</text>`,
    `<text transform="translate(14 ${top + side / 2}) rotate(-90)" text-anchor="middle">accuracy, %</text>`,
    `<text x="${left - 6}" y="${base}" text-anchor="end" class="small">images</text>`,
  );
  return svg(left + side + 20, base + 42, 'Reliability diagram', parts);
}

function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">${parts.join('')}</svg>`;
}
