/**
 * FER2013 and FER+ as published: counts that only a correct reader reaches. The data are not part of the project;
 * MIEN_SHARED_DATA names the folder that holds `fer2013/` (by default ../shared/data beside the repository).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { ferPlus } from './databases/ferplus.ts';
import { findDataset, loadDataset } from './registry.ts';

const root = process.env.MIEN_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const folder = join(root, 'fer2013');
const present = existsSync(join(folder, 'fer2013.csv.gz')) && existsSync(join(folder, 'fer2013new.csv'));
if (!present)
  process.stderr.write(
    `skipped: real FER2013 and FER+ tests, because ${folder} lacks fer2013.csv.gz or fer2013new.csv (set MIEN_SHARED_DATA)\n`,
  );

function countLabels(labels: Int32Array, classCount: number): number[] {
  return Array.from({ length: classCount }, (_, k) => labels.filter((label) => label === k).length);
}

describe.skipIf(!present)('published FER2013 and FER+', () => {
  it('reads FER2013 with the published counts per class', async () => {
    const dataset = await loadDataset('fer2013', join(folder, 'fer2013.csv.gz'));
    expect(dataset.splits).toEqual(['Training', 'PublicTest']);
    const train = await dataset.loadSplit('Training', 'train');
    expect(train.images.count).toBe(28_709);
    // neutral, happiness, surprise, sadness, anger, disgust, fear
    expect(countLabels(train.labels, EXPRESSIONS_7.length)).toEqual([4965, 7215, 3171, 4830, 3995, 436, 4097]);
    const test = await dataset.loadSplit('PublicTest', 'evaluate');
    expect(countLabels(test.labels, EXPRESSIONS_7.length)).toEqual([607, 895, 415, 653, 467, 56, 496]);
    await expect(dataset.loadSplit('PrivateTest', 'evaluate')).rejects.toThrow(
      /no split "PrivateTest".*Training, PublicTest/,
    );
  });

  it("reads FER+ with the majority counts that the paper's figure is measured on", async () => {
    const training = (await ferPlus.index(folder)).records.filter(({ split }) => split === 'Training');
    expect(EXPRESSIONS_8.map((name) => training.filter(({ label }) => label === name).length)).toEqual([
      8740, 7287, 3149, 3014, 2100, 119, 532, 119,
    ]);
    const dataset = await loadDataset('ferplus', folder);
    const test = await dataset.loadSplit('PublicTest', 'evaluate');
    expect(test.images.count).toBe(3_199);
    expect(countLabels(test.labels, EXPRESSIONS_8.length)).toEqual([1182, 865, 415, 351, 287, 24, 62, 13]);
    const train = await dataset.loadSplit('Training', 'train');
    expect(train.labellingOf('fer2013').labels.length).toBe(train.images.count);
    expect(train.labels.every((label) => label >= 0)).toBe(true);
  });

  it('reads FER+ by plural vote, and knows the images that are unclear', async () => {
    const { labelSets, loadUnclear } = await loadDataset('ferplus', folder);
    const counts = await Promise.all(
      labelSets!.map(async (set) =>
        countLabels((await set.loadSplit('PublicTest', 'evaluate')).labels, set.classes.length),
      ),
    );
    expect(counts).toEqual([
      [1347, 899, 459, 417, 320, 36, 75, 25],
      [1359, 900, 461, 422, 322, 39, 75],
    ]);
    expect(Object.values(await loadUnclear!('PublicTest')).map(({ ids }) => ids.length)).toEqual([13, 10, 367]);
    expect(Object.values(await loadUnclear!('Training')).map(({ ids }) => ids.length)).toEqual([76, 150, 3423]);
  });

  it('finds nothing wrong with them but duplicates', async () => {
    const report = await findDataset('ferplus').check(folder);
    expect(report.ok).toBe(true);
    expect(report.summary.counts['PublicTest']).toMatchObject({ anger: 287, neutral: 1182 });
    expect(report.summary.duplicatesWithinSplits).toBeGreaterThan(1000);
  });
});
