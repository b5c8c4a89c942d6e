/** Colours of the page: expressions that anyone can tell apart, and text that anyone can read. */
import { readFileSync } from 'node:fs';
import { EXPRESSIONS_8 } from 'mienjs/labels';
import { describe, expect, it } from 'vitest';
import { LOOKS } from './expressions.ts';

type Rgb = readonly [number, number, number];
type Scheme = 'light' | 'dark';

const tokens = readFileSync(new URL('./styles/tokens.css', import.meta.url), 'utf8');
/** Value of a custom property, or of an expression. */
function token(name: string, scheme: Scheme): Rgb {
  const [, light, dark] = new RegExp(`${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens)!;
  return rgb(scheme === 'light' ? light! : dark!);
}
const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Rgb;
const linear = (color: Rgb): Rgb =>
  color.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)) as unknown as Rgb;
const times = (m: readonly Rgb[], v: Rgb): Rgb =>
  m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Rgb;

/** WCAG 2.2: (L1 + 0.05) / (L2 + 0.05). */
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [a, b]
    .map((color) => {
      const [r, g, blue] = linear(color);
      return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
    })
    .sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira & Fernandes 2009, severity 1, in linear RGB. */
const VISION: Readonly<Record<string, readonly Rgb[]>> = {
  ordinary: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance in OKLab (Ottosson 2020), of colors as they are seen. */
function distance(a: Rgb, b: Rgb, vision: readonly Rgb[]): number {
  const lab = (color: Rgb): Rgb => {
    const seen = times(vision, linear(color)).map((v) => Math.max(0, v)) as unknown as Rgb;
    const lms = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      seen,
    ).map(Math.cbrt) as unknown as Rgb;
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      lms,
    );
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

describe.each(['light', 'dark'] as const)('the %s page', (scheme) => {
  it('has text with a contrast of 4.5 on whatever it stands on', () => {
    for (const ground of ['--paper', '--surface', '--sunken'])
      for (const text of ['--ink', '--muted', '--accent', '--warn'])
        expect(contrast(token(text, scheme), token(ground, scheme)), `${text} on ${ground}`).toBeGreaterThan(4.5);
    expect(contrast(token('--accent-ink', scheme), token('--accent', scheme))).toBeGreaterThan(4.5);
    expect(contrast(token('--warn', scheme), token('--warn-soft', scheme))).toBeGreaterThan(4.5);
    expect(contrast(token('--accent', scheme), token('--accent-soft', scheme))).toBeGreaterThan(4.5);
  });

  it.each(Object.entries(VISION))('has expressions that differ for %s eyes', (name, vision) => {
    const colors = EXPRESSIONS_8.map((expression) => [expression, rgb(LOOKS[expression][scheme])] as const);
    colors.forEach(([a, first], i) => {
      for (const [b, second] of colors.slice(i + 1))
        expect(distance(first, second, vision), `${a} and ${b}, ${name}`).toBeGreaterThan(0.08);
    });
  });

  it('has the same colours in styles and charts', () => {
    for (const expression of EXPRESSIONS_8) {
      const [, own] = new RegExp(`\\[data-expression='${expression}'\\] \\{([^}]*)\\}`).exec(tokens)!;
      const [, light, dark] = /light-dark\((#\w+), (#\w+)\)/.exec(own!)!;
      expect({ light, dark }).toMatchObject({ light: LOOKS[expression].light, dark: LOOKS[expression].dark });
    }
  });

  it('draws expressions so that they stand out', () => {
    for (const expression of EXPRESSIONS_8)
      expect(contrast(rgb(LOOKS[expression][scheme]), token('--surface', scheme)), `${expression}`).toBeGreaterThan(
        2.2,
      );
  });
});
