/** The manifest dataset: rows in both forms, images of any size, and every way in which a row can be wrong. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { encodeImage } from '../image/node.ts';
import { rawImage } from '../image/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { joinCsv, splitCsv } from '../tables/index.ts';
import type { Dataset, LabelledImages, PointTable, SampleInput, ValueTable } from './dataset.ts';
import type { IndexOptions } from './databases/index.ts';
import { readImages } from './load-samples.ts';
import { formatManifestRow, type ManifestRow } from './manifest-row.ts';
import { manifestSource } from './manifest.ts';
import { findDataset, loadDataset } from './registry.ts';
import { testSplit } from './splits.ts';

/** A uniform image. */
const png = (gray: number, width = 48, height = 48): Promise<Uint8Array> =>
  encodeImage(rawImage(width, height, 1, new Uint8Array(width * height).fill(gray)), 'png');

const IMAGES = { 'a.png': await png(10), 'b.png': await png(20, 60, 90), 'c d.png': await png(30) };

describe('reading a manifest', () => {
  test('JSONL: labels, distributions, or both; images resized to 48×48 grey', async () => {
    const rows = [
      '{"image":"a.png","split":"train","label":"Happy"}',
      '{"image":"b.png","split":"train","distribution":{"anger":3,"fear":1},"task":"b","compound":"fearfully angry"}',
      '{"image":"c d.png","split":"test","label":"neutral","distribution":{"neutral":0.75,"sadness":0.25}}',
    ];
    await withFiles({ ...IMAGES, 'manifest.jsonl': rows.join('\n') }, async (folder) => {
      const data = await loadDataset('manifest', folder);
      expect([data.classes, data.splits]).toEqual([EXPRESSIONS_7, ['train', 'test']]);
      const train = await data.loadSplit('train', 'train');
      expect(train.images).toMatchObject({ count: 2, height: 48, width: 48, channels: 1 });
      expect([train.images.pixels[0], train.images.pixels[48 * 48]]).toEqual([10, 20]);
      expect([...train.labels]).toEqual([1, -1]);
      expect([...train.labelDistribution!]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.75, 0, 0.25]);
      expect(train.ids).toEqual(['a.png', 'b.png']);
      const test = await data.loadSplit('test', 'evaluate');
      expect([...test.labelDistribution!]).toEqual([0.75, 0, 0, 0.25, 0, 0, 0]);
      await expect(data.loadSplit('validation', 'evaluate')).rejects.toThrow(
        'manifest.jsonl: has no split "validation": expected one of train, test',
      );
    });
  });

  test('images of another size, in colour', async () => {
    await withFiles(
      { ...IMAGES, 'manifest.jsonl': '{"image":"b.png","split":"train","label":"fear"}' },
      async (folder) => {
        const { images } = await (
          await loadDataset('manifest', folder, { width: 5, height: 7, channels: 'rgb' })
        ).loadSplit('train', 'train');
        expect(images).toEqual({
          count: 1,
          height: 7,
          width: 5,
          channels: 3,
          pixels: new Uint8Array(5 * 7 * 3).fill(20),
        });
      },
    );
  });

  test('CSV: quoted names, columns in any order, absolute paths; a column contempt makes 8 classes', async () => {
    await withFiles(IMAGES, async (folder) => {
      await mkdir(join(folder, 'sub'));
      const file = join(folder, 'sub', 'faces.csv');
      await writeFile(
        file,
        `split,image,Label,happiness,contempt\r\ntrain,"../c d.png",contempt,,\r\nvalidation,${join(folder, 'a.png')},,1,3\r\n`,
      );
      const data = await loadDataset('manifest', file);
      expect([data.classes, data.splits]).toEqual([EXPRESSIONS_8, ['train', 'validation']]);
      const [train, validation] = [await data.loadSplit('train', 'train'), await data.loadSplit('validation', 'train')];
      expect([train.images.pixels[0], train.labels[0], validation.labels[0]]).toEqual([30, 7, -1]);
      expect([...validation.labelDistribution!]).toEqual([0, 0.25, 0, 0, 0, 0, 0, 0.75]);
    });
  });

  test('what is written is read back', async () => {
    const row: ManifestRow = {
      image: 'x/"1".png',
      split: 'validation',
      label: 'fear',
      distribution: { fear: 0.5, anger: 0.5, contempt: 0 },
      task: '1',
      compound: 'fearfully angry',
    };
    await withFiles({ 'm.jsonl': formatManifestRow(row) }, async (folder) => {
      const { records, classes } = await manifestSource.index(join(folder, 'm.jsonl'));
      expect(records).toMatchObject([
        {
          id: row.image,
          split: 'validation',
          label: 'fear',
          labelDistribution: row.distribution,
          attributes: { task: '1', compound: 'fearfully angry' },
        },
      ]);
      expect(classes).toEqual(EXPRESSIONS_8);
    });
    const fields = ['a,b', 'say "x"', 'plain', ' edge ', ''];
    expect(splitCsv(joinCsv(fields))).toEqual(fields.map((f) => f.trim()));
    expect(splitCsv('a,"b')).toBeUndefined();
  });
});

