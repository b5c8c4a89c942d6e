/** The search with a cascade, against OpenCV's on drawn faces, and what is said of files that are no cascades. */
import { describe, expect, it } from 'vitest';
import { readGolden } from 'mien-testkit';
import { rawImage } from '../../image/index.ts';
import { parseCascade } from './cascade.ts';
import { HaarDetector, type HaarOptions } from './haar-detector.ts';
import { groupBoxes } from './group-boxes.ts';

interface Case extends Required<HaarOptions> {
  readonly width: number;
  readonly height: number;
  /** Null: those of the case before. */
  readonly pixels: readonly number[] | null;
  /** x, y, width, height, windows that agree. */
  readonly boxes: readonly (readonly number[])[];
}

const golden = await readGolden(new URL('./golden/haar.golden.json', import.meta.url));
const text = golden.document['cascade'] as string;
const cases = golden.document['cases'] as readonly Case[];

const detectorOf = (options: HaarOptions): HaarDetector => new HaarDetector(parseCascade(text, 'cascade'), options);

describe('a cascade with trees and tilted features', () => {
  it('finds the boxes that OpenCV finds, and as many windows for each', () => {
    expect(cases.reduce((sum, { boxes }) => sum + boxes.length, 0)).toBeGreaterThan(50);
    let pixels: readonly number[] = [];
    for (const { boxes, width, height, ...rest } of cases) {
      pixels = rest.pixels ?? pixels;
      const found = detectorOf(rest)
        .detectBoxes(rawImage(width, height, 1, Uint8Array.from(pixels)))
        .map(({ box, count }) => [box.x, box.y, box.width, box.height, count]);
      const sorted = (list: readonly (readonly number[])[]): string[] => list.map((box) => box.join()).sort();
      expect(sorted(found)).toEqual(sorted(boxes));
    }
  });

  it('gives detections with eyes above the mouth, the surest first; none on an even ground, none where the window is larger', async () => {
    const { width, height, pixels } = cases[0]!;
    const detector = detectorOf({});
    const found = await detector.detect(rawImage(width, height, 1, Uint8Array.from(pixels!)));
    expect(found.length).toBeGreaterThan(1);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
    for (const { box, keypoints, score } of found) {
      expect(score).toBeGreaterThan(0.5);
      expect(score).toBeLessThan(1);
      expect(keypoints[0][0]).toBeLessThan(keypoints[1][0]);
      expect(keypoints[0][1]).toBeLessThan(keypoints[3][1]);
      expect(keypoints[3][1]).toBeLessThan(box.y + box.height);
    }
    expect(detector.detectBoxes(rawImage(60, 60, 1, new Uint8Array(3600).fill(90)))).toEqual([]);
    expect(detector.detectBoxes(rawImage(12, 40, 1, new Uint8Array(480)))).toEqual([]);
  });
});

it('joins boxes that others link, and drops a group within a larger one', () => {
  const box = (x: number, side = 40): { x: number; y: number; width: number; height: number } => ({
    x,
    y: 0,
    width: side,
    height: side,
  });
  expect(groupBoxes([box(0), box(7), box(14), box(100)], 2)).toEqual([{ box: box(7), count: 3 }]);
  const inner = { x: 10, y: 10, width: 12, height: 12 };
  const outer = Array.from({ length: 5 }, () => box(0));
  expect(groupBoxes([...outer, inner, inner], 2)).toEqual([{ box: box(0), count: 5 }]);
});

describe('bad input', () => {
  it.each<[string, string, RegExp]>([
    ['no XML', 'cascade', /^c\.xml:1: is not well-formed XML/],
    ['other XML', '<a><b>1</b></a>', /^c\.xml: is not a cascade of OpenCV: it has no element <cascade>$/],
    [
      'the old form',
      '<opencv_storage><face type_id="opencv-haar-classifier"><size>20 20</size></face></opencv_storage>',
      /^c\.xml: is a cascade of the form before OpenCV 2\.4, which is not read$/,
    ],
    ['other features', text.replace('HAAR', 'LBP'), /^c\.xml: is a cascade of features LBP, expected HAAR$/],
    [
      'no stages',
      text.replace(/<stages>.*<\/stages>/, '<stages></stages>'),
      /expected stages and features, got 0 and 5$/,
    ],
    [
      'a rectangle beyond the window',
      text.replace('1 4 14 6 -1.', '1 4 16 6 -1.'),
      /^c\.xml: feature 0: expected a rectangle within 16×16/,
    ],
    [
      'a feature that is not there',
      text.replace('0 -1 0 -0.02', '0 -1 9 -0.02'),
      /^c\.xml: stage 0, classifier 0: its nodes lead to/,
    ],
    [
      'nodes in a circle',
      text.replace('1 0 3 0.05 -1 -2 4 0.06', '1 0 3 0.05 1 -2 4 0.06'),
      /stage 2, classifier 0: its nodes lead to/,
    ],
    [
      'letters',
      text.replace('<stageThreshold>0.5', '<stageThreshold>x'),
      /^c\.xml: stage 0, threshold: expected numbers, got "x"$/,
    ],
  ])('%s', (_name, xml, message) => {
    expect(() => parseCascade(xml, 'c.xml')).toThrow(message);
  });

  it.each<[HaarOptions, string]>([
    [{ scaleFactor: 1 }, 'scaleFactor'],
    [{ minNeighbors: 0 }, 'minNeighbors'],
    [{ minSize: -1 }, 'minSize'],
  ])('options %j', (options, name) => {
    expect(() => detectorOf(options)).toThrow(`${name}: expected`);
  });
});

it('adds up images whose sums leave int32', () => {
  const { width, height, pixels, ...options } = cases[0]!;
  const detector = new HaarDetector(parseCascade(text, 'cascade'), { ...options, minSize: 30 });
  // White but for a gray corner with the picture in it: 9.2 million pixels
  const [side, corner] = [3040, 200];
  const at = side - corner;
  const [gray, large] = [rawImage(corner, corner, 1, new Uint8Array(corner ** 2).fill(100)), new Uint8Array(side ** 2)];
  for (let y = 0; y < height; y++) gray.data.set(pixels!.slice(y * width, (y + 1) * width), (y + 40) * corner + 40);
  large.fill(255);
  for (let y = 0; y < corner; y++) large.set(gray.data.subarray(y * corner, (y + 1) * corner), (at + y) * side + at);
  const [best] = detector.detectBoxes(gray).sort((a, b) => b.count - a.count);
  const near = detector
    .detectBoxes(rawImage(side, side, 1, large))
    .filter(({ box: { x, y } }) => Math.abs(x - at - best!.box.x) < 4 && Math.abs(y - at - best!.box.y) < 4);
  expect(best!.count).toBeGreaterThan(20);
  expect(near.map(({ count }) => count > best!.count / 2)).toContain(true);
});
