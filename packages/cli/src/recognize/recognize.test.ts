/**
 * `mien recognize` around a recognizer that finds one made-up face in every photo wider than 20 px: inputs, outputs,
 * failures.
 */
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage, type FacePrediction, type RawImage } from 'mienjs';
import { CSV_COLUMNS, OPENFACE_COLUMNS, PYFEAT_COLUMNS } from 'mienjs/results';
import { CharacterModel, peopleOf, render, type UnitIntensities } from 'mienjs/synth';
import { findFaces } from 'mienjs/face';
import { npmFaceNetworks } from 'mienjs/face/node';
import type { Point3 } from 'mienjs/image';
import { runMain, type Run, withFiles } from 'mien-testkit';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../main.ts';

const FACE: FacePrediction = {
  box: { x: 4, y: 3, width: 20.123, height: 22 },
  score: 0.9,
  landmarks: Array.from({ length: 68 }, (_, k) => [k / 4, k / 8] as const),
  pose: { yawDeg: 10, pitchDeg: -20, rollDeg: 30 },
  expressions: { neutral: 0.25, happiness: 0.7, surprise: 0.05 },
  top: 'happiness',
  confidence: 0.7,
  uncertain: false,
  quality: { size: 21, sharpness: 0.512, yawDeg: 10, presence: 0.987654, cut: 0.25 },
};

vi.mock('mienjs', async (original) => ({
  ...(await original<typeof import('mienjs')>()),
  createRecognizer: () =>
    Promise.resolve({
      model: 'stub',
      classes: ['neutral', 'happiness'],
      recognize: (image: RawImage) =>
        image.width === 13
          ? Promise.reject(new TypeError('broken'))
          : Promise.resolve({ faces: image.width > 20 ? [FACE] : [] }),
      // For --action-units: a mesh for each photo, of which the second smiles
      findFaces: (image: RawImage) =>
        Promise.resolve(image.width > 20 ? [{ mesh: { points: image.width > 40 ? smile : rest } }] : []),
      predictFaces: (_: RawImage, faces: readonly unknown[]) => Promise.resolve(faces.map(() => FACE)),
      release: () => Promise.resolve(),
    }),
}));

/** Meshes of a drawn person. */
let [rest, smile]: (readonly Point3[])[] = [];
beforeAll(async () => {
  const [detector, mesher] = await Promise.all([npmFaceNetworks.detector(), npmFaceNetworks.mesher()]);
  const model = new CharacterModel(peopleOf(70, 1).at(-1)!);
  const meshOf = async (units: UnitIntensities): Promise<readonly Point3[]> => {
    const [face] = await findFaces(render(model, { units }, { width: 256, height: 256 }).image, detector, mesher);
    return face!.mesh.points;
  };
  [rest, smile] = await Promise.all([meshOf({}), meshOf({ 12: 1 })]);
});

const picture = (width: number, height = 30): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#8090a0' } })
    .jpeg()
    .toBuffer();
let [photo, faceless, unlucky]: Uint8Array[] = [];
beforeAll(async () => {
  [photo, faceless, unlucky] = await Promise.all([picture(40), picture(10), picture(13)]);
});

const recognize = (...args: string[]): Promise<Run> => runMain(main, ['recognize', ...args]);

interface Document {
  model: string;
  images: {
    file: string;
    width: number | null;
    height: number | null;
    faces: Record<string, unknown>[];
    error?: string;
  }[];
}

/** Rows of a table without quoted line breaks, as objects. */
const parse = (csv: string): Record<string, string>[] => {
  const [header, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]!),
    );
  return rows.map((row) => {
    expect(row).toHaveLength(header!.length);
    return Object.fromEntries(header!.map((name, i) => [name, row[i]!]));
  });
};

