/** What formats say of frames of videos; that of photos is under test with `mien recognize`. */
import { describe, expect, it } from 'vitest';
import { splitRow } from './csv-row.ts';
import { ESTIMATED_UNITS } from '../animate/index.ts';
import { recognitionSchema } from './document.ts';
import { FORMAT_NAMES, FORMATS, type FormatName, type ResultFormat, UNIT_FORMATS } from './formats.ts';
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

const inFormat = (format: ResultFormat, images: readonly ImageResult[]): string =>
  [format.begin('stub'), ...images.map((image, i) => format.image(image, i)), format.end()].join('');
const written = (name: FormatName): string => inFormat(FORMATS[name], FRAMES);
/** The rows of a table as records. */
function records(name: FormatName, text = written(name)): Record<string, string>[] {
  const [header, ...rows] = text
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

describe('action units', () => {
  // Of each its own number; present where it is at least 2
  const actionUnits = ESTIMATED_UNITS.map((unit) => ({ unit, intensity: unit / 10 + 0.004, present: unit >= 20 }));
  const images: readonly ImageResult[] = [
    { file: 'a.jpg', width: 40, height: 30, faces: [{ ...FACE, actionUnits }] },
    { file: 'b.jpg', width: 40, height: 30, faces: [] },
  ];
  const text = (name: FormatName): string => inFormat(UNIT_FORMATS[name], images);
  const header = (written: string): string[] => splitRow(written.split('\n')[0]!)!;

  it.each(['csv', 'openface', 'pyfeat'] as const)('%s: columns after all others, which say what they are', (name) => {
    const [plain, withUnits] = [header(written(name)), header(text(name))];
    expect(withUnits.slice(0, plain.length)).toEqual(plain);
    expect(withUnits.at(-1)).toBe('action_units');
    // Readers of these tables take every column with "AU" in its name for a unit
    expect(withUnits.filter((column) => column.includes('AU'))).toEqual(withUnits.slice(plain.length, -1));
    const [face, none] = records(name, text(name));
    expect(face!['action_units']).toBe('mesh estimate');
    expect(withUnits.slice(plain.length).map((column) => none![column])).toEqual(
      withUnits.slice(plain.length).map(() => ''),
    );
  });

  it('csv and openface: intensity 0 to 5 and presence; closed eyes are AU45 of OpenFace', () => {
    const [csv] = records('csv', text('csv'));
    expect(csv).toMatchObject({ AU12_r: '1.2', AU12_c: '0', AU43_r: '4.3', AU43_c: '1' });
    const [openface] = records('openface', text('openface'));
    expect(openface).toMatchObject({ AU12_r: '1.2', AU12_c: '0', AU45_r: '4.3', AU45_c: '1' });
    expect(openface).not.toHaveProperty('AU43_r');
  });

  it('pyfeat: intensity as 0 to 1', () => {
    expect(records('pyfeat', text('pyfeat'))[0]).toMatchObject({ AU12: '0.241', AU43: '0.861' });
  });

  it('json: what the schema describes', () => {
    const document: unknown = JSON.parse(text('json'));
    expect(document).toMatchObject({ images: [{ faces: [{ actionUnits: { source: 'mesh estimate' } }] }, {}] });
    const [face] = recognitionSchema.parse(document).images[0]!.faces;
    expect(face!.actionUnits!.intensity).toMatchObject({ AU12: 1.2, AU43: 4.3 });
    expect(face!.actionUnits!.present).toEqual(ESTIMATED_UNITS.filter((unit) => unit >= 20).map((unit) => `AU${unit}`));
  });

  it('table: those that are present, below the face', () => {
    expect(text('table')).toMatch(/AU43 4\.3 \(mesh estimate\)\n/);
    expect(text('table')).not.toContain('AU12');
  });

  it('are in no format where they were not asked for', () => {
    for (const name of FORMAT_NAMES) expect(written(name)).not.toMatch(/AU\d|actionUnits|action_units/);
  });

  it.each(['json', 'jsonl'] as const)('%s: results without them are made again, and the other way round', (name) => {
    const line = (written: string): string => written.split('\n').find((one) => one.includes('"faces":[{'))!;
    const ok = (format: ResultFormat, written: string) => format.earlier!.entry(line(written), 3);
    expect(ok(UNIT_FORMATS[name], text(name))).toMatchObject({ ok: true });
    expect(ok(FORMATS[name], text(name))).toMatchObject({ ok: false });
    expect(ok(UNIT_FORMATS[name], written(name))).toMatchObject({ ok: false });
    expect(ok(FORMATS[name], written(name))).toMatchObject({ ok: true });
  });
});
