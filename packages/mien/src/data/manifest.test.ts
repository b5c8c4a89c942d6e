/** The manifest dataset: rows in both forms, images of any size, and every way in which a row can be wrong. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { encodeImage } from '../image/node.ts';
import { rawImage } from '../image/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { parseManifestJson, formatManifestRow, type ManifestRow } from './manifest-row.ts';
import { joinCsv, splitCsv } from '../tables/index.ts';
import { checkDataset, loadDataset } from './registry.ts';

/** A uniform image. */
const png = (grey: number, width = 48, height = 48): Promise<Uint8Array> => encodeImage(rawImage(width, height, 1, new Uint8Array(width * height).fill(grey)), 'png');

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
      await expect(data.loadSplit('validation', 'evaluate')).rejects.toThrow('manifest.jsonl: has no split "validation": expected one of train, test');
    });
  });

  test('images of another size, in colour', async () => {
    await withFiles({ ...IMAGES, 'manifest.jsonl': '{"image":"b.png","split":"train","label":"fear"}' }, async (folder) => {
      const { images } = await (await loadDataset('manifest', folder, { width: 5, height: 7, channels: 'rgb' })).loadSplit('train', 'train');
      expect(images).toEqual({ count: 1, height: 7, width: 5, channels: 3, pixels: new Uint8Array(5 * 7 * 3).fill(20) });
    });
  });

  test('CSV: quoted names, columns in any order, absolute paths; a column contempt makes 8 classes', async () => {
    await withFiles(IMAGES, async (folder) => {
      await mkdir(join(folder, 'sub'));
      const file = join(folder, 'sub', 'faces.csv');
      await writeFile(file, `split,image,Label,happiness,contempt\r\ntrain,"../c d.png",contempt,,\r\nvalidation,${join(folder, 'a.png')},,1,3\r\n`);
      const data = await loadDataset('manifest', file);
      expect([data.classes, data.splits]).toEqual([EXPRESSIONS_8, ['train', 'validation']]);
      const [train, validation] = [await data.loadSplit('train', 'train'), await data.loadSplit('validation', 'train')];
      expect([train.images.pixels[0], train.labels[0], validation.labels[0]]).toEqual([30, 7, -1]);
      expect([...validation.labelDistribution!]).toEqual([0, 0.25, 0, 0, 0, 0, 0, 0.75]);
    });
  });

  test('what is written is read back', () => {
    const row: ManifestRow = { image: 'x/"1".png', split: 'validation', label: 'fear', distribution: { fear: 0.5, anger: 0.5 }, task: '1', compound: 'fearfully angry' };
    expect(parseManifestJson(formatManifestRow(row))).toEqual(row);
    const fields = ['a,b', 'say "x"', 'plain', ' edge ', ''];
    expect(splitCsv(joinCsv(fields))).toEqual(fields.map((f) => f.trim()));
    expect(splitCsv('a,"b')).toBeUndefined();
  });
});

describe('a wrong row is named with its line', () => {
  test.each([
    ['{"image":"a.png","split":"train","label":"happy"', 'is not JSON'],
    ['[1]', 'expected a JSON object'],
    ['{"image":"a.png","split":"train","label":"happy","weight":1}', 'unknown field "weight"'],
    ['{"split":"train","label":"happy"}', 'no image'],
    ['{"image":7,"split":"train","label":"happy"}', 'image: expected a text, got 7'],
    ['{"image":"a.png","split":"Training","label":"happy"}', 'split: expected train, validation, test, got "Training"'],
    ['{"image":"a.png","label":"happy"}', 'split: expected train, validation, test, got ""'],
    ['{"image":"a.png","split":"train","label":"bored"}', 'label: "bored" is no expression'],
    ['{"image":"a.png","split":"train"}', 'has neither label nor distribution'],
    ['{"image":"a.png","split":"train","distribution":[1]}', 'distribution: expected an object'],
    ['{"image":"a.png","split":"train","distribution":{"bored":1}}', 'distribution: "bored" is no expression'],
    ['{"image":"a.png","split":"train","distribution":{"fear":-1}}', 'distribution: fear: expected a weight from 0, got -1'],
    ['{"image":"a.png","split":"train","distribution":{"fear":0}}', 'distribution: all weights are 0'],
    ['{"image":"gone.png","split":"train","label":"happy"}', 'gone.png: no such file'],
    ['{"image":"text.png","split":"train","label":"happy"}', 'text.png: is not an image'],
  ])('%s', async (line, message) => {
    const good = '{"image":"a.png","split":"train","label":"happy"}';
    await withFiles({ ...IMAGES, 'text.png': 'no image', 'faces.jsonl': `${good}\n${line}` }, async (folder) => {
      const file = join(folder, 'faces.jsonl');
      await expect(loadDataset('manifest', file).then((data) => data.loadSplit('train', 'train'))).rejects.toThrow(new RegExp(`faces\\.jsonl:2: .*${message.replaceAll('.', '\\.')}`));
      const report = await checkDataset('manifest', file);
      expect(report).toMatchObject({ ok: false, summary: { counts: { train: { happiness: 1 } } } });
      expect(report.findings).toEqual([{ severity: 'error', where: `${file}:2`, message: expect.stringContaining(message) as string }]);
    });
  });

  test.each([
    ['image,split,bored\n', 'unknown column "bored"'],
    ['image,label\n', 'no column "split"'],
    ['image,split\n', 'no column "label", nor one of an expression'],
    ['image,split,label,label\n', 'two columns "label"'],
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
      await expect(loadDataset('manifest', folder)).rejects.toThrow('holds no manifest.jsonl or manifest.csv');
      expect(await checkDataset('manifest', folder)).toMatchObject({ ok: false });
    });
  });
});
