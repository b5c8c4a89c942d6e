/** What formats say of frames of videos; that of photos is under test with `mien recognize`. */
import { describe, expect, it } from 'vitest';
import { splitRow } from './csv-row.ts';
import { FORMAT_NAMES, FORMATS, type FormatName } from './formats.ts';
import type { FaceResult, ImageResult } from './result.ts';

const FACE: FaceResult = {
  id: 7,
  box: { x: 4, y: 3, width: 20, height: 22 },
  score: 0.9,
  landmarks: Array.from({ length: 68 }, (_, k) => [k, k] as const),
  pose: { yawDeg: 10, pitchDeg: -20, rollDeg: 30 },
  expressions: { neutral: 0.3, happiness: 0.7 },
  top: 'happiness',
  confidence: 0.7,
  uncertain: false,
  quality: { size: 21, sharpness: 0.5, yawDeg: 10, presence: 0.9, cut: 0 },
};
const FRAMES: readonly ImageResult[] = [
  { file: 'clip.mp4', timeSec: 1.23456, width: 40, height: 30, faces: [FACE] },
  { file: 'clip.mp4', timeSec: 1.5, width: 40, height: 30, faces: [] },
];

const written = (name: FormatName): string => {
  const format = FORMATS[name];
  return [format.begin('stub'), ...FRAMES.map((frame, i) => format.image(frame, i)), format.end()].join('');
};
/** The rows of a table as records. */
function records(name: FormatName): Record<string, string>[] {
  const [header, ...rows] = written(name)
    .trimEnd()
    .split('\n')
    .map((line) => splitRow(line)!);
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [header![i]!, cell])));
}

describe('frames of a video', () => {
  it('state their time and the number of the face that is followed', () => {
    expect(JSON.parse(written('json'))).toMatchObject({
      images: [
        { time: 1.235, faces: [{ id: 7 }] },
        { time: 1.5, faces: [] },
      ],
    });
    expect(records('csv').map((row) => row['face_id'])).toEqual(['7', '']);
    expect(records('openface').map((row) => [row['frame'], row['face_id'], row['timestamp']])).toEqual([
      ['1', '7', '1.235'],
      ['2', '0', '1.5'],
    ]);
    expect(records('pyfeat').map((row) => [row['frame'], row['approx_time']])).toEqual([
      ['0', '1.235'],
      ['1', '1.5'],
    ]);
  });

  it('add nothing to photos', () => {
    const { timeSec: _, ...photo } = FRAMES[1]!;
    for (const name of FORMAT_NAMES) expect(FORMATS[name].image(photo, 0)).not.toMatch(/time"|"id"/);
  });
});
