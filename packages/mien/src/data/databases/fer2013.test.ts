import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { encodeImage } from '../../image/node.ts';
import { rawImage } from '../../image/index.ts';
import { writeFile } from 'node:fs/promises';
import { icmlCsv, officialCsv, syntheticPixels, withFiles } from 'mien-testkit';
import { findDataset, loadDataset } from '../registry.ts';
import { testSplit } from '../splits.ts';

const rows = [
  { emotion: 0, usage: 'Training' },
  { emotion: 3, usage: 'Training' },
  { emotion: 6, usage: 'PublicTest' },
  { emotion: 1, usage: 'PrivateTest' },
];
const csv = officialCsv(rows);

/** The error of loading `content` as fer2013.csv, with the folder's name taken off. */
async function loadError(content: string | Uint8Array): Promise<string> {
  return withFiles({ 'fer2013.csv': content }, async (folder) => {
    const error = await loadDataset('fer2013', folder)
      .then((data) => data.loadSplit('Training', 'train'))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message.replace(`${folder}/`, '');
  });
}

describe('FER2013 in each published form', () => {
  const forms: Record<string, [name: string, content: string | Uint8Array]> = {
    'official CSV': ['fer2013.csv', csv],
    'gzip of it': ['fer2013.csv.gz', gzipSync(csv)],
    'gzip under another name': ['faces.csv', gzipSync(csv)],
    'icml_face_data.csv with leading spaces': ['icml_face_data.csv', icmlCsv(rows)],
    'Windows line ends': ['fer2013.csv', officialCsv(rows, '\r\n')],
    'byte order mark': ['fer2013.csv', `\ufeff${csv}`],
    'no newline at the end': ['fer2013.csv', csv.trimEnd()],
    'quoted pixels': ['fer2013.csv', csv.replace(/,([\d ]{100,}),/g, ',"$1",')],
    'columns in another order, an index and one more': [
      'fer2013.csv',
      [
        'id,Usage,note,pixels,emotion',
        ...rows.map(({ emotion, usage }, i) => `${i},${usage},x,${syntheticPixels(i).join(' ')},${emotion}.0`),
      ].join('\n'),
    ],
    'semicolons and a quoted header': [
      'fer2013.csv',
      csv.replace('emotion,pixels,Usage', '"emotion","pixels","Usage"').replaceAll(',', ';'),
    ],
    'names for codes, CR': [
      'fer2013.csv',
      csv.replace(/^0,/gm, 'Angry,').replace(/^3,/gm, 'happy,').replaceAll('\n', '\r'),
    ],
    'UTF-16': ['fer2013.csv', Buffer.from(`\ufeff${csv}`, 'utf16le')],
    'two gzip members': ['fer2013.csv.gz', Buffer.concat([gzipSync(csv.slice(0, 9000)), gzipSync(csv.slice(9000))])],
  };
  for (const [form, [name, content]] of Object.entries(forms)) {
    it(`reads ${form}, by file and by folder`, async () => {
      await withFiles({ [name]: content }, async (folder) => {
        for (const path of [folder, join(folder, name)]) {
          const dataset = await loadDataset('fer2013', path);
          expect(dataset.splits).toEqual(['Training', 'PublicTest', 'PrivateTest']);
          const train = await dataset.loadSplit('Training', 'train');
          // FER2013's 0 and 3 are anger and happiness: 4 and 1 in the canonical order
          expect([...train.labels]).toEqual([4, 1]);
          expect([...train.images.pixels]).toEqual([...syntheticPixels(0), ...syntheticPixels(1)]);
          const held = await dataset.loadSplit('PrivateTest', 'evaluate');
          expect([...held.labels]).toEqual([5]);
          expect([...held.images.pixels]).toEqual(syntheticPixels(3));
          expect(held.ids).toEqual(['fer0000003.png']);
        }
      });
    });
  }

  it('reads a file of one split, and names the splits present when asked for another', async () => {
    await withFiles({ 'fer2013.csv': officialCsv([{ emotion: 2, usage: 'PrivateTest' }]) }, async (folder) => {
      const dataset = await loadDataset('fer2013', folder);
      expect(dataset.splits).toEqual(['PrivateTest']);
      await expect(dataset.loadSplit('PublicTest', 'evaluate')).rejects.toThrow(
        /has no split "PublicTest": expected one of PrivateTest/,
      );
    });
  });

  it("takes all of Kaggle's train.csv, which has no Usage, for Training", async () => {
    const content = [
      'emotion,pixels',
      ...rows.map(({ emotion }, i) => `${emotion},${syntheticPixels(i).join(' ')}`),
    ].join('\n');
    await withFiles({ 'train.csv': content }, async (folder) => {
      expect((await loadDataset('fer2013', join(folder, 'train.csv'))).splits).toEqual(['Training']);
    });
    await withFiles({ 'faces.csv': content }, async (folder) => {
      expect((await loadDataset('fer2013', folder)).splits).toEqual(['all']);
    });
  });

  it('reads folders of images', async () => {
    await withFiles({}, async (folder) => {
      const pixels = new Uint8Array(48 * 48).fill(100);
      for (const [split, name] of [
        ['train', 'angry'],
        ['train', 'happy'],
        ['test', 'fear'],
      ] as const) {
        await mkdir(join(folder, split, name), { recursive: true });
        await writeFile(join(folder, split, name, '1.png'), await encodeImage(rawImage(48, 48, 1, pixels), 'png'));
      }
      const dataset = await loadDataset('fer2013', folder);
      expect([dataset.splits, testSplit(dataset), dataset.splitNotes]).toEqual([
        ['Training', 'test'],
        'test',
        { test: 'PublicTest and PrivateTest together' },
      ]);
      const train = await dataset.loadSplit('Training', 'train');
      expect([...train.labels]).toEqual([4, 1]);
      expect(train.images.pixels.every((v) => v === 100)).toBe(true);
      expect((await findDataset('fer2013').check(folder)).summary.counts).toEqual({
        Training: { anger: 1, happiness: 1 },
        test: { fear: 1 },
      });

      await rename(join(folder, 'train', 'angry'), join(folder, 'train', 'bored'));
      await expect(loadDataset('fer2013', folder)).rejects.toThrow(
        /train\/bored: "bored" is not an expression of FER2013/,
      );
      await rename(join(folder, 'train', 'bored'), join(folder, 'train', '0_Angry'));
      await mkdir(join(folder, 'val'));
      await rename(join(folder, 'test', 'fear'), join(folder, 'val', 'fearful'));
      const apart = await loadDataset('fer2013', folder);
      expect([apart.splits, apart.splitNotes]).toEqual([['Training', 'PublicTest'], undefined]);
    });
  });
});

