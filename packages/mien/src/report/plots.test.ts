/** Axes and plots at the edges: one value, equal values, huge and tiny ones, names that could break the page. */
import { describe, expect, test } from 'vitest';
import { axisOf, histogram, scatter, stackedBars } from './plots.ts';

describe('axisOf', () => {
  test.each([
    [
      [0, 100],
      [0, 20, 40, 60, 80, 100],
    ],
    [
      [-0.8, 1.1],
      [-1, -0.5, 0, 0.5, 1, 1.5],
    ],
    [
      [3, 3, 3],
      [3, 4],
    ],
    [[0], [0, 0.2]],
    [
      [0.5, 0.5 + 2e-15],
      [0.4, 0.6],
    ],
    [
      [-1e6, -1e6 + 1e-5],
      [-1_000_000, -800_000],
    ],
    [
      [0.0011, 0.0019],
      [0.001, 0.0012, 0.0014, 0.0016, 0.0018, 0.002],
    ],
  ])('%j', (values, ticks) => {
    const axis = axisOf('x', values);
    expect(axis.ticks.map(([value]) => value)).toEqual(ticks);
    expect([axis.low, axis.high]).toEqual([ticks[0], ticks.at(-1)]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(axis.low);
    expect(Math.max(...values)).toBeLessThanOrEqual(axis.high);
    expect(histogram(values, axis, 'things')).not.toMatch(/NaN|Infinity/);
  });
});

/** Height in px of each bar. */
const heights = (svg: string): number[] =>
  [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));

test('histogram: bars are as tall as their counts, the largest value is in the last bin', () => {
  const svg = histogram([0, 0, 0, 5, 10], axisOf('x', [0, 10]), 'things', 10);
  // of 220 px for 3: 3, 1 and 1
  expect(heights(svg)).toEqual([220, 73.3, 73.3]);
  expect(histogram([2, 2], axisOf('x', [2, 2]), 'things')).not.toContain('NaN');
});

test('scatter and stacked bars escape names, and draw every point and share', () => {
  const axis = axisOf('a < b', [0, 1]);
  const dots = scatter(
    [
      { x: 0, y: 1, title: '<worker>', series: 0 },
      { x: 1, y: 0, title: 'w', series: 1 },
    ],
    axis,
    axis,
    ['one', 'two'],
  );
  expect(dots.match(/<circle/g)).toHaveLength(4); // two points and two in the legend
  expect(dots).toContain('&#60;worker&#62;');
  const bars = stackedBars(['<x>', 'y', 'z'], [{ label: 'first', shares: [0.75, 0.25, 0], note: 'n' }]);
  expect(bars).toContain('width="344.0"'); // 0.75 of 460 px, less the gap
  expect(bars.match(/height="24"/g)).toHaveLength(2);
  expect(bars).not.toMatch(/<x>/);
});
