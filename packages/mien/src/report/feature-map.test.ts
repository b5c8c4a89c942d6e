import { describe, expect, it } from 'vitest';
import { renderFeatureMap, type MapSamples } from './feature-map.ts';

const purity = { features: 0.8, map: 0.75, chance: 1 / 3 };
/** 30 points on a 6×5 grid. */
const points = Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 6 : Math.floor((i >> 1) / 6)));
const samples: MapSamples = {
  classes: ['neutral', 'sad & <angry>', 'fear'],
  labels: Int32Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 2 : 0)),
  ids: Array.from({ length: 30 }, (_, i) => `<id ${i}>`),
};
const matches = (text: string, pattern: RegExp): string[] => text.match(pattern) ?? [];

describe('renderFeatureMap', () => {
  const html = renderFeatureMap('A "map"', samples, [
    { title: 'one', points, purity, notes: ['Drawn by hand.'] },
    { title: 'two', points, purity, notes: [] },
  ]);

  it('draws each sample on each panel in its class, and nothing of classes without samples', () => {
    expect(matches(html, /<circle /g)).toHaveLength(60);
    expect(matches(html, /<button [^>]*>.*?<\/button>/g).map((b) => b.replace(/<[^>]+>/g, ''))).toEqual([
      'neutral 20',
      'fear 10',
    ]);
    expect(html).toContain('<title>fear: &#60;id 3&#62;</title>');
    expect(html).not.toContain('<id ');
    expect(html).toContain(
      '75.0 % of the 10 nearest neighbours on the map have the same label, 80.0 % among the features; by chance 33.3 %.',
    );
    expect(html).not.toContain('sheet');
  });

  it('keeps proportions and lies within the panel', () => {
    const centers = matches(html, /cx="[\d.]+" cy="[\d.]+"/g)
      .slice(0, 30)
      .map((text) => matches(text, /[\d.]+/g).map(Number));
    const [xs, ys] = [0, 1].map((d) => centers.map((c) => c[d]!));
    expect([Math.min(...xs!), Math.max(...xs!)]).toEqual([24, 616]);
    expect(Math.max(...ys!) - Math.min(...ys!)).toBeCloseTo((592 * 4) / 5, 0);
  });

  it('shows pictures that do not cover each other, out of one sheet', () => {
    const withPictures = renderFeatureMap(
      'Map',
      { ...samples, thumbnails: { href: 'data:image/jpeg;base64,AAAA', columns: 6, width: 60, height: 50, side: 10 } },
      [{ title: 'one', points, purity, notes: [] }],
    );
    expect(matches(withPictures, /data:image/g)).toHaveLength(1);
    const cells = matches(withPictures, /data-cell="[^"]+"/g);
    expect(cells).toHaveLength(30);
    expect(cells).toContain('data-cell="20 10 10 10"'); // the ninth
    const corners = matches(withPictures, /<svg x="[\d.-]+" y="[\d.-]+"/g).map((text) =>
      matches(text, /[\d.]+/g).map(Number),
    );
    expect(corners.length).toBeGreaterThan(9);
    corners.forEach(([x, y], i) =>
      corners.slice(0, i).forEach(([u, v]) => expect(Math.hypot(x! - u!, y! - v!)).toBeGreaterThan(49)),
    );
  });
});