describe('inputs', () => {
  it('takes files, folders with all below them, and patterns; each photo once, in order', async () => {
    await withFiles(
      { 'b.jpg': photo!, 'a.PNG': photo!, 'notes.txt': 'no photo', 'odd[1].jpg': photo! },
      async (folder) => {
        await mkdir(join(folder, 'deep/er'), { recursive: true });
        await writeFile(join(folder, 'deep/er/c.jpeg'), photo!);
        const { status, stdout } = await recognize(
          join(folder, 'b.jpg'),
          folder,
          `${folder}/*.jpg`,
          join(folder, 'odd[1].jpg'),
          '--json',
        );
        expect(status).toBe(0);
        const files = (JSON.parse(stdout) as Document).images.map(({ file }) => file.slice(folder.length + 1));
        expect(files).toEqual(['b.jpg', 'a.PNG', 'odd[1].jpg', 'deep/er/c.jpeg']);
      },
    );
  });

  it('names what gives no photo, and goes on with the rest: status 1', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      await mkdir(join(folder, 'empty'));
      await symlink('loop.jpg', join(folder, 'loop.jpg')); // unreadable, whoever runs the test
      const bad = {
        'no*.jpg': 'matches no file',
        'missing.jpg': 'no such file or folder',
        empty: 'holds no image (',
        'loop.jpg': 'cannot be read: a link leads back to itself',
      };
      const { status, stdout, stderr } = await recognize(
        ...Object.keys(bad).map((name) => join(folder, name)),
        join(folder, 'a.jpg'),
        '--json',
      );
      expect(status).toBe(1);
      const lines = stderr.trimEnd().split('\n');
      Object.entries(bad).forEach(([name, reason], i) =>
        expect(lines[i]).toContain(`mien: ${join(folder, name)}: ${reason}`),
      );
      expect(lines[4]).toBe('mien: 4 of 5 inputs failed');
      const { images } = JSON.parse(stdout) as Document;
      expect(images.map(({ error }) => error !== undefined)).toEqual([true, true, true, true, false]);
      expect(images[0]).toMatchObject({ file: join(folder, 'no*.jpg'), width: null, height: null, faces: [] });
      expect(images[4]!.faces).toHaveLength(1);
    });
  });

  it.skipIf(process.getuid?.() === 0)('names a file without read permission', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      await chmod(join(folder, 'a.jpg'), 0);
      expect((await recognize(join(folder, 'a.jpg'))).stderr).toBe(
        `mien: ${join(folder, 'a.jpg')}: cannot be read: permission denied\n`,
      );
    });
  });

  it('says at the end what of a folder was not taken, and why', async () => {
    await withFiles(
      {
        'a.jpg': photo!,
        'b.jfif': photo!,
        'c.jpe': photo!,
        '._a.jpg': photo!,
        'Thumbs.db': '',
        'raw.cr2': '',
        'notes.txt': '',
      },
      async (folder) => {
        await mkdir(join(folder, '__MACOSX'));
        await symlink('gone.jpg', join(folder, 'gone-too.jpg'));
        await symlink('.', join(folder, 'again'));
        const { status, stdout, stderr } = await recognize(folder, '--json');
        expect([status, (JSON.parse(stdout) as Document).images.length]).toEqual([0, 3]);
        expect(stderr).toBe(
          `passed over: 1 picture in a format that is not read (.cr2 1); 1 file of another kind (${join(folder, 'notes.txt')}); 1 link to nothing (${join(folder, 'gone-too.jpg')}); 1 link to what is there already (${join(folder, 'again')}); 3 hidden or system files (${['._a.jpg', 'Thumbs.db', '__MACOSX'].map((name) => join(folder, name)).join(', ')})\n`,
        );
      },
    );
  });

  it('never takes what it writes', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      for (let run = 0; run < 2; run++) {
        const { status } = await recognize(
          folder,
          '--json',
          '--out',
          join(folder, 'out.json'),
          '--annotated',
          join(folder, 'copies'),
        );
        expect([
          status,
          (JSON.parse(await readFile(join(folder, 'out.json'), 'utf8')) as Document).images.map(({ file }) => file),
        ]).toEqual([0, [join(folder, 'a.jpg')]]);
        expect(await readdir(join(folder, 'copies'))).toEqual(['a.jpg']);
      }
    });
  });

  it('leniently reads damaged photos, and says so in the results; several frames too', async () => {
    const gif = await sharp(await Promise.all([41, 42].map((width) => picture(width))), { join: { animated: true } })
      .gif()
      .toBuffer();
    await withFiles(
      { 'cut.jpg': (await sharp(photo!).resize(400).jpeg().toBuffer()).subarray(0, -100), 'frames.gif': gif },
      async (folder) => {
        expect(await recognize(join(folder, 'cut.jpg'), '--json')).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(/cut\.jpg: is truncated or damaged \(/) as string,
        });
        const { status, stdout, stderr } = await recognize(folder, '--json', '--lenient');
        const notes = (JSON.parse(stdout) as { images: { notes?: string[] }[] }).images.map((image) => image.notes);
        expect([status, notes]).toEqual([
          0,
          [
            [expect.stringMatching(/^is truncated or damaged \(.*\); what there is of it was read$/)],
            ['has 2 frames, of which the first was read'],
          ],
        ]);
        expect(stderr.split('\n')).toEqual([
          expect.stringContaining('cut.jpg: is truncated'),
          expect.stringContaining('frames.gif: has 2 frames'),
          '',
        ]);
      },
    );
  });

  it.skipIf(process.platform !== 'linux')(
    'takes names of any bytes, and prints none that acts on a terminal',
    async () => {
      await withFiles({ 'red\u001b[31m.jpg': photo!, 'line\nbreak.jpg': photo! }, async (folder) => {
        await writeFile(Buffer.from(`${folder}/caf\xe9.jpg`, 'latin1'), photo!);
        const table = await recognize(folder);
        expect(table.stdout).toContain(`${folder}/red\\x1b[31m.jpg: 1 face\n`);
        expect(table.stdout).toContain(`${folder}/line\\nbreak.jpg: 1 face\n`);
        expect(table.stdout).toContain(`${folder}/caf\\xe9.jpg: 1 face\n`);
        expect(
          (JSON.parse((await recognize(`${folder}/caf\ufffd.jpg`, '--json')).stdout) as Document).images[0]!.file,
        ).toBe(`${folder}/caf\udce9.jpg`);
        const missing = await recognize(join(folder, `\u001b]0;${'x'.repeat(5000)}\u0007`));
        expect([missing.status, missing.stderr.length < 300, /[\u001b\u0007]/.test(missing.stderr)]).toEqual([
          1,
          true,
          false,
        ]);
      });
    },
  );

  it('reports a photo on which recognition breaks, and goes on', async () => {
    await withFiles({ '1.jpg': unlucky!, '2.jpg': photo! }, async (folder) => {
      const { status, stdout, stderr } = await recognize(folder);
      expect(status).toBe(1);
      expect(stderr).toContain(`mien: ${join(folder, '1.jpg')}: recognition failed (broken)\n`);
      expect(stdout).toContain(`${join(folder, '2.jpg')}: 1 face\n`);
    });
  });
});