describe('damaged FER2013', () => {
  const pixels = syntheticPixels(0).join(' ');
  const row = (row: string): string => `emotion,pixels,Usage\n0,${pixels},Training\n${row}\n`;

  const cases: [what: string, content: string | Uint8Array, message: RegExp][] = [
    [
      'wrong header',
      'label,image\n',
      /^fer2013.csv: no column "pixels": expected emotion, pixels, possibly usage; its columns are label, image$/,
    ],
    ['short pixel row', row('0,1 2 3,Training'), /^fer2013.csv:3: has 3 pixels, expected 2304 \(48×48\)$/],
    ['long pixel row', row(`0,${pixels} 1,Training`), /^fer2013.csv:3: has 2305 pixels/],
    [
      'no number',
      row(`0,1 x2 ${pixels},Training`),
      /^fer2013.csv:3: pixel 2 is "x2", expected a whole number 0 … 255$/,
    ],
    ['negative pixel', row('0,1 2 -3,Training'), /pixel 3 is "-3"/],
    ['pixel above 255', row('0,1 256,Training'), /pixel 2 is "256", expected a whole number 0 … 255/],
    ['bad label', row(`7,${pixels},Training`), /^fer2013.csv:3: label is "7", expected a code 0 … 6/],
    ['no label', row(`,${pixels},Training`), /label is ""/],
    [
      'unknown Usage',
      row(`1,${pixels},Test`),
      /^fer2013.csv:3: Usage is "Test", expected Training, PublicTest, PrivateTest$/,
    ],
    ['missing column', row(`1,${pixels}`), /^fer2013.csv:3: expected 3 fields, got 2$/],
    ['empty file', '', /^fer2013.csv: is empty/],
    ['truncated gzip', gzipSync(csv).subarray(0, 200), /^fer2013.csv: gzip is cut short after line/],
    [
      'corrupt gzip',
      Buffer.concat([gzipSync(csv).subarray(0, 30), Buffer.alloc(300, 0x55)]),
      /^fer2013.csv: gzip is damaged after line/,
    ],
    ['binary file', Buffer.alloc(3 << 20, 1), /^fer2013.csv: is not a text file/],
    [
      'a line without end',
      `emotion,pixels,Usage\n0,${'1 '.repeat(3 << 20)}`,
      /^fer2013.csv:2: line longer than 4 MiB: not a table of this kind/,
    ],
  ];
  for (const [what, content, message] of cases) {
    it(`names file and line: ${what}`, async () => {
      expect(await loadError(content)).toMatch(message);
    });
  }

  it('says what is missing', async () => {
    await expect(loadDataset('fer2013', '/no/such/place')).rejects.toThrow('/no/such/place: no such file or folder');
    await withFiles({}, async (folder) => {
      await expect(loadDataset('fer2013', folder)).rejects.toThrow(/holds no FER2013: expected fer2013.csv/);
    });
    await expect(loadDataset('fer2012', '.')).rejects.toThrow(
      'fer2012: unknown dataset: expected one of manifest, folder, ck-plus',
    );
  });
});

