/** Whatever a folder of photos may hold, through the whole of `mien recognize` with the real networks. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RECIPES } from 'mienjs/recipes';
import { captureOutput } from 'mien-testkit';
import { exportModel } from 'mienjs/train';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

let folder: string;
/** A photo of three faces, 640 px wide. */
let photo: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-bad-'));
  // Untrained: what is tested here is which faces are found, not their expressions.
  await writeFile(join(folder, 'model.onnx'), exportModel(RECIPES[0]!, new Map()));
  photo = await sharp(join(demo, 'sample3.jpg')).resize(640).jpeg({ quality: 92 }).toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

interface Entry {
  file: string;
  width: number;
  height: number;
  faces: {
    box: { x: number; y: number; width: number; height: number };
    landmarks: [number, number][];
    expressions: Record<string, number>;
    top: string;
    confidence: number;
  }[];
  error?: string;
}

async function recognize(
  files: Readonly<Record<string, Uint8Array | string>>,
  ...options: string[]
): Promise<{ status: number; entries: Entry[]; stderr: string }> {
  const paths: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    paths.push(join(folder, name));
    await writeFile(paths.at(-1)!, content);
  }
  const { result, stdout, stderr } = await captureOutput(() =>
    main(['recognize', ...paths, '--model', join(folder, 'model.onnx'), '--json', ...options]),
  );
  return { status: result, entries: (JSON.parse(stdout) as { images: Entry[] }).images, stderr };
}