describe('formats', () => {
  const inFormat = async (...options: string[]): Promise<string> =>
    withFiles({ 'a.jpg': photo!, 'b, "quoted".jpg': faceless!, 'c.jpg': 'no photo' }, async (folder) => {
      const { status, stdout, stderr } = await recognize(folder, ...options);
      expect(status).toBe(1);
      expect(stderr.split('\n')[0]).toBe(
        `mien: ${join(folder, 'c.jpg')}: is not an image that can be read, expected JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF, BMP, PGM or PPM`,
      );
      return stdout.replaceAll(`${folder}/`, '');
    });
  it('table: a line for each photo, whether it has faces, has none or failed', async () => {
    const lines = (await inFormat()).split('\n');
    expect(lines).toMatchObject([
      'a.jpg: 1 face',
      expect.stringMatching(
        /^ {3}0 {2}happiness 70% +neutral 25%, surprise 5% +20×22 at 4,3 +yaw +10° +pitch +-20° +roll +30° {2}25% cut off$/,
      ) as string,
      'b, "quoted".jpg: no face',
      'c.jpg: failed',
      '',
    ]);
  });

  it('json: the stable document', async () => {
    const text = await inFormat('--json');
    expect(text).toBe(await inFormat('--format', 'json'));
    const { model, images } = JSON.parse(text) as Document;
    expect(model).toBe('stub');
    expect(images[0]).toEqual({
      file: 'a.jpg',
      width: 40,
      height: 30,
      faces: [
        {
          ...FACE,
          box: { ...FACE.box, width: 20.12 },
          landmarks: FACE.landmarks.map(([x, y]) => [x, Math.round(100 * y) / 100]),
          pose: { yaw: 10, pitch: -20, roll: 30 },
          quality: { size: 21, sharpness: 0.512, yaw: 10, presence: 0.987654, cut: 0.25 },
        },
      ],
    });
    expect(images[1]).toEqual({ file: 'b, "quoted".jpg', width: 10, height: 30, faces: [] });
    expect(images[2]).toMatchObject({
      file: 'c.jpg',
      width: null,
      height: null,
      faces: [],
      error: expect.stringContaining('is not an image') as string,
    });
  });

  it('jsonl: an entry a line', async () => {
    const lines = (await inFormat('--format', 'jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Document['images'][number]);
    expect(lines.map(({ file, faces }) => [file, faces.length])).toEqual([
      ['a.jpg', 1],
      ['b, "quoted".jpg', 0],
      ['c.jpg', 0],
    ]);
  });

  it('csv: one row a face, and one for a photo without', async () => {
    const rows = parse(await inFormat('--format', 'csv'));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      file: 'a.jpg',
      width: '40',
      height: '30',
      faces: '1',
      face_id: '0',
      box_width: '20.12',
      yaw: '10',
      pitch: '-20',
      roll: '30',
      top: 'happiness',
      confidence: '0.7',
      happiness: '0.7',
      contempt: '',
      error: '',
      uncertain: '0',
      quality_size: '21',
      quality_sharpness: '0.512',
      quality_yaw: '10',
      quality_presence: '0.987654',
      quality_cut: '0.25',
    });
    expect(rows[1]).toMatchObject({
      file: 'b, "quoted".jpg',
      faces: '0',
      face_id: '',
      top: '',
      error: '',
      quality_size: '',
    });
    expect(rows[2]).toMatchObject({
      file: 'c.jpg',
      width: '',
      faces: '',
      error: expect.stringContaining('is not an image') as string,
    });
  });

  it("openface: radians about x, y and z, whose product is the head's rotation", async () => {
    const rows = parse(await inFormat('--format', 'openface'));
    expect(rows[0]).toMatchObject({
      frame: '1',
      face_id: '0',
      timestamp: '0',
      confidence: '0.9',
      success: '1',
      x_67: '16.75',
      y_0: '0',
      happiness: '0.7',
      input: 'a.jpg',
    });
    // For small angles they are −pitch, −yaw and roll; here the head looks down by 20° and to its own left.
    expect(Number(rows[0]!['pose_Rx'])).toBeGreaterThan(0.3);
    expect(Number(rows[0]!['pose_Ry'])).toBeLessThan(-0.1);
    const [a, b] = [Number(rows[0]!['pose_Rx']), Number(rows[0]!['pose_Ry'])];
    // Third column of R_x·R_y·R_z, and of the rotation that yaw and pitch give: the reverse of where the nose points.
    const radians = Math.PI / 180;
    const nose = [
      Math.sin(10 * radians) * Math.cos(20 * radians),
      Math.sin(20 * radians),
      -Math.cos(10 * radians) * Math.cos(20 * radians),
    ];
    [-Math.sin(b), Math.sin(a) * Math.cos(b), -Math.cos(a) * Math.cos(b)].forEach((v, i) =>
      expect(v).toBeCloseTo(nose[i]!, 3),
    );
    expect(rows[1]).toMatchObject({ frame: '2', confidence: '0', success: '0', pose_Rx: '', input: 'b, "quoted".jpg' });
    expect(rows[2]).toMatchObject({ frame: '3', success: '0' });
  });

  it('pyfeat', async () => {
    const rows = parse(await inFormat('--format', 'pyfeat'));
    expect(rows[0]).toMatchObject({
      FaceRectX: '4',
      FaceScore: '0.9',
      Pitch: '-20',
      Roll: '30',
      Yaw: '10',
      happiness: '0.7',
      input: 'a.jpg',
      frame: '0',
      approx_time: '',
    });
    expect(rows[1]).toMatchObject({ FaceRectX: '', input: 'b, "quoted".jpg', frame: '1' });
  });

  it('keeps the columns of schema 1 and their places, those of schema 2 after them', () => {
    const axis = (name: string): string[] => Array.from({ length: 68 }, (_, k) => `${name}_${k}`);
    const eight = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt'];
    const since2 = ['uncertain', 'quality_size', 'quality_sharpness', 'quality_yaw', 'quality_presence', 'quality_cut'];
    const names = (columns: typeof CSV_COLUMNS): string[] => columns.map(([name]) => name);
    expect(names(CSV_COLUMNS)).toEqual([
      'file',
      'width',
      'height',
      'faces',
      'face_id',
      'box_x',
      'box_y',
      'box_width',
      'box_height',
      'score',
      'yaw',
      'pitch',
      'roll',
      'top',
      'confidence',
      ...eight,
      'error',
      'schema',
      ...since2,
    ]);
    expect(names(OPENFACE_COLUMNS)).toEqual([
      'frame',
      'face_id',
      'timestamp',
      'confidence',
      'success',
      'pose_Rx',
      'pose_Ry',
      'pose_Rz',
      ...axis('x'),
      ...axis('y'),
      ...eight,
      'input',
      'error',
      'schema',
      ...since2,
    ]);
    expect(names(PYFEAT_COLUMNS)).toEqual([
      'FaceRectX',
      'FaceRectY',
      'FaceRectWidth',
      'FaceRectHeight',
      'FaceScore',
      ...axis('x'),
      ...axis('y'),
      'Pitch',
      'Roll',
      'Yaw',
      'anger',
      'disgust',
      'fear',
      'happiness',
      'sadness',
      'surprise',
      'neutral',
      'input',
      'frame',
      'approx_time',
      'contempt',
      'error',
      'schema',
      ...since2,
    ]);
  });
});