describe('check', () => {
  it('passes a sound file and counts', async () => {
    await withFiles({ 'fer2013.csv': csv }, async (folder) => {
      const report = await findDataset('fer2013').check(folder);
      expect(report).toMatchObject({
        ok: true,
        summary: {
          counts: { Training: { anger: 1, happiness: 1 }, PublicTest: { neutral: 1 }, PrivateTest: { disgust: 1 } },
          duplicatesWithinSplits: 0,
          duplicatesAcrossSplits: 0,
        },
      });
      expect(report.findings.map(({ severity, message }) => [severity, message])[0]).toEqual([
        'warning',
        'images: 4 found, 35887 published: 35883 missing (fer2013.csv; Goodfellow et al. 2013)',
      ]);
    });
  });

  it('reports everything that is wrong, not only the first', async () => {
    const content = officialCsv([
      { emotion: 9, usage: 'Nowhere', pixels: '1 2' },
      { emotion: 0, usage: 'Training' },
      { emotion: 1, usage: 'Training', pixels: 'a' },
    ]);
    await withFiles({ 'fer2013.csv': content }, async (folder) => {
      const report = await findDataset('fer2013').check(folder);
      expect(report.ok).toBe(false);
      expect(
        report.findings
          .filter(({ severity }) => severity === 'error')
          .map(({ where, message }) => `${where.replace(`${folder}/`, '')} ${message.split(',')[0]}`),
      ).toEqual([
        'fer2013.csv:2 has 2 pixels',
        'fer2013.csv:2 label is "9"',
        'fer2013.csv:2 Usage is "Nowhere"',
        'fer2013.csv:4 pixel 1 is "a"',
      ]);
      expect(report.summary.counts).toEqual({ Training: { anger: 1 } });
    });
  });

  it('lists 20 of a kind and counts the rest', async () => {
    const content = officialCsv([
      { emotion: 0, usage: 'Training' },
      ...Array.from({ length: 27 }, () => ({ emotion: 8, usage: 'Training' })),
    ]);
    await withFiles({ 'fer2013.csv': content }, async (folder) => {
      const findings = (await findDataset('fer2013').check(folder)).findings.filter(
        ({ severity }) => severity === 'error',
      );
      expect(findings).toHaveLength(21);
      expect(findings.at(-1)).toMatchObject({
        message: expect.stringMatching(/^7 more of the kind "label is/) as string,
      });
    });
  });

  it('counts duplicates within and across splits', async () => {
    const same = syntheticPixels(0).join(' ');
    const usages = ['Training', 'Training', 'PublicTest', 'PublicTest'];
    const content = officialCsv(usages.map((usage) => ({ emotion: 0, usage, pixels: same })));
    await withFiles({ 'fer2013.csv': content }, async (folder) => {
      const report = await findDataset('fer2013').check(folder);
      expect(report.ok).toBe(true);
      expect(report.summary).toMatchObject({ duplicatesWithinSplits: 2, duplicatesAcrossSplits: 2 });
      expect(report.findings.at(-1)).toMatchObject({
        severity: 'warning',
        message: '2 images repeat one of their own split, 2 one of another split',
      });
    });
  });

  it('reports a file that cannot be read to its end', async () => {
    await withFiles({ 'fer2013.csv.gz': gzipSync(csv).subarray(0, 100) }, async (folder) => {
      const report = await findDataset('fer2013').check(folder);
      expect(report.ok).toBe(false);
      expect(report.findings[0]!.message).toMatch(/cut short/);
    });
  });
});
