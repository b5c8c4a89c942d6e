/**
 * Robustness as a row of small charts, one a kind of change, all with the same scale; as HTML text, all sizes are px.
 */
import { escapeHtml, FAINT, INK, percent, SERIES, svg } from '../../report/index.ts';
import { nameOfBin } from './describe.ts';
import type { MeasuredChange, Robustness } from './measure.ts';
import type { YawBin } from './yaw.ts';

const [WIDTH, HEIGHT, LEFT, TOP, BELOW] = [240, 120, 32, 8, 22];

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly title: string;
}

/** Accuracy at each strength; the dashed line is the accuracy without any change. */
export function robustnessPlot({ accuracy, changes, yaw }: Robustness): string {
  const panels = changes.map((change) => panel(change.kind, change.what, barsOf(change), accuracy));
  const turned = yaw
    ? [panel('yaw', 'how far the head is turned to a side, by the mesh; images as they are', yawBars(yaw), accuracy)]
    : [];
  return `<div class="panels">${[...panels, ...turned].join('')}</div>`;
}

const barsOf = ({ figures }: MeasuredChange): Bar[] =>
  figures.map(({ strength, accuracy, interval: [low, high] }) => ({
    label: String(strength).replace(' half', ''),
    value: accuracy,
    title: `${strength}: ${percent(accuracy)} % (${percent(low)} to ${percent(high)})`,
  }));

const yawBars = (bins: readonly YawBin[]): Bar[] =>
  bins
    .filter(({ n }) => n > 0)
    .map((bin) => ({
      label: bin.low === null ? 'none' : `${bin.low}°`,
      value: bin.accuracy,
      title: `${nameOfBin(bin)}: ${percent(bin.accuracy)} % of ${bin.n} images`,
    }));

function panel(name: string, what: string, bars: readonly Bar[], base: number): string {
  const y = (value: number): number => TOP + HEIGHT * (1 - value);
  const step = (WIDTH - LEFT - 6) / bars.length;
  const parts = [
    ...[0, 0.5, 1].map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - 6}" y1="${y(tick)}" y2="${y(tick)}" stroke="${FAINT}" stroke-width="0.6"/><text x="${LEFT - 5}" y="${y(tick) + 4}" text-anchor="end" class="small">${100 * tick}</text>`,
    ),
    ...bars.flatMap(({ label, value, title }, i) => {
      const x = LEFT + i * step;
      return [
        `<rect x="${(x + 0.12 * step).toFixed(1)}" y="${y(value).toFixed(1)}" width="${(0.76 * step).toFixed(1)}" height="${(HEIGHT * value).toFixed(1)}" fill="${SERIES[0]}"><title>${escapeHtml(title)}</title></rect>`,
        `<text x="${(x + step / 2).toFixed(1)}" y="${TOP + HEIGHT + 15}" text-anchor="middle" class="small">${escapeHtml(label)}</text>`,
        `<text x="${(x + step / 2).toFixed(1)}" y="${(y(value) + 12).toFixed(1)}" text-anchor="middle" class="inbar">${Math.round(100 * value)}</text>`,
      ];
    }),
    `<line x1="${LEFT}" x2="${WIDTH - 6}" y1="${y(base).toFixed(1)}" y2="${y(base).toFixed(1)}" stroke="${INK}" stroke-dasharray="4 3"/>`,
  ];
  return `<figure><figcaption><strong>${escapeHtml(name)}</strong> ${escapeHtml(what)}</figcaption>${svg(WIDTH, TOP + HEIGHT + BELOW, `Accuracy in % by ${name}`, parts)}</figure>`;
}
