/** Maps of features that were made up: two clouds. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDataset } from 'mienjs/data/node';
import { captureOutput, officialCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const N = 24;
const FILES = {
  'fer2013.csv': officialCsv(
    Array.from({ length: N }, (_, i) => ({ emotion: i % 2 === 0 ? 3 : 4, usage: i < 20 ? 'Training' : 'PublicTest' })),
  ),
};

/** A folder as `mien features` writes it; happiness lies far from sadness. */
async function writeFeatures(
  folder: string,
  ids: readonly string[],
  values: (i: number, d: number) => number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${ids.length}, 6), }`;
  const data = Float32Array.from({ length: ids.length * 6 }, (_, at) => values(Math.floor(at / 6), at % 6));
  await writeFile(
    join(folder, 'features.npy'),
    Buffer.concat([
      Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]),
      Buffer.from(`${head.padEnd(117)}\n`),
      Buffer.from(data.buffer),
    ]),
  );
  await writeFile(
    join(folder, 'manifest.jsonl'),
    ids
      .map(
        (id, i) =>
          `${JSON.stringify({ id, label: i % 2 === 0 ? 'happiness' : 'sadness', split: i < 20 ? 'Training' : 'PublicTest' })}\n`,
      )
      .join(''),
  );
}

const clouds = (i: number, d: number): number => (i % 2) * 40 + Math.sin(13 * i + 7 * d);

describe('mien map', () => {
  test("draws two networks side by side with the faces' pictures, the same on every run", async () => {
    await withFiles(FILES, async (folder) => {
      const csv = join(folder, 'fer2013.csv');
      const dataset = await loadDataset('fer2013', csv);
      const ids = [
        ...(await dataset.loadSplit('Training', 'evaluate')).ids,
        ...(await dataset.loadSplit('PublicTest', 'evaluate')).ids,
      ];
      const [a, b, out] = ['a', 'b', 'made/map.html'].map((name) => join(folder, name)) as [string, string, string];
      await writeFeatures(a, ids, clouds);
      await writeFeatures(b, [...ids].reverse(), (i, d) => clouds(i + 1, d));
      const args = ['map', a, b, '--data', `fer2013=${csv}`, '--out', out, '--neighbours', '5', '--sample', '22'];
      const json = await captureOutput(() => main([...args, '--json']));
      expect([json.result, json.stderr]).toEqual([0, '']);
      const document = JSON.parse(json.stdout) as {
        classes: string[];
        ids: string[];
        labels: string[];
        maps: { points: [number, number][]; purity: { map: number } }[];
      };
      expect([document.classes, document.ids.length, document.maps[0]!.points.length]).toEqual([
        ['happiness', 'sadness'],
        22,
        22,
      ]);
      expect(
        document.ids.every(
          (id) => document.labels[document.ids.indexOf(id)] === (ids.indexOf(id) % 2 === 0 ? 'happiness' : 'sadness'),
        ),
      ).toBe(true);
      // 10 of a class have 9 others of it: less than 1
      for (const { purity } of document.maps) expect(purity.map).toBeGreaterThan(0.85);
      const html = await readFile(out, 'utf8');
      expect(html.match(/<circle /g)).toHaveLength(44);
      expect(html).toContain('data:image/jpeg;base64,');
      expect(html).toContain('22 of 24 faces with a label, drawn by seed 1;');
      const again = await captureOutput(() => main(args));
      expect(again.stdout).toMatch(/% of the 10 nearest neighbours on the map have the same label/);
      expect(await readFile(out, 'utf8')).toBe(html);
    });
  });

  test('says what does not fit', async () => {
    await withFiles(FILES, async (folder) => {
      const ids = Array.from({ length: N }, (_, i) => `x${i}`);
      const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string];
      await writeFeatures(a, ids, clouds);
      await writeFeatures(b, [...ids.slice(1), 'y'], clouds);
      await writeFeatures(c, ids, (i, d) => (i === 3 ? NaN : clouds(i, d)));
      const out = ['--out', join(folder, 'map.html')];
      for (const [args, status, message] of [
        [[a, b, ...out], 1, `mien: ${b}: has no row x0, which the first folder has`],
        [[a, ...out, '--neighbours', '30'], 1, `mien: ${a}: has 24 rows with a label, expected at least 31`],
        [
          [a, ...out, '--data', `fer2013=${join(folder, 'fer2013.csv')}`],
          1,
          'fer2013 holds no image x0, which the features have',
        ],
        [[c, ...out], 1, `mien: ${c}: holds features that are not finite numbers`],
        [[join(folder, 'none'), ...out], 1, 'features.npy'],
        [[a, ...out, '--min-distance', '2'], 2, 'Expected a number from 0 and below 1.'],
        [[], 2, "missing required argument 'folder'"],
      ] as const) {
        const { result, stderr } = await captureOutput(() => main(['map', ...args]));
        expect([result, stderr]).toEqual([status, expect.stringContaining(message)]);
        expect(stderr.trim().split('\n')).toHaveLength(1);
      }
    });
  });
});
