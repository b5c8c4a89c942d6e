import { labelledImages } from '../samples.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { rawImage, resize, toGray, type RawImage } from '../../image/index.ts';
import { Random } from '../../tensor/index.ts';
import { auditData } from './audit.ts';
import { describeAudit } from './describe.ts';
import { renderAudit } from './report.ts';
import { databaseSource, datasetSource, openAuditSource, type AuditItem, type AuditSource } from './source.ts';

/** A picture of coarse blobs, like no other of another seed. */
function picture(seed: number, side = 32): RawImage {
  const random = new Random(seed, 'picture');
  const coarse = rawImage(
    12,
    12,
    1,
    Uint8Array.from({ length: 144 }, () => random.int(256)),
  );
  return resize(coarse, { width: side, height: side });
}
const brighter = (image: RawImage): RawImage =>
  rawImage(
    image.width,
    image.height,
    image.channels,
    image.data.map((v) => Math.round(0.7 * v + 40)),
  );

function sourceOf(images: readonly (Partial<AuditItem> & { readonly image: RawImage | undefined })[]): AuditSource {
  return {
    name: 'drawn',
    items: images.map(({ image: _, ...item }, i) => ({ id: `#${i}`, split: 'train', ...item })),
    read: (i) =>
      images[i]!.image ? Promise.resolve(images[i]!.image) : Promise.reject(new InputError(`#${i}`, 'is damaged')),
  };
}