describe('--action-units', () => {
  const read = async (folder: string, ...args: string[]): Promise<Record<string, string>[]> => {
    const { status, stdout } = await recognize(join(folder, '*.jpg'), '--action-units', ...args);
    expect(status).toBe(0);
    return parse(stdout);
  };

  it('adds what the mesh of each face shows, and says that it is an estimate', async () => {
    await withFiles({ 'a.jpg': await picture(40), 'b.jpg': await picture(50) }, async (folder) => {
      const [atRest, smiling] = await read(folder, '--format', 'csv');
      expect(Number(smiling!['AU12_r'])).toBeGreaterThan(Number(atRest!['AU12_r']) + 1);
      expect([atRest!['AU12_c'], smiling!['AU12_c']]).toEqual(['0', '1']);
      expect(smiling).toMatchObject({ top: 'happiness', schema: '2', action_units: 'mesh estimate' });
      const [, openface] = await read(folder, '--format', 'openface');
      expect(openface!['AU12_r']).toBe(smiling!['AU12_r']);
      const [, pyfeat] = await read(folder, '--format', 'pyfeat');
      expect(Number(pyfeat!['AU12'])).toBeCloseTo(Number(smiling!['AU12_r']) / 5, 2);
    });
  });

  it('does not go on with a table that has none', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      const out = join(folder, 'out.csv');
      const run = (...more: string[]): Promise<Run> =>
        recognize(join(folder, 'a.jpg'), '--format', 'csv', '--out', out, '--resume', ...more);
      expect((await run()).status).toBe(0);
      expect(await run('--action-units')).toEqual({
        status: 1,
        stdout: '',
        stderr: `mien: ${out}: cannot be resumed: its columns are not those of this format and version\n`,
      });
    });
  });
});