/** Loads a table beside the images, and its splits. */
async function load(
  name: string,
  content: string | Uint8Array,
  options?: IndexOptions,
): Promise<{ data: Dataset; splits: Record<string, LabelledImages>; notes: readonly string[] }> {
  return withFiles({ ...IMAGES, [name]: content }, async (folder) => {
    const data = await loadDataset('manifest', join(folder, name), undefined, options);
    const splits = Object.fromEntries(
      await Promise.all(data.splits.map(async (split) => [split, await data.loadSplit(split, 'train')] as const)),
    );
    expect(await findDataset('manifest').check(join(folder, name), options)).toMatchObject({ ok: true });
    return { data, splits, notes: data.notes ?? [] };
  });
}

describe('tables as people have them; what loads is sound for data check', () => {
  const labelsOf = (splits: Record<string, LabelledImages>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(splits).map(([split, { labels }]) => [split, [...labels]]));
  const EXPECTED = { train: [1], validation: [3], test: [4] };

  test.each([
    [
      'an index and other columns',
      'm.csv',
      ',image,split,label,age,id\n0,a.png,train,happy,3,x\n1,b.png,validation,sad,4,y\n2,c d.png,test,Anger,5,z\n',
    ],
    ['semicolons', 'm.csv', 'image;split;label\na.png;train;happy\nb.png;val;sad\nc d.png;test;Anger\n'],
    [
      'tabs, CR, a quoted header and blank rows',
      'm.tsv',
      '"image"\t"split"\t"label"\r\t\t\ra.png\tTrain\thappy\r\rb.png\tdev\tsad\rc d.png\tTest\tAnger\r',
    ],
    [
      'other spellings of splits',
      'm.csv',
      'image,split,label\na.png,Training,happy\nb.png,Valid,sad\nc d.png,testing,Anger\n',
    ],
    [
      "FER2013's usages",
      'm.csv',
      'Image name,Usage,emotion\na.png,Training,happy\nb.png,PublicTest,sad\nc d.png,PrivateTest,Anger\n',
    ],
    [
      'other names of columns',
      'm.csv',
      'filename,subset,expression\na.png,train,happy\nb.png,val,sad\nc d.png,test,Anger\n',
    ],
    [
      'UTF-16',
      'm.csv',
      Buffer.from('\ufeffimage,split,label\na.png,train,happy\nb.png,val,sad\nc d.png,test,Anger\n', 'utf16le'),
    ],
    [
      'a JSON array',
      'm.json',
      JSON.stringify(
        [
          { image: 'a.png', split: 'train', label: 'happy' },
          { image: 'b.png', split: 'val', label: 'sad' },
          { image: 'c d.png', split: 'test', label: 'Anger' },
        ],
        null,
        2,
      ),
    ],
    [
      'one column a class, marked by 1',
      'm.csv',
      'image,split,happy,sad,anger\na.png,train,1,0,0\nb.png,val,0,1,0\nc d.png,test,0.0,0.0,1.0\n',
    ],
    [
      'names of paths written on Windows',
      'm.csv',
      'image,split,label\n.\\a.png,train,happy\n.\\b.png,val,sad\n.\\c d.png,test,Anger\n',
    ],
    [
      'columns that the user names',
      'm.csv',
      'which,when,felt,label\na.png,train,happy,x\nb.png,val,sad,y\nc d.png,test,Anger,z\n',
      { columns: { image: ['which'], split: ['when'], label: ['felt'] } },
    ],
    [
      'numbers, with what they mean',
      'm.csv',
      'image,split,label\na.png,train,4.0\nb.png,val,5\nc d.png,test,6\n',
      { codes: { 4: 'happiness', 5: 'sad', 6: 'Anger' } },
    ],
  ] as const)('%s', async (_, name, content, options?: IndexOptions) => {
    const { data, splits } = await load(name, content, options);
    expect([labelsOf(splits), testSplit(data)]).toEqual([EXPECTED, 'test']);
  });

  test('counts of votes become shares; a comma may stand for the point', async () => {
    const { splits } = await load('m.csv', 'image;split;happy;sad\na.png;train;3;1\nb.png;train;0,5;1,5\n');
    expect([...splits['train']!.labelDistribution!]).toEqual([0, 0.75, 0, 0.25, 0, 0, 0, 0, 0.25, 0, 0.75, 0, 0, 0]);
    expect([...splits['train']!.labels]).toEqual([-1, -1]);
  });

  test('missing labels are not classes: the image is not trained on, and said', async () => {
    const { splits, notes } = await load(
      'm.csv',
      'image,split,label,age\na.png,train,happy,1\nb.png,train,NA,2\nc d.png,train,nan,3\n',
    );
    expect([...splits['train']!.labels]).toEqual([1]);
    expect(notes).toEqual(['columns that are not read: age', '2 images have neither label nor distribution']);
  });

  test('without a column of splits, all are one', async () => {
    const { data, splits } = await load('m.csv', 'image,label\na.png,happy\nb.png,sad\n');
    expect([labelsOf(splits), testSplit(data)]).toEqual([{ all: [1, 3] }, 'all']);
  });

  test('persons are kept', async () => {
    expect(
      (await load('m.csv', 'image,split,label,subject\na.png,train,happy,S1\nb.png,train,sad,\n')).splits['train']!
        .subjects,
    ).toEqual(['S1', null]);
  });
});