describe('auditData', () => {
  it('counts identical and near-identical images within and across splits, and conflicting labels', async () => {
    const [a, b, c] = [1, 2, 3].map((seed) => picture(seed)) as [RawImage, RawImage, RawImage];
    const source = sourceOf([
      { image: a, label: 'fear' },
      { image: a, label: 'fear' },
      { image: a, split: 'test', label: 'anger' },
      { image: brighter(a), split: 'test', label: 'fear' },
      { image: b, label: 'anger' },
      { image: brighter(b), label: 'anger' },
      { image: c },
      { image: picture(4) },
    ]);
    const audit = await auditData(source);
    expect(audit).toMatchObject({
      dataset: 'drawn',
      images: 8,
      unreadable: 0,
      threshold: 60,
      identical: { groups: 1, images: 3, copies: 2, acrossSplits: 1, conflicting: 1, conflictingImages: 3 },
      near: { groups: 2, images: 6, copies: 4, acrossSplits: 1, conflicting: 1, conflictingImages: 4 },
      nearPairs: 2,
      conflictingPairs: 1,
      splits: [
        { split: 'train', images: 6, identical: { train: 2, test: 2 }, near: { train: 4, test: 2 } },
        { split: 'test', images: 2, identical: { train: 1, test: 0 }, near: { train: 2, test: 2 } },
      ],
    });
    expect(
      audit.examples.map(({ places, identical, conflicting }) => ({
        places: [...places].sort(),
        identical,
        conflicting,
      })),
    ).toEqual([
      { places: [0, 1, 2, 3], identical: false, conflicting: true },
      { places: [4, 5], identical: false, conflicting: false },
    ]);
    expect(describeAudit(audit)).toMatch(
      /^drawn: 8 images\n.*\nidentical pixels +1 +3 +2 +1 +1 +3\nidentical or near-identical \(at most 60 of 255 bits\) +2 +6 +4 +1 +1 +4\n/,
    );
    const html = await renderAudit(audit, source);
    expect(html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(6);
    expect(html).toContain('4 images, near-identical, <strong>with different labels</strong>');
  });

  it('finds nothing where nothing is alike, and only what hashes take for equal at threshold 0', async () => {
    const different = sourceOf([1, 2, 3, 4, 5].map((seed) => ({ image: picture(seed), label: 'fear' })));
    expect(await auditData(different)).toMatchObject({
      identical: { groups: 0, images: 0 },
      near: { groups: 0 },
      nearPairs: 0,
      examples: [],
    });
    expect(
      (await auditData(sourceOf([{ image: picture(1) }, { image: picture(1, 64) }]), { threshold: 0 })).nearPairs,
    ).toBe(0);
  });

  it('does not compare the frames of a sequence with each other, but with those of others', async () => {
    const [a, b] = [picture(1), picture(2)];
    const frames = (sequence: string, images: readonly RawImage[]) =>
      images.map((image) => ({ image, sequence, label: 'fear' }));
    const alone = await auditData(sourceOf(frames('one', [a, a, brighter(a), b])));
    expect(alone).toMatchObject({ images: 4, identical: { groups: 0 }, near: { groups: 0 }, nearPairs: 0 });
    const both = await auditData(sourceOf([...frames('one', [a, a, b]), ...frames('two', [a, picture(3)])]));
    expect(both.identical).toMatchObject({ groups: 1, images: 2, copies: 1 });
  });

  it('goes on without images that cannot be read, and names them', async () => {
    const named: string[] = [];
    const audit = await auditData(sourceOf([{ image: picture(1) }, { image: undefined }, { image: picture(1) }]), {
      onUnreadable: (id, error) => named.push(`${id} ${error.message}`),
    });
    expect(audit).toMatchObject({ images: 2, unreadable: 1, identical: { groups: 1 } });
    expect(named).toEqual(['#1 #1: is damaged']);
    expect(describeAudit(audit)).toContain('drawn: 2 images, 1 more cannot be read');
  });

  it('tells its progress and holds for many images', async () => {
    const stages = new Map<string, number>();
    const many = sourceOf(Array.from({ length: 700 }, (_, i) => ({ image: picture(Math.floor(i / 2)) })));
    const audit = await auditData(many, {
      onProgress: (stage, done, total) => {
        expect(done).toBeLessThanOrEqual(total);
        stages.set(stage, done);
      },
    });
    expect(audit.identical).toMatchObject({ groups: 350, copies: 350 });
    expect([...stages]).toEqual([
      ['read', 700],
      ['compare', 350],
    ]);
  });
});

describe('sources', () => {
  it('cut faces out of a photo by their boxes: two faces of one photo are two', async () => {
    const photo = rawImage(
      60,
      30,
      1,
      new Uint8Array(
        [...Array(30).keys()].flatMap((y) => [
          ...picture(1, 30).data.subarray(30 * y, 30 * y + 30),
          ...picture(2, 30).data.subarray(30 * y, 30 * y + 30),
        ]),
      ),
    );
    const record = (id: string, x: number) => ({
      id,
      image: { read: () => Promise.resolve(photo) },
      box: { x, y: -2, width: 30.4, height: 40 },
      label: 'fear',
    });
    const source = databaseSource({
      name: 'two',
      root: '.',
      classes: ['fear'],
      records: [record('left', 0), record('right', 30), record('beside', 90)],
    });
    expect(toGray(await source.read(0)).data).toEqual(picture(1, 30).data);
    expect(source.items[0]).toEqual({ id: 'left', split: 'all', label: 'fear' });
    expect((await source.read(2)).width).toBe(60);
    expect(await auditData(source)).toMatchObject({ identical: { groups: 0 }, near: { groups: 0 } });
  });

  it('take a dataset as it is used', async () => {
    const images = labelledImages({
      images: { count: 2, height: 1, width: 1, channels: 1 as const, pixels: Uint8Array.of(3, 3) },
      classes: ['a', 'b'],
      labels: Int32Array.of(1, -1),
      ids: ['x', 'y'],
    });
    const uses: string[] = [];
    const source = await datasetSource(
      {
        name: 'd',
        splits: ['train', 'test'],
        loadSplit: (split, use) => {
          uses.push(`${split} ${use}`);
          return Promise.resolve(images);
        },
      },
      (split) => (split === 'train' ? 'train' : 'evaluate'),
    );
    expect(uses).toEqual(['train train', 'test evaluate']);
    expect(source.items[2]).toEqual({ id: 'x', split: 'test', label: 'b' });
    expect(source.items[3]).toEqual({ id: 'y', split: 'test' });
    expect([...(await source.read(3)).data]).toEqual([3]);
  });

  it('names what is unknown', async () => {
    await expect(openAuditSource('nothing', '.', () => {})).rejects.toThrow('nothing: ');
  });
});

const fer2013 = join(
  process.env.MIEN_SHARED_DATA ?? fileURLToPath(new URL('../../../../../../shared/data', import.meta.url)),
  'fer2013',
);
if (!existsSync(fer2013))
  process.stderr.write(`skipped: the copies of FER2013, because ${fer2013} is not there (set MIEN_SHARED_DATA)\n`);

it.skipIf(!existsSync(fer2013))(
  'finds the copies of FER2013',
  async () => {
    const audit = await auditData(
      await openAuditSource('fer2013', fer2013, (where, message) => {
        throw new Error(`${where}: ${message}`);
      }),
    );
    expect(audit.identical).toMatchObject({ groups: 1271, copies: 1530, acrossSplits: 270, conflicting: 47 });
    expect(audit).toMatchObject({ nearPairs: 2417, conflictingPairs: 427, near: { groups: 2116, copies: 3237 } });
  },
  300_000,
);