describe('--out', () => {
  it('writes the file whole, and nothing on stdout', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      const out = join(folder, 'out.json');
      expect(await recognize(join(folder, 'a.jpg'), '--json', '--out', out)).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      });
      expect((JSON.parse(await readFile(out, 'utf8')) as Document).images).toHaveLength(1);
      expect((await readdir(folder)).sort()).toEqual(['a.jpg', 'out.json']);
    });
  });

  it('names a place that cannot be written, before any photo is read', async () => {
    await withFiles({ 'a.jpg': photo!, bad: 'x' }, async (folder) => {
      for (const [out, reason] of [
        [folder, 'it is a folder'],
        [join(folder, 'a.jpg/x'), 'a file stands where a folder is expected'],
        [join(folder, 'a.jpg/x/y'), 'a file stands where a folder is expected'],
      ]) {
        expect(await recognize(join(folder, 'bad'), '--out', out!)).toEqual({
          status: 1,
          stdout: '',
          stderr: `mien: ${out}: cannot be written: ${reason}\n`,
        });
      }
    });
  });

  it.skipIf(process.platform !== 'linux')('names a full disk', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      expect(await recognize(join(folder, 'a.jpg'), '--out', '/dev/full')).toEqual({
        status: 1,
        stdout: '',
        stderr: 'mien: /dev/full: cannot be written: no space left on the disk\n',
      });
    });
  });
});

