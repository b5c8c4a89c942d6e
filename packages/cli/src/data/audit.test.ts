/** `mien data audit` of people's own images: of any size, listed by columns and codes of their own. */
import { rawImage, resize } from 'mienjs/image';
import { encodeImage } from 'mienjs/image/node';
import { drawFace, runMain, withFiles, writeTree, type Run } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const picture = drawFace({ width: 96, height: 96, channels: 1, seed: 1 });
const png = await encodeImage(picture, 'png');
const smaller = await encodeImage(resize(picture, { width: 64, height: 64 }), 'png');
/** Stripes: nothing like a face. */
const stripes = Uint8Array.from({ length: 80 * 60 }, (_, i) => (Math.floor((i % 80) / 13) % 2 === 0 ? 230 : 20));
const other = await encodeImage(rawImage(80, 60, 1, stripes), 'png');

const audit = (...args: string[]): Promise<Run> => runMain(main, ['data', 'audit', ...args, '--json']);

const COPIES = {
  identical: { groups: 1, images: 2, copies: 1, acrossSplits: 1, conflicting: 1 },
  near: { groups: 1, images: 3, copies: 2, acrossSplits: 1 },
};

describe('mien data audit', () => {
  test('of folders with images of several sizes', async () => {
    const files = {
      'train/happy/a.png': png,
      'test/sad/b.png': png,
      'test/happy/c.png': smaller,
      'train/sad/d.png': other,
    };
    await withFiles({}, async (folder) => {
      await writeTree(folder, files);
      const { status, stdout } = await audit('folder', folder);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ dataset: 'folder', images: 4, unreadable: 0, ...COPIES });
    });
  });

  test('of a manifest with columns and codes of its own', async () => {
    const files = {
      'a.png': png,
      'b.png': png,
      'c.png': smaller,
      'd.png': other,
      'list.csv': 'pic,part,emo\na.png,train,1\nb.png,test,2\nc.png,test,1\nd.png,train,2\n',
    };
    await withFiles(files, async (folder) => {
      const { status, stdout, stderr } = await audit(
        'manifest',
        `${folder}/list.csv`,
        '--columns',
        'image=pic,split=part,label=emo',
        '--codes',
        '1=happiness,2=sadness',
      );
      expect([status, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ dataset: 'manifest', images: 4, ...COPIES });
      expect(await audit('folder', folder, '--columns', 'image=pic')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('--columns has no use here') as string,
      });
    });
  });
});
