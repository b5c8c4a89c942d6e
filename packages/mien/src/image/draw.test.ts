import { describe, expect, it } from 'vitest';
import { Canvas, textHeight, textWidth } from './draw.ts';
import { type RawImage, rawImage } from './raw-image.ts';
import { fontCharacters, layOutText, LINE_HEIGHT_UNITS } from './stroke-font.ts';

const black = [0, 0, 0] as const;
const white = [255, 255, 255] as const;
const red = [200, 0, 0] as const;
const pixel = ({ data, width }: RawImage, x: number, y: number): number[] => [
  ...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const inkOf = (image: RawImage): number => image.data.reduce((sum, v) => sum + v, 0) / 3 / 255;

describe('Canvas', () => {
  it('draws on a copy', () => {
    const image = rawImage(2, 1, 3, new Uint8Array(6));
    const canvas = new Canvas(image);
    canvas.fillRectangle({ x: 0, y: 0, width: 2, height: 1 }, white);
    expect(image.data.every((v) => v === 0)).toBe(true);
    const drawn = canvas.toImage();
    canvas.fillRectangle({ x: 0, y: 0, width: 2, height: 1 }, black);
    expect([...drawn.data]).toEqual([255, 255, 255, 255, 255, 255]);
  });

  it('turns grey into RGB', () => {
    expect(pixel(new Canvas(rawImage(1, 1, 1, Uint8Array.from([7]))).toImage(), 0, 0)).toEqual([7, 7, 7]);
  });

  it('fills whole pixels, cut at the edges, and mixes by opacity', () => {
    const canvas = Canvas.blank(4, 3, black);
    canvas.fillRectangle({ x: 2, y: -5, width: 90, height: 7 }, red, 0.5);
    const image = canvas.toImage();
    expect([1, 2, 3].map((x) => pixel(image, x, 1)[0])).toEqual([0, 100, 100]);
    expect(pixel(image, 2, 2)).toEqual([0, 0, 0]);
  });

  it('outlines a box without touching its inside or painting a corner twice', () => {
    const canvas = Canvas.blank(10, 10, black);
    canvas.strokeRectangle({ x: 2, y: 2, width: 6, height: 5 }, 2, white);
    const image = canvas.toImage();
    expect(inkOf(image)).toBe(8 * 7 - 4 * 3);
    expect(pixel(image, 1, 1)).toEqual([255, 255, 255]);
    expect(pixel(image, 3, 3)).toEqual([0, 0, 0]);
  });

  it('a disc covers its area', () => {
    const canvas = Canvas.blank(40, 40, black);
    canvas.disc([20.3, 19.6], 9, white);
    expect(inkOf(canvas.toImage()) / (Math.PI * 81)).toBeCloseTo(1, 2);
  });

  it('a line covers length × width and its round ends', () => {
    const canvas = Canvas.blank(60, 50, black);
    canvas.line([10, 10], [40, 34], 5, white);
    expect(inkOf(canvas.toImage()) / (Math.hypot(30, 24) * 5 + Math.PI * 6.25)).toBeCloseTo(1, 1);
  });

  it('draws nothing for what lies outside', () => {
    const canvas = Canvas.blank(5, 5, black);
    canvas.line([-30, -9], [-2, -20], 3, white);
    canvas.disc([100, 100], 4, white);
    canvas.text('out', [50, 2], 10, white);
    expect(inkOf(canvas.toImage())).toBe(0);
  });

  it('pastes an image, cut at the right and at the bottom', () => {
    const canvas = Canvas.blank(3, 3, black);
    canvas.paste(rawImage(2, 2, 1, Uint8Array.from([1, 2, 3, 4])), 2, 2);
    expect(pixel(canvas.toImage(), 2, 2)).toEqual([1, 1, 1]);
    expect(inkOf(canvas.toImage())).toBeCloseTo(1 / 255);
  });
});

describe('text', () => {
  it('has every printable ASCII character', () => {
    for (let code = 32; code < 127; code++)
      expect(fontCharacters, String.fromCharCode(code)).toContain(String.fromCharCode(code));
  });

  it('every glyph lies on the grid, and no two look the same', () => {
    const seen = new Map<string, string>();
    for (const character of fontCharacters.filter((c) => c !== ' ')) {
      const { strokes } = layOutText(character);
      for (const [x, y] of strokes.flatMap(({ points }) => points)) {
        expect(x >= 0 && x <= 5 && y >= 0 && y <= LINE_HEIGHT_UNITS, `${character}: ${x},${y}`).toBe(true);
      }
      const shape = JSON.stringify(strokes);
      expect(seen.get(shape), character).toBeUndefined();
      seen.set(shape, character);
    }
  });

  it('stays within its stated width and height', () => {
    for (const capHeight of [7, 20, 61]) {
      const canvas = Canvas.blank(700, 100, black);
      canvas.text('gjpqy 92%', [10, 10], capHeight, white);
      const image = canvas.toImage();
      const lit = Array.from({ length: 700 * 100 }, (_, i) => i).filter((i) => image.data[i * 3]! > 0);
      const columns = lit.map((i) => i % 700);
      const rows = lit.map((i) => Math.floor(i / 700));
      expect(Math.min(...columns)).toBeGreaterThanOrEqual(9);
      expect(Math.max(...columns)).toBeLessThanOrEqual(10 + textWidth('gjpqy 92%', capHeight) + 1);
      expect(Math.max(...rows)).toBeLessThanOrEqual(10 + textHeight(capHeight) + 0.1 * capHeight + 1);
    }
  });

  it('drops accents and draws a box for what it lacks', () => {
    expect(layOutText('é')).toEqual(layOutText('e'));
    expect(layOutText('怒').strokes[0]!.points).toHaveLength(5);
    expect(layOutText('')).toEqual({ strokes: [], widthUnits: 0 });
  });
});
