/** Robustness as text: a line for each kind of change. */
import { percentCell } from '../../report/index.ts';
import type { Robustness } from './measure.ts';
import type { YawBin } from './yaw.ts';

/** `20°–30°`; `no mesh found` */
export const nameOfBin = ({ low, high }: Pick<YawBin, 'low' | 'high'>): string =>
  low === null || high === null ? 'no mesh found' : `${low}°–${high}°`;

/** Accuracy at each strength in %, for a terminal. */
export function describeRobustness({ n, of, accuracy, changes, yaw }: Robustness): string {
  const rows = changes.map(
    ({ kind, figures }) =>
      [kind, figures.map(({ strength, accuracy: a }) => `${strength}: ${percentCell(a)}`)] as const,
  );
  const turned = yaw
    ? [['yaw', yaw.map((bin) => `${nameOfBin(bin)}: ${percentCell(bin.accuracy)} of ${bin.n}`)] as const]
    : [];
  return [
    `accuracy under changes, ${n === of ? `all ${n}` : `${n} of the ${of}`} images; without any ${percentCell(accuracy)} %`,
    ...[...rows, ...turned].map(([kind, cells]) => `${kind.padEnd(12)}${cells.join('  ')}`),
    ...changes.map(({ kind, what }) => `  ${kind}: ${what}`),
    '',
  ].join('\n');
}
