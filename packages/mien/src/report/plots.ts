/** Histogram, scatter plot and stacked bars, as SVG text; all sizes are px. */
import { escapeHtml, FAINT, INK, SERIES, svg } from './charts.ts';

/** Colours of classes, told apart in print and by most colour-blind readers; classes beyond take them again. */
export const CLASS_COLORS = [
  '#aab4bf',
  '#e3b23c',
  '#e07b39',
  '#1d5b9e',
  '#b5322e',
  '#4d9a6a',
  '#7a5195',
  '#6b4f2a',
  '#12768a',
  '#c2417c',
  '#5b6f1e',
  '#30343b',
] as const;

/** Room beside, above and below a plane. */
export const [LEFT, TOP, BELOW] = [62, 12, 44] as const;

export interface Axis {
  readonly label: string;
  /** Values and texts of the ticks. */
  readonly ticks: readonly (readonly [value: number, text: string])[];
  readonly low: number;
  readonly high: number;
}

/**
 * An axis with round ticks over the values; a single value gets room on both sides.
 * @param values finite, not empty
 */
export function axisOf(label: string, values: ArrayLike<number>, format: (value: number) => string = String): Axis {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  const size = Math.max(Math.abs(least), Math.abs(most));
  // Values that differ by rounding alone are one: ticks between them could not be told apart
  if (most - least <= 1e-9 * size) least = most;
  const span = most - least || size || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.floor(least / step), Math.max(Math.ceil(most / step), Math.floor(least / step) + 1)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { label, ticks: ticks.map((value) => [value, format(value)] as const), low: ticks[0]!, high: ticks.at(-1)! };
}

/** Counts of the values in `bins` bins of equal width over the axis. */
export function histogram(values: ArrayLike<number>, axis: Axis, unit: string, bins = 30): string {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((bins * (values[i]! - axis.low)) / (axis.high - axis.low));
    counts[Math.min(bins - 1, Math.max(0, bin))]!++;
  }
  const [width, height] = [440, 220];
  const y = axisOf(unit, [0, ...counts]);
  const { frame, x: xOf, y: yOf } = plane(width, height, axis, y);
  const bars = counts.map((count, b) => {
    const [from, to] = [b, b + 1].map((edge) => xOf(axis.low + (edge * (axis.high - axis.low)) / bins));
    return count === 0
      ? ''
      : `<rect x="${from!.toFixed(1)}" y="${yOf(count).toFixed(1)}" width="${(to! - from! - 1).toFixed(1)}" height="${(yOf(0) - yOf(count)).toFixed(1)}" fill="${SERIES[0]}"/>`;
  });
  return svg(LEFT + width + 20, TOP + height + BELOW, `Histogram of ${axis.label}`, [...frame, ...bars]);
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Shown when the pointer rests on it. */
  readonly title: string;
  /** Index of the series that it belongs to. */
  readonly series: number;
}

/** Points of several series; a legend where there is more than one. */
export function scatter(points: readonly Point[], xAxis: Axis, yAxis: Axis, series: readonly string[]): string {
  const [width, height] = [440, 300];
  const legend = series.length > 1 ? 22 : 0;
  const { frame, x, y } = plane(width, height, xAxis, yAxis, legend);
  const dots = points.map(
    (p) =>
      `<circle cx="${x(p.x).toFixed(1)}" cy="${y(p.y).toFixed(1)}" r="4" fill="${SERIES[p.series % SERIES.length]}" fill-opacity="0.65"><title>${escapeHtml(p.title)}</title></circle>`,
  );
  const names =
    legend === 0
      ? []
      : series.map(
          (name, s) =>
            `<circle cx="${LEFT + 6 + s * 130}" cy="12" r="5" fill="${SERIES[s % SERIES.length]}"/><text x="${LEFT + 17 + s * 130}" y="16">${escapeHtml(name)}</text>`,
        );
  return svg(LEFT + width + 20, TOP + legend + height + BELOW, `${yAxis.label} against ${xAxis.label}`, [
    ...frame,
    ...names,
    ...dots,
  ]);
}

export interface StackedBar {
  readonly label: string;
  /** By class, sum 1. */
  readonly shares: readonly number[];
  /** At the end of the bar. */
  readonly note: string;
}

/** Horizontal bars of equal length, divided by class; shares from 12 % on are written in. */
export function stackedBars(classes: readonly string[], bars: readonly StackedBar[]): string {
  const [left, length, height, gap] = [150, 460, 24, 8];
  const perLine = 5;
  const top = 12 + 22 * Math.ceil(classes.length / perLine);
  const color = (k: number): string => CLASS_COLORS[k % CLASS_COLORS.length]!;
  const parts = classes.map((name, k) => {
    const [x, y] = [left + (k % perLine) * 112, 4 + 22 * Math.floor(k / perLine)];
    return `<rect x="${x}" y="${y}" width="12" height="12" fill="${color(k)}"/><text x="${x + 17}" y="${y + 11}">${escapeHtml(name)}</text>`;
  });
  bars.forEach(({ label, shares, note }, b) => {
    const y = top + b * (height + gap);
    parts.push(
      `<text x="${left - 8}" y="${y + 16}" text-anchor="end">${escapeHtml(label)}</text><text x="${left + length + 8}" y="${y + 16}" class="small">${escapeHtml(note)}</text>`,
    );
    let x = left;
    shares.forEach((share, k) => {
      if (share <= 0) return;
      parts.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0, share * length - 1).toFixed(1)}" height="${height}" fill="${color(k)}"><title>${escapeHtml(`${classes[k]!} ${(100 * share).toFixed(1)} %`)}</title></rect>`,
      );
      if (share >= 0.12)
        parts.push(
          `<text x="${(x + (share * length) / 2).toFixed(1)}" y="${y + 16}" text-anchor="middle" style="fill:${k % CLASS_COLORS.length < 3 ? INK : '#fff'}">${Math.round(100 * share)}</text>`,
        );
      x += share * length;
    });
  });
  return svg(left + length + 190, top + bars.length * (height + gap), 'Shares by class, in %', parts);
}

/** Frame, grid, ticks and labels of a plane. */
export function plane(
  width: number,
  height: number,
  xAxis: Axis,
  yAxis: Axis,
  legend = 0,
): { frame: string[]; x: (value: number) => number; y: (value: number) => number } {
  const top = TOP + legend;
  const x = (value: number): number => LEFT + (width * (value - xAxis.low)) / (xAxis.high - xAxis.low);
  const y = (value: number): number => top + height - (height * (value - yAxis.low)) / (yAxis.high - yAxis.low);
  const frame = [
    ...yAxis.ticks.map(
      ([value, text]) =>
        `<line x1="${LEFT}" x2="${LEFT + width}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${FAINT}" stroke-width="0.6"/><text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${escapeHtml(text)}</text>`,
    ),
    ...xAxis.ticks.map(
      ([value, text]) =>
        `<line x1="${x(value).toFixed(1)}" x2="${x(value).toFixed(1)}" y1="${top + height}" y2="${top + height + 4}" stroke="${INK}"/><text x="${x(value).toFixed(1)}" y="${top + height + 18}" text-anchor="middle">${escapeHtml(text)}</text>`,
    ),
    `<line x1="${LEFT}" x2="${LEFT + width}" y1="${top + height}" y2="${top + height}" stroke="${INK}"/>`,
    `<text x="${LEFT + width / 2}" y="${top + height + 38}" text-anchor="middle">${escapeHtml(xAxis.label)}</text>`,
    `<text transform="translate(14 ${top + height / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yAxis.label)}</text>`,
  ];
  return { frame, x, y };
}
