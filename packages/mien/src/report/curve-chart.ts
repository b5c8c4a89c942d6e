/** Curves over a numeric axis, as SVG text; all sizes are px. */
import { escapeHtml, INK, SERIES, svg } from './charts.ts';
import { BELOW, LEFT, plane, TOP, type Axis } from './plots.ts';

export interface Curve {
  readonly name: string;
  /** Finite, in order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A point that stands out, with what it is. */
  readonly mark?: { readonly x: number; readonly y: number; readonly title: string };
}

/** A legend where there is more than one curve. */
export function curveChart(xAxis: Axis, yAxis: Axis, curves: readonly Curve[]): string {
  const [width, height] = [440, 260];
  const legend = curves.length > 1 ? 20 * curves.length : 0;
  const { frame, x, y } = plane(width, height, xAxis, yAxis, legend);
  const parts = curves.flatMap(({ name, points, mark }, c) => {
    const color = SERIES[c % SERIES.length]!;
    const dash = c < SERIES.length ? '' : ' stroke-dasharray="6 3"';
    return [
      ...(legend === 0
        ? []
        : [
            `<line x1="${LEFT + 4}" x2="${LEFT + 24}" y1="${10 + 20 * c}" y2="${10 + 20 * c}" stroke="${color}" stroke-width="2"${dash}/><text x="${LEFT + 30}" y="${14 + 20 * c}">${escapeHtml(name)}</text>`,
          ]),
      `<polyline points="${points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')}" fill="none" stroke="${color}" stroke-width="2"${dash}/>`,
      ...(mark
        ? [
            `<circle cx="${x(mark.x).toFixed(1)}" cy="${y(mark.y).toFixed(1)}" r="6" fill="#fff" stroke="${INK}" stroke-width="2"><title>${escapeHtml(mark.title)}</title></circle>`,
          ]
        : []),
    ];
  });
  return svg(LEFT + width + 20, TOP + legend + height + BELOW, `${yAxis.label} against ${xAxis.label}`, [
    ...frame,
    ...parts,
  ]);
}
