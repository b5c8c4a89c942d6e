import { describe, expect, it } from 'vitest';
import { colorOf, divergingMap, sequentialMap } from './color-map.ts';
import { composeFigure, composeGrid, overlayHeatmap } from './heatmap.ts';
import { rawImage } from './raw-image.ts';

const flat = (width: number, height: number, value: number) =>
  rawImage(width, height, 1, new Uint8Array(width * height).fill(value));
const luma = ([r, g, b]: readonly [number, number, number]): number => 0.299 * r + 0.587 * g + 0.114 * b;

describe('colorOf', () => {
  it('gives the ends at and beyond the ends, and the mean between two entries', () => {
    expect(colorOf(0, sequentialMap)).toEqual([0, 0, 4]);
    expect(colorOf(7, sequentialMap)).toEqual([252, 255, 164]);
    expect(colorOf(-7, divergingMap)).toEqual([33, 102, 172]);
    expect(colorOf(0, divergingMap)).toEqual([247, 247, 247]);
    expect(colorOf(1 / 16, sequentialMap)).toEqual([15.5, 6, 38]);
  });

  it('lightness grows with the value, or from both ends to the middle', () => {
    for (let i = 0; i < 100; i++) {
      expect(luma(colorOf((i + 1) / 100, sequentialMap))).toBeGreaterThan(luma(colorOf(i / 100, sequentialMap)));
      expect(luma(colorOf(-(i + 1) / 100, divergingMap))).toBeLessThan(luma(colorOf(-i / 100, divergingMap)));
      expect(luma(colorOf((i + 1) / 100, divergingMap))).toBeLessThan(luma(colorOf(i / 100, divergingMap)));
    }
  });
});

describe('overlayHeatmap', () => {
  it('mixes grey and colour half and half', () => {
    const image = overlayHeatmap(flat(2, 2, 100), { width: 1, height: 1, values: [1] }, sequentialMap);
    expect([...image.data.slice(0, 3)]).toEqual([176, 178, 132]);
  });

  it('enlarges bilinearly with the outer edges on the edges of the image', () => {
    const { data } = overlayHeatmap(
      flat(4, 1, 0),
      { width: 2, height: 1, values: [0, 1] },
      {
        range: [0, 1],
        colors: [
          [0, 0, 0],
          [200, 200, 200],
        ],
      },
    );
    expect([0, 1, 2, 3].map((x) => data[x * 3])).toEqual([0, 25, 75, 100]);
  });

  it('leaves the image grey where there is no value', () => {
    const { data } = overlayHeatmap(flat(2, 1, 90), { width: 2, height: 1, values: [NaN, NaN] }, sequentialMap);
    expect([...data]).toEqual([90, 90, 90, 90, 90, 90]);
  });

  it('refuses values that do not fit the size', () => {
    expect(() => overlayHeatmap(flat(2, 2, 0), { width: 2, height: 2, values: [0] }, sequentialMap)).toThrow(
      'overlayHeatmap: map: 2×2 needs 4 values, got 1',
    );
  });
});

describe('composeFigure', () => {
  const legend = { colorMap: sequentialMap, title: 'importance', lowLabel: '0', highLabel: '1' };

  it('enlarges small chips, keeps their proportions, and makes room for captions and the legend', () => {
    const chip = flat(48, 48, 50);
    const bare = composeFigure([
      { image: chip, caption: 'original' },
      { image: chip, caption: 'map' },
    ]);
    expect(bare.width).toBeGreaterThan(2 * 320);
    expect(bare.height).toBeGreaterThan(320);
    expect(composeFigure([{ image: chip, caption: 'original' }], legend).height).toBeGreaterThan(bare.height);
    const at = (Math.floor(bare.height / 2) * bare.width + 200) * 3;
    expect([...bare.data.slice(at, at + 3)]).toEqual([50, 50, 50]);
  });

  it('keeps panels of at least 320 pixels at their own size', () => {
    const image = rawImage(
      400,
      330,
      1,
      Uint8Array.from({ length: 132_000 }, (_, i) => (i * 31) % 251),
    );
    const figure = composeFigure([{ image, caption: '' }]);
    const margin = (figure.width - 400) / 2;
    for (const [x, y] of [
      [0, 0],
      [399, 0],
      [17, 329],
    ] as const) {
      expect(figure.data[((y + margin) * figure.width + x + margin) * 3]).toBe(image.data[y * 400 + x]);
    }
  });

  it('is as wide as its longest text', () => {
    const narrow = flat(10, 400, 0);
    expect(
      composeFigure([{ image: narrow, caption: 'a caption that is wider than its panel' }], legend).width,
    ).toBeGreaterThan(300);
    expect(
      composeFigure([{ image: narrow, caption: '' }], { ...legend, title: 'a title that is wider than every panel' })
        .width,
    ).toBeGreaterThan(300);
  });

  it('refuses a figure of nothing', () => {
    expect(() => composeFigure([])).toThrow('composeFigure: panels: expected at least one, got none');
  });
});

describe('composeGrid', () => {
  const panel = (value: number): { image: ReturnType<typeof rawImage>; caption: string } => ({
    image: rawImage(2, 2, 1, new Uint8Array(4).fill(value)),
    caption: 'x',
  });

  it('puts panels into rows, and a legend below', () => {
    const grid = composeGrid([panel(10), panel(20), panel(30)], 2, undefined, 60);
    const at = (x: number, y: number): number => grid.data[3 * (y * grid.width + x)]!;
    // A cell is 60 px wide, and 12 px part cells from one another and from the edge
    expect([at(40, 40), at(112, 40)]).toEqual([10, 20]);
    const below = [...Array(grid.height).keys()].find((y) => at(40, y) === 30);
    expect(below).toBeGreaterThan(72);
    expect(at(112, below! + 20)).toBe(255);
    const single = composeGrid([panel(10)], 4, undefined, 60);
    expect(single.width).toBe(84);
    expect(() => composeGrid([], 2)).toThrow('composeGrid: panels: expected at least one, got none');
  });
});