describe('a wrong row is named with its line', () => {
  test.each([
    ['{"image":"a.png","split":"train","label":"happy"', 'is not JSON'],
    ['[1]', 'expected a JSON object'],
    ['{"split":"train","label":"happy"}', 'no image'],
    ['{"image":7,"split":"train","label":"happy"}', '7: no such file'],
    ['{"image":"a.png","split":"fold 1","label":"happy"}', 'split: expected train, validation, test, got "fold 1"'],
    ['{"image":"a.png","label":"happy"}', 'split: expected train, validation, test, got ""'],
    ['{"image":"a.png","split":"train","label":"bored"}', 'label: "bored" is not an expression'],
    [
      '{"image":"a.png","split":"train","label":3}',
      'label: "3" is not an expression, expected one of neutral, happiness, surprise, sadness, anger, disgust, fear, contempt; the option codes says what numbers mean',
    ],
    ['{"image":null,"split":"train","label":"happy"}', 'no image'],
    ['{"image":"a.png","split":"train","distribution":[1]}', 'distribution: expected an object'],
    ['{"image":"a.png","split":"train","distribution":{"bored":1}}', 'distribution: "bored" is not an expression'],
    [
      '{"image":"a.png","split":"train","distribution":{"fear":-1}}',
      'distribution: fear: expected a weight from 0, got -1',
    ],
    ['{"image":"a.png","split":"train","distribution":{"fear":0}}', 'distribution: all weights are 0'],
    ['{"image":"gone.png","split":"train","label":"happy"}', 'gone.png: no such file'],
    ['{"image":"text.png","split":"train","label":"happy"}', 'text.png: is not an image'],
  ])('%s', async (line, message) => {
    const good = '{"image":"a.png","split":"train","label":"happy"}';
    await withFiles({ ...IMAGES, 'text.png': 'no image', 'faces.jsonl': `${good}\n${line}` }, async (folder) => {
      const file = join(folder, 'faces.jsonl');
      await expect(loadDataset('manifest', file).then((data) => data.loadSplit('train', 'train'))).rejects.toThrow(
        new RegExp(`faces\\.jsonl:2: .*${message.replaceAll('.', '\\.')}`),
      );
      const report = await findDataset('manifest').check(file);
      expect(report).toMatchObject({ ok: false, summary: { counts: { train: { happiness: 1 } } } });
      expect(report.findings).toEqual([
        { severity: 'error', where: `${file}:2`, message: expect.stringContaining(message) as string },
      ]);
    });
  });

  test.each([
    [
      'image,split,bored\n',
      'no column "label", nor one of an expression, of an action unit such as AU01, or of valence or arousal; its columns are image, split, bored',
    ],
    ['picture of,split,label\n', 'no column "image": expected image, possibly split'],
    ['image,split,label,label\n', 'two columns are called "label"'],
    ['image,split,label\na.png,train\n', ':2: expected 3 fields, got 2'],
    ['image,split,label\n"a.png,train,fear\n', ':2: broken quotes'],
    ['image,split,fear\na.png,train,many\n', 'fear: expected a weight from 0, got "many"'],
    ['image,split,label\n', 'lists no images'],
    ['', 'lists no images'],
  ])('CSV %j', async (text, message) => {
    await withFiles({ 'faces.csv': text }, async (folder) => {
      await expect(loadDataset('manifest', join(folder, 'faces.csv'))).rejects.toThrow(message);
    });
  });

  test('a folder without a manifest', async () => {
    await withFiles({}, async (folder) => {
      await expect(loadDataset('manifest', folder)).rejects.toThrow(
        'holds no manifest.jsonl, manifest.csv, manifest.json, manifest.tsv',
      );
      expect(await findDataset('manifest').check(folder)).toMatchObject({ ok: false });
    });
  });
});

