/** What single databases of stills must get right beyond the contract. */
import { join } from 'node:path';
import type { drawFace } from 'mien-testkit';
import {
  bu3dfeCase,
  encodeMat,
  jaffeCase,
  multiPieCase,
  ouluCasiaCase,
  withFiles,
  writeTree,
  type Tree,
} from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { bu3dfe } from './bu-3dfe.ts';
import { jaffe } from './jaffe.ts';
import { multiPie } from './multi-pie.ts';
import { ouluCasia } from './oulu-casia.ts';
import { readFaceImage } from './read-image.ts';

const withTree = (tree: Tree, use: (root: string) => Promise<void>): Promise<void> =>
  withFiles({}, async (root) => {
    await writeTree(root, tree);
    await use(root);
  });

describe('pixels', () => {
  it.each([
    ["JAFFE's grey TIFF", jaffe, jaffeCase],
    ["BU-3DFE's BMP", bu3dfe, bu3dfeCase],
  ] as const)('of %s are exact', async (_name, definition, { tree }) => {
    await withTree(tree, async (root) => {
      for (const record of (await definition.index(root)).records) {
        const drawn = tree[record.id] as ReturnType<typeof drawFace>;
        expect((await readFaceImage(record, { channels: drawn.channels })).data, record.id).toEqual(drawn.data);
      }
    });
  });
});

describe('Multi-PIE', () => {
  it('gives landmarks as x and y, and names a damaged file of them when asked', async () => {
    const file = 'MPie_Labels/labels/24_0/001_01_01_240_00_lm.mat';
    const turned = encodeMat({ pts: { dims: [2, 39], data: new Float64Array(78) } }, { compressed: false });
    await withTree({ ...multiPieCase.tree, [file]: turned }, async (root) => {
      const [frontal, side] = (await multiPie.index(root)).records;
      const { 68: points } = await frontal!.landmarks!();
      expect([points![0], points![67]]).toEqual([
        [0.5, 68.5],
        [67.5, 135.5],
      ]);
      await expect(side!.landmarks!()).rejects.toThrow(`${join(root, file)}: expected "pts" of n×2, found 2×39`);
    });
  });
});

describe('Oulu-CASIA', () => {
  it('is found below any folders, original or not by name', async () => {
    const moved = Object.fromEntries(
      Object.entries(ouluCasiaCase.tree)
        .filter(([path]) => path.includes('/VL/') && path.includes('OriginalImg') && path.endsWith('eg'))
        .map(([path, content]) => [path.slice(path.indexOf('VL/')), content]),
    );
    await withTree(moved, async (root) => {
      expect((await ouluCasia.index(root)).records.map(({ id }) => id)).toEqual([
        'VL/Strong/P001/Anger/000.jpeg',
        'VL/Strong/P001/Anger/001.jpeg',
        'VL/Strong/P080/Happiness/000.jpeg',
        'VL/Weak/P001/Surprise/000.jpeg',
      ]);
    });
  });
});
