/** Lines over named steps, such as the settings of a sweep, as SVG text; all sizes are px. */
import { escapeHtml, SERIES, svg } from './charts.ts';
import { axisOf, BELOW, CLASS_COLORS, LEFT, plane, TOP, type Axis } from './plots.ts';

export interface LinePoint {
  /** Place among the steps. */
  readonly step: number;
  readonly value: number;
  /** Half the length of the bar through the point; none where undefined. */
  readonly spread?: number;
}

export interface Line {
  readonly name: string;
  /** In order of the steps; finite. */
  readonly points: readonly LinePoint[];
}

const COLORS = [...SERIES, ...CLASS_COLORS.filter((color) => !(SERIES as readonly string[]).includes(color))];

/**
 * Steps stand at equal distances, whatever their values: those of a sweep often go up by a factor. A legend where there
 * is more than one line.
 * @param steps names of the steps   @param lines at least one point in all
 */
export function lineChart(xLabel: string, steps: readonly string[], yLabel: string, lines: readonly Line[]): string {
  const [width, height] = [440, 260];
  const legend = lines.length > 1 ? 20 * lines.length : 0;
  const all = lines.flatMap((line) => line.points);
  const xAxis: Axis = { label: xLabel, ticks: steps.map((name, i) => [i, name]), low: -0.4, high: steps.length - 0.6 };
  const yAxis = axisOf(
    yLabel,
    all.flatMap(({ value, spread = 0 }) => [value - spread, value + spread]),
  );
  const { frame, x, y } = plane(width, height, xAxis, yAxis, legend);
  const parts = lines.flatMap(({ name, points }, l) => {
    const color = COLORS[l % COLORS.length]!;
    const path = points.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return [
      ...(legend === 0
        ? []
        : [
            `<line x1="${LEFT + 4}" x2="${LEFT + 24}" y1="${10 + 20 * l}" y2="${10 + 20 * l}" stroke="${color}" stroke-width="2"/><text x="${LEFT + 30}" y="${14 + 20 * l}">${escapeHtml(name)}</text>`,
          ]),
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...points.map(({ step, value, spread }) => {
        const bar =
          spread === undefined
            ? ''
            : `<line x1="${x(step).toFixed(1)}" x2="${x(step).toFixed(1)}" y1="${y(value - spread).toFixed(1)}" y2="${y(value + spread).toFixed(1)}" stroke="${color}"/>`;
        const title = `${name} ${steps[step]!}: ${Number(value.toFixed(4))}${spread === undefined ? '' : ` ± ${Number(spread.toFixed(4))}`}`;
        return `${bar}<circle cx="${x(step).toFixed(1)}" cy="${y(value).toFixed(1)}" r="4" fill="${color}"><title>${escapeHtml(title.trim())}</title></circle>`;
      }),
    ];
  });
  return svg(LEFT + width + 20, TOP + legend + height + BELOW, `${yLabel} against ${xLabel}`, [...frame, ...parts]);
}
