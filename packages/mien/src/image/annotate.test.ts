import { describe, expect, it } from 'vitest';
import { annotateFaces, type FaceAnnotation } from './annotate.ts';
import { type BoxXYWH, rawImage } from './raw-image.ts';

const lines = ['happiness 92%', 'surprise 5%'];
const gray = (width: number, height: number) =>
  rawImage(width, height, 3, new Uint8Array(width * height * 3).fill(128));

/** How many pixels of a box, less a margin for its outline, the drawing changed. */
function changedInside(
  faces: readonly FaceAnnotation[],
  width: number,
  height: number,
  box: BoxXYWH,
  margin: number,
): number {
  const { data } = annotateFaces(gray(width, height), faces);
  let changed = 0;
  for (let y = Math.ceil(box.y + margin); y < box.y + box.height - margin; y++) {
    for (let x = Math.ceil(box.x + margin); x < box.x + box.width - margin; x++) {
      if (x >= 0 && y >= 0 && x < width && y < height && data[(y * width + x) * 3] !== 128) changed++;
    }
  }
  return changed;
}

describe('annotateFaces', () => {
  it('leaves the photo as it is, and a photo without faces the same', () => {
    const photo = gray(50, 40);
    expect(annotateFaces(photo, [])).toEqual(photo);
    annotateFaces(photo, [{ box: { x: 5, y: 5, width: 20, height: 20 }, lines }]);
    expect(photo.data.every((v) => v === 128)).toBe(true);
  });

  it('draws box and landmarks where they are', () => {
    const { data } = annotateFaces(gray(200, 160), [
      { box: { x: 60, y: 60, width: 60, height: 60 }, landmarks: [[90.5, 90.5]], lines: [] },
    ]);
    const red = (x: number, y: number) => data[(y * 200 + x) * 3];
    expect(red(90, 90)).toBeGreaterThan(200);
    expect(red(60, 90)).toBeGreaterThan(200);
    expect(red(100, 100)).toBe(128);
    expect(red(20, 20)).toBe(128);
  });

  it.each([
    ['top left', { x: 0, y: 0, width: 120, height: 120 }],
    ['bottom right', { x: 520, y: 360, width: 120, height: 120 }],
    ['beyond the edge', { x: -40, y: 400, width: 120, height: 120 }],
  ] as const)('a label at the %s stays off its own face', (_, box) => {
    expect(changedInside([{ box, lines }], 640, 480, box, 4)).toBe(0);
  });

  it('labels of faces in a row stay off the neighbours', () => {
    const faces = [0, 1, 2, 3].map((i): FaceAnnotation => ({
      box: { x: 20 + i * 150, y: 180, width: 140, height: 150 },
      lines,
    }));
    for (const { box } of faces) expect(changedInside(faces, 640, 480, box, 4)).toBe(0);
  });

  it('labels of faces one above the other stay off both', () => {
    const faces = [20, 240].map((y): FaceAnnotation => ({ box: { x: 250, y, width: 180, height: 210 }, lines }));
    for (const { box } of faces) expect(changedInside(faces, 640, 480, box, 4)).toBe(0);
  });

  it.each([
    [1, 1],
    [8, 200],
    [48, 48],
    [200, 8],
  ])('draws on %i×%i without leaving it', (width, height) => {
    const image = annotateFaces(gray(width, height), [
      {
        box: { x: 0, y: 0, width, height },
        lines,
        landmarks: [
          [0, 0],
          [500, -3],
        ],
      },
    ]);
    expect([image.width, image.height, image.data.length]).toEqual([width, height, width * height * 3]);
  });
});