describe('--annotated', () => {
  it('writes a copy of each photo, under names of their own, and never over a photo', async () => {
    await withFiles({ 'a.jpg': photo!, 'b.webp': await sharp(photo!).webp().toBuffer() }, async (folder) => {
      await mkdir(join(folder, 'more'));
      await writeFile(join(folder, 'more/a.jpg'), faceless!);
      const before = await readFile(join(folder, 'a.jpg'));
      expect(
        (await recognize(join(folder, 'a.jpg'), join(folder, 'b.webp'), join(folder, 'more'), '--annotated', folder))
          .status,
      ).toBe(0);
      expect((await readdir(folder)).sort()).toEqual(['a-2.jpg', 'a-3.jpg', 'a.jpg', 'b.png', 'b.webp', 'more']);
      expect(await readFile(join(folder, 'a.jpg'))).toEqual(before);
      const [copy, original] = [await decodeImage(join(folder, 'b.png')), await decodeImage(join(folder, 'b.webp'))];
      expect([copy.width, copy.height]).toEqual([40, 30]);
      expect(copy.data.filter((v, i) => Math.abs(v - original.data[i]!) > 40).length).toBeGreaterThan(100);
    });
  });

  it('names a folder that cannot be written, before any photo is read', async () => {
    await withFiles({ 'a.jpg': photo! }, async (folder) => {
      for (const [target, reason] of [
        ['a.jpg', 'a file stands where a folder is expected'],
        ['a.jpg/x', 'a file stands where a folder is expected'],
      ]) {
        const path = join(folder, target!);
        expect(await recognize(join(folder, 'a.jpg'), '--annotated', path)).toEqual({
          status: 1,
          stdout: '',
          stderr: `mien: ${path}: cannot be written: ${reason}\n`,
        });
      }
    });
  });
});
