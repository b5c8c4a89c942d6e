/** What the contract's cases cannot say: what must be absent. Traps of these databases. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATABASE_CASES, type Tree, withFiles, writeTree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { compareCounts } from './compare-counts.ts';
import type { Database } from './database.ts';
import { DATABASES } from './index.ts';

const definitionOf = (name: string) => DATABASES.find((definition) => definition.name === name)!;
const treeOf = (name: string, at = 0): Tree => DATABASE_CASES.filter((c) => c.name === name)[at]!.tree;

async function indexed(name: string, tree: Tree): Promise<Database> {
  const root = await mkdtemp(join(tmpdir(), 'mien-traps-'));
  try {
    await writeTree(root, tree);
    return await definitionOf(name).index(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

describe('AffectNet', () => {
  it.each([0, 1])(
    'release %i: no valence or arousal where they are −2, no attribute where there is a label',
    async (at) => {
      const { records } = await indexed('affectnet', treeOf('affectnet', at));
      for (const { label, valence, arousal, attributes } of records) {
        expect([valence === undefined, arousal === undefined, attributes !== undefined]).toEqual(
          Array.from({ length: 3 }, () => label === undefined),
        );
      }
      expect(records.filter(({ label }) => label === undefined)).toHaveLength(3);
    },
  );

  it('gives x and y of each point in turn, in both releases', async () => {
    for (const at of [0, 1]) {
      const root = await mkdtemp(join(tmpdir(), 'mien-traps-'));
      await writeTree(root, treeOf('affectnet', at));
      const { records } = await definitionOf('affectnet').index(root);
      const points = (await records[0]!.landmarks!())[68]!;
      expect([points[0], points[1], points[67]]).toEqual([
        [10, 10.5],
        [11, 11.5],
        [77, 77.5],
      ]);
      await rm(root, { recursive: true });
    }
  });

  it('knows that the second release has 499 images of contempt in validation', async () => {
    const { published } = await indexed('affectnet', treeOf('affectnet', 1));
    expect(published!.splits!['validation']).toMatchObject({ contempt: 499, fear: 500 });
    expect(definitionOf('affectnet').published.splits!['validation']).toMatchObject({ contempt: 500 });
  });

  it('reads the list of the automatic labels as a split of its own', async () => {
    const table = String(treeOf('affectnet')['training.csv']);
    const { records } = await indexed('affectnet', {
      ...treeOf('affectnet'),
      'Automatically_annotated_file_list/automatically_annotated.csv': table.split('\r\n').slice(0, 2).join('\n'),
      'Automatically_Annotated_Images/689/aaaaaaa0.jpg': '',
    });
    expect(records.filter(({ split }) => split === 'automatic').map(({ id }) => id)).toEqual([
      'Automatically_Annotated_Images/689/aaaaaaa0.jpg',
    ]);
  });

  it('refuses a table whose columns are others', async () => {
    await expect(indexed('affectnet', { 'training.csv': 'subDirectory_filePath,expression\n' })).rejects.toThrow(
      /training\.csv: no column "face_x": expected subDirectory_filePath, face_x, .*; its columns are subDirectory_filePath, expression$/,
    );
  });
});

describe('RAF-DB', () => {
  it('gives boxes and landmarks, which are of the original image, to original images only', async () => {
    const aligned = await indexed('raf-db', treeOf('raf-db'));
    for (const record of aligned.records) expect(record).not.toHaveProperty('box');
    for (const record of aligned.records) expect(record).not.toHaveProperty('landmarks');
    const original = await indexed('raf-db-original', treeOf('raf-db-original'));
    for (const record of original.records) expect(record.box).toEqual({ x: 20, y: 10, width: 80.5, height: 70 });
  });

  it('takes the folder basic itself for the root, and does without annotations', async () => {
    const bare = Object.entries(treeOf('raf-db-original'))
      .filter(([path]) => !/Annotation|distribution/.test(path))
      .map(([path, content]) => [path.replace('basic/', ''), content] as const);
    const { records } = await indexed('raf-db-original', Object.fromEntries(bare));
    expect(records[0]).toMatchObject({ id: 'Image/original/train_00001.jpg', label: 'surprise' });
    for (const key of ['box', 'landmarks', 'attributes', 'labelDistribution'])
      expect(records[0]).not.toHaveProperty(key);
  });

  it('keeps the five points where the 37 are missing, and refuses 36', async () => {
    const auto = 'basic/Annotation/auto/train_00001_auto_attri.txt';
    const root = await mkdtemp(join(tmpdir(), 'mien-traps-'));
    const tree = Object.fromEntries(Object.entries(treeOf('raf-db-original')).filter(([path]) => path !== auto));
    await writeTree(root, tree);
    const first = async () => (await definitionOf('raf-db-original').index(root)).records[0]!.landmarks!();
    expect(await first()).toEqual({
      5: [
        [30.5, 40],
        [70, 41],
        [50, 60],
        [35, 80],
        [65, 81],
      ],
    });
    await writeTree(root, { [auto]: '1 2\n'.repeat(36) });
    await expect(first()).rejects.toThrow(`${join(root, auto)}: expected 37 points "x y"`);
    await rm(root, { recursive: true });
  });

  it('gives no distribution over other classes than its own to compound images', async () => {
    const { records } = await indexed('raf-db-compound', treeOf('raf-db-compound'));
    for (const record of records) expect(record).not.toHaveProperty('labelDistribution');
  });
});

describe('EmotioNet', () => {
  it('has no action units where nothing was annotated, and an empty list where none is active', async () => {
    const challenge = 'emotioNet_challenge_files/N_2.txt';
    const tree = treeOf('emotionet');
    const { records } = await indexed('emotionet', {
      ...tree,
      [challenge]: String(tree[challenge])
        .replace(/(N_2_1\.jpg\t\S+\t)0\t999\t999\t1/, '$10\t999\t999\t0')
        .replace(/\t1\t/g, '\t0\t'),
    });
    const byId = new Map(records.map((record) => [record.id, record]));
    expect(byId.get('images/N_2_2.jpg')).not.toHaveProperty('actionUnits');
    expect(byId.get('images/N_2_1.jpg')!.actionUnits).toEqual([]);
    expect(byId.get('images/N_1_1.jpg')).not.toHaveProperty('label');
  });

  it('tells two images of one name apart by the folder of the URL', async () => {
    const { records } = await indexed('emotionet', {
      'list.txt': 'http://e.org/a/1.jpg\nhttp://e.org/b/1.jpg?size=l\n',
      'images/b/1.jpg': '',
      'images/a/1.jpg': '',
    });
    expect(records.map(({ id, attributes }) => [id, attributes!['url']])).toEqual([
      ['images/a/1.jpg', 'http://e.org/a/1.jpg'],
      ['images/b/1.jpg', 'http://e.org/b/1.jpg?size=l'],
    ]);
  });
});

describe('EmotioNet, two URLs with one name and one image', () => {
  const list = { 'list.txt': 'http://e.org/a/1.jpg\nhttp://e.org/b/1.jpg\n', 'aws.txt': 'https://aws.org/x/a/1.jpg\n' };
  const problemsOf = async (tree: Tree): Promise<[string[], string[]]> =>
    withFiles({}, async (root) => {
      await writeTree(root, tree);
      const problems: string[] = [];
      const { records } = await definitionOf('emotionet').index(root, (where, message) =>
        problems.push(`${where.slice(root.length + 1)}: ${message}`),
      );
      return [records.map(({ id, attributes }) => `${id} ${attributes!['url']}`), problems];
    });

  it('gives the image to the URL of its folder, from whatever server', async () => {
    expect(await problemsOf({ ...list, 'images/a/1.jpg': '' })).toEqual([
      ['images/a/1.jpg https://aws.org/x/a/1.jpg'],
      [expect.stringMatching(/^list\.txt:2: has the name of another URL's image, images\/a\/1\.jpg/)],
    ]);
  });

  it('gives it to none where no folder tells', async () => {
    const [ids, problems] = await problemsOf({ ...list, 'images/1.jpg': '' });
    expect(ids).toEqual([]);
    expect(problems.map((text) => text.split(': ')[0])).toEqual(['aws.txt:1', 'list.txt:1', 'list.txt:2']);
  });
});

describe('AFEW and SFEW', () => {
  it('takes one split alone', async () => {
    const val = Object.fromEntries(Object.entries(treeOf('afew')).filter(([path]) => path.startsWith('Val_AFEW')));
    const database = await indexed('afew', val);
    expect(new Set(database.records.map(({ split }) => split))).toEqual(new Set(['Val']));
    expect(compareCounts(database, definitionOf('afew').published)).toContain(
      'Test: 0 found, 653 published: 653 missing',
    );
    expect(
      (
        await indexed(
          'sfew',
          Object.fromEntries(Object.entries(treeOf('sfew')).filter(([path]) => path.startsWith('Train'))),
        )
      ).records,
    ).toHaveLength(7);
  });

  it('takes the old faces of Val where there are no new ones, and release 1 without points', async () => {
    const old = Object.fromEntries(
      Object.entries(treeOf('sfew')).map(([path, content]) => [path.replace('Val_Aligned_Faces_new/', ''), content]),
    );
    expect((await indexed('sfew', old)).records.map(({ id }) => id)).toContain(
      'Val/Val_Aligned_Faces/Sad/Airheads_000519245_00000005.png',
    );
    const root = await mkdtemp(join(tmpdir(), 'mien-traps-'));
    await writeTree(
      root,
      Object.fromEntries(Object.entries(treeOf('sfew', 1)).filter(([path]) => !path.includes('Annotations'))),
    );
    const problems: string[] = [];
    const { records } = await definitionOf('sfew').index(root, (_, message) => problems.push(message));
    expect(records.map(({ landmarks }) => landmarks)).toEqual(Array.from({ length: 14 }, () => undefined));
    expect(problems).toHaveLength(14);
    await rm(root, { recursive: true });
  });
});

describe('FER+', () => {
  it('refuses votes for other rows than the images are', async () => {
    const tree = treeOf('ferplus');
    const votes = String(tree['fer2013new.csv']).split('\n');
    await expect(
      indexed('ferplus', { ...tree, 'fer2013new.csv': [votes[0], ...votes.slice(2)].join('\n') }),
    ).rejects.toThrow(/fer2013new\.csv:\d+: votes are for an image of PublicTest/);
  });

  it('has neither label nor distribution where there is no face (NF)', async () => {
    const { records } = await indexed('ferplus', treeOf('ferplus'));
    expect(records[2]).not.toHaveProperty('label');
    expect(records[2]).not.toHaveProperty('labelDistribution');
  });
});

const shared = process.env.MIEN_SHARED_DATA ?? fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));
const real = join(shared, 'fer2013');

it.skipIf(!existsSync(join(real, 'fer2013new.csv')))(
  'FER+ as published has the published counts in Training and PublicTest',
  async () => {
    const database = await definitionOf('ferplus').index(real);
    expect(
      compareCounts(database, definitionOf('ferplus').published).filter(
        (line) => !/^(images|PrivateTest): /.test(line),
      ),
    ).toEqual([]);
    expect(database.records.filter(({ split }) => split === 'PublicTest')).toHaveLength(3589);
  },
);
