/** The reliability diagram of an evaluation report, as SVG; all sizes are px. */
import { FAINT, INK, SERIES, svg } from '../report/index.ts';
import type { ReliabilityBin } from '../metrics/reliability.ts';

/**
 * Accuracy against confidence for each bin, the diagonal of perfect calibration, and beneath the images of each bin.
 */
export function reliabilityDiagram(bins: readonly ReliabilityBin[]): string {
  const [side, left, top, histogram] = [320, 50, 10, 60];
  const x = (value: number): number => left + value * side;
  const y = (value: number): number => top + (1 - value) * side;
  const base = top + side + 14 + histogram;
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const parts: string[] = [
    `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="${FAINT}"/>`,
  ];
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
    parts.push(
      `<text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${100 * tick}</text><text x="${x(tick)}" y="${base + 16}" text-anchor="middle">${100 * tick}</text>`,
    );
  }
  parts.push(
    `<text x="${left + side / 2}" y="${base + 34}" text-anchor="middle">confidence, %</text>`,
    `<text transform="translate(14 ${top + side / 2}) rotate(-90)" text-anchor="middle">accuracy, %</text>`,
    `<text x="${left - 6}" y="${base}" text-anchor="end" class="small">images</text>`,
  );
  return svg(left + side + 20, base + 42, 'Reliability diagram', parts);
}