describe('more than classes', () => {
  const rows = [
    'image,split,label,valence,arousal,AU01,AU12_c,AU12_r,landmarks,subject,sequence,frame,intensity',
    'a.png,train,happy,0.5,-0.25,1,0,0,a.pts,S1,seq,2,3',
    'b.png,train,,NA,,,1,2.5,b.csv,S1,seq,1,1',
    'c d.png,train,,-2,-2,,,,,S2,other,1,',
  ];
  const files = {
    ...IMAGES,
    'a.pts': 'version: 1\nn_points: 2\n{\n10 20\n30.5 40\n}\n',
    'b.csv': '0,0\n60,90\n',
    'manifest.csv': rows.join('\n'),
  };

  test('numbers, labels that may be missing, and landmarks in the framed image', async () => {
    await withFiles(files, async (folder) => {
      const data = await loadDataset('manifest', folder, { width: 48, height: 48, channels: 'grey', landmarks: 2 });
      expect(data.furtherTargets).toEqual({
        affect: { kind: 'regression', names: ['valence', 'arousal'] },
        actionUnits: { kind: 'multilabel', names: ['AU01', 'AU12'] },
        unitIntensities: { kind: 'regression', names: ['AU12'] },
        intensity: { kind: 'regression', names: ['intensity'] },
      });
      const { targets, inputs, subjects, ids } = await data.loadSplit('train', 'evaluate');
      expect([ids, subjects]).toEqual([
        ['a.png', 'b.png', 'c d.png'],
        ['S1', 'S1', 'S2'],
      ]);
      const valuesOf = (name: string): number[] => [...(targets[name] as ValueTable).values];
      expect(valuesOf('affect')).toEqual([0.5, -0.25, NaN, NaN, NaN, NaN]);
      expect(valuesOf('actionUnits')).toEqual([1, 0, NaN, 1, NaN, NaN]);
      expect(valuesOf('unitIntensities')).toEqual([0, 2.5, NaN]);
      expect(valuesOf('intensity')).toEqual([3, 1, NaN]);
      // b.png is 60×90, brought to 48×48
      const { table } = inputs['landmarks'] as { table: PointTable };
      expect([...table.values.slice(0, 8)].map((v) => Math.round(10 * v) / 10)).toEqual([
        10, 20, 30.5, 40, 0, 0, 48, 48,
      ]);
      expect(table.values.slice(8).every(Number.isNaN)).toBe(true);
      // A row that tells nothing teaches nothing
      expect((await data.loadSplit('train', 'train')).ids).toEqual(['a.png', 'b.png']);
    });
  });

  test('clips of sequences, in the order of their frames, that show what their peak shows', async () => {
    await withFiles(files, async (folder) => {
      const clips = { kind: 'even', frames: 4 } as const;
      const data = await loadDataset('manifest', folder, { width: 8, height: 8, channels: 'grey', clips });
      const samples = await data.loadSplit('train', 'train');
      const { frames, rows: steps } = samples.inputs['clip'] as Extract<SampleInput, { kind: 'clip' }>;
      expect([samples.ids, [...samples.labels], samples.subjects]).toEqual([['seq'], [1], ['S1']]);
      const { pixels } = await readImages(frames, steps[0]!);
      expect([pixels[0], pixels[64]]).toEqual([20, 10]);
      expect(() => samples.images).toThrow('seq: is not an image: the samples have clip');
    });
  });

  test('frames of a sequence with different labels are of different clips', async () => {
    const manifest = rows.slice(0, 3).map((row) => row.replace('b.png,train,,', 'b.png,train,neutral,'));
    await withFiles({ ...files, 'manifest.csv': manifest.join('\n') }, async (folder) => {
      const clips = { kind: 'windows', frames: 16, stride: 8 } as const;
      const data = await loadDataset('manifest', folder, { width: 8, height: 8, channels: 'grey', clips });
      const { ids, labels } = await data.loadSplit('train', 'train');
      expect([ids, [...labels]]).toEqual([
        ['seq happiness', 'seq neutral'],
        [1, 0],
      ]);
    });
  });

  test.each<[string, string, string]>([
    ['valence', 'a.png,train,,3,0', 'valence: expected a number -1 … 1, got "3"'],
    ['AU04', 'a.png,train,,0,0,2', 'AU04: expected 0 or 1, got "2"'],
    ['AU04_r', 'a.png,train,,0,0,0,9', 'AU04_r: expected an intensity 0 … 5, got "9"'],
  ])('a number out of range is named: %s', async (_, row, message) => {
    const header = 'image,split,label,valence,arousal,AU04,AU04_r';
    const cells = row.split(',');
    const whole = [...cells, ...Array.from({ length: 7 - cells.length }, () => '')].join(',');
    await withFiles({ ...IMAGES, 'manifest.csv': `${header}\n${whole}\n` }, async (folder) => {
      await expect(loadDataset('manifest', folder)).rejects.toThrow(`manifest.csv:2: ${message}`);
    });
  });

  test('a file of landmarks that is none is named, with its line', async () => {
    const format = { width: 8, height: 8, channels: 'grey', landmarks: 2 } as const;
    await withFiles({ ...files, 'a.pts': '1 2\n3\n' }, async (folder) => {
      await expect((await loadDataset('manifest', folder, format)).loadSplit('train', 'train')).rejects.toThrow(
        /a\.pts:2: expected a point "x y", got "3"/,
      );
    });
  });
});