describe('files that are not sound photos', () => {
  it('gives each its line with its name, and recognises the rest: status 1', async () => {
    const png = await sharp(photo).png().toBuffer();
    const bad = {
      'text.jpg': 'not an image',
      'cut.jpg': photo.subarray(0, photo.length / 2),
      'cut.png': png.subarray(0, png.length / 2),
      'zero.jpg': '',
    };
    const { status, entries, stderr } = await recognize({ ...bad, 'good.jpg': photo });
    expect(status).toBe(1);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    Object.keys(bad).forEach((name, i) => {
      expect(lines[i]!.startsWith(`mien: ${join(folder, name)}: `)).toBe(true);
      expect(entries[i]).toEqual({
        file: join(folder, name),
        width: null,
        height: null,
        faces: [],
        error: lines[i]!.slice('mien: '.length),
      });
    });
    expect(lines[4]).toBe('mien: 4 of 5 inputs failed');
    expect(entries[4]!.faces).toHaveLength(3);
  });

  it('says that a photo shows no face: status 0', async () => {
    const plain = (width: number, height: number): Promise<Buffer> =>
      sharp({ create: { width, height, channels: 3, background: '#667788' } })
        .png()
        .toBuffer();
    const { status, entries, stderr } = await recognize({
      'one.png': await plain(1, 1),
      'plain.png': await plain(300, 200),
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(entries.map(({ width, height, faces, error }) => ({ width, height, faces, error }))).toEqual([
      { width: 1, height: 1, faces: [], error: undefined },
      { width: 300, height: 200, faces: [], error: undefined },
    ]);
  });
});

describe('unusual photos of the same three faces', () => {
  const forms: Record<string, (source: Sharp) => Promise<Buffer>> = {
    'cmyk.jpg': (s) => s.toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer(),
    '16-bit.png': (s) => s.toColourspace('rgb16').png().toBuffer(),
    'grey.png': (s) => s.greyscale().png().toBuffer(),
    'alpha.png': (s) => s.ensureAlpha(0.9).png().toBuffer(),
    'animated.gif': async () => {
      const { data, info } = await sharp(photo).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      return sharp(Buffer.concat([data, data.map((v, i) => (i % 4 === 3 ? v : 255 - v))]), {
        raw: { width: info.width, height: 2 * info.height, channels: 4, pageHeight: info.height },
      })
        .gif({ loop: 0, delay: [100, 100] })
        .toBuffer();
    },
    // Stored turned by 90°, with the tag that says so: displayed as the original.
    'turned.jpg': async (s) =>
      sharp(await s.rotate(-90).jpeg({ quality: 92 }).toBuffer())
        .withMetadata({ orientation: 6 })
        .jpeg({ quality: 92 })
        .toBuffer(),
  };

  it('finds them in each, at the places where they are displayed', async () => {
    const files: Record<string, Uint8Array> = { 'plain.jpg': photo };
    for (const [name, make] of Object.entries(forms)) files[name] = await make(sharp(photo));
    expect((await sharp(files['animated.gif']).metadata()).pages).toBe(2);
    expect((await sharp(files['cmyk.jpg']).metadata()).space).toBe('cmyk');
    expect((await sharp(files['16-bit.png']).metadata()).depth).toBe('ushort');
    expect((await sharp(files['turned.jpg']).metadata()).width).toBeLessThan(640);
    const { status, entries, stderr } = await recognize(files, '--annotated', join(folder, 'annotated'));
    expect([status, stderr]).toEqual([
      0,
      `${join(folder, 'animated.gif')}: has 2 frames, of which the first was read\n`,
    ]);
    const centers = (entry: Entry): number[][] =>
      entry.faces.map(({ box }) => [box.x + box.width / 2, box.y + box.height / 2]).sort((a, b) => a[0]! - b[0]!);
    const expected = centers(entries[0]!);
    expect(expected).toHaveLength(3);
    for (const entry of entries) {
      expect([entry.file, entry.width]).toEqual([entry.file, 640]);
      centers(entry).forEach((center, i) =>
        expect(Math.hypot(center[0]! - expected[i]![0]!, center[1]! - expected[i]![1]!)).toBeLessThan(5),
      );
      expect(entry.faces).toHaveLength(3);
      for (const face of entry.faces) {
        expect(face.landmarks).toHaveLength(68);
        expect(Object.values(face.expressions).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
        expect(face.expressions[face.top]).toBe(face.confidence);
      }
    }
    expect((await readdir(join(folder, 'annotated'))).sort()).toEqual([
      '16-bit.png',
      'alpha.png',
      'animated.png',
      'cmyk.jpg',
      'grey.png',
      'plain.jpg',
      'turned.jpg',
    ]);
  });
});

it('finds 30 faces in one photo', async () => {
  const cell = await sharp(join(demo, 'sample3.jpg')).resize(480).toBuffer();
  const { height } = await sharp(cell).metadata();
  const cells = Array.from({ length: 10 }, (_, i) => ({
    input: cell,
    left: (i % 5) * 480,
    top: Math.floor(i / 5) * height,
  }));
  const sheet = await sharp({ create: { width: 5 * 480, height: 2 * height, channels: 3, background: '#000' } })
    .composite(cells)
    .jpeg({ quality: 92 })
    .toBuffer();
  const { status, entries } = await recognize({ 'sheet.jpg': sheet });
  expect(status).toBe(0);
  expect(entries[0]!.faces).toHaveLength(30);
});

it('takes a photo of 12,000×9,000 pixels', { timeout: 600_000 }, async () => {
  const inset = await sharp(join(demo, 'sample3.jpg')).resize(2400).toBuffer();
  const huge = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: '#777' } })
    .composite([{ input: inset, left: 7_000, top: 5_000 }])
    .jpeg()
    .toBuffer();
  const { status, entries } = await recognize({ 'huge.jpg': huge });
  expect(status).toBe(0);
  expect(entries[0]).toMatchObject({ width: 12_000, height: 9_000 });
  expect(entries[0]!.faces).toHaveLength(3);
  for (const { box } of entries[0]!.faces) {
    expect(box.x).toBeGreaterThan(7_000);
    expect(box.y).toBeGreaterThan(5_000);
  }
});

it('keeps the same numbers from one run to the next', async () => {
  const run = async (): Promise<string> => {
    const out = join(folder, 'out.csv');
    await writeFile(join(folder, 'again.jpg'), photo);
    await captureOutput(() =>
      main([
        'recognize',
        join(folder, 'again.jpg'),
        '--model',
        join(folder, 'model.onnx'),
        '--format',
        'csv',
        '--out',
        out,
      ]),
    );
    return readFile(out, 'utf8');
  };
  expect(await run()).toBe(await run());
});
