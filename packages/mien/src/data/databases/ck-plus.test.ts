import { join } from 'node:path';
import { ckPlusCase, withFiles, writeTree, type Tree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { ckPlus } from './ck-plus.ts';

const withTree = (trees: readonly Tree[], use: (root: string) => Promise<void>): Promise<void> =>
  withFiles({}, async (root) => {
    for (const tree of trees) await writeTree(root, tree);
    await use(root);
  });
const LANDMARKS = 'Landmarks/S005/001/S005_001_00000002_landmarks.txt';

describe('CK+', () => {
  it('gives the landmarks of a frame, not those of another', async () => {
    await withTree([ckPlusCase.tree], async (root) => {
      const frame = (await ckPlus.index(root)).records[1]!;
      const { 68: points } = await frame.landmarks!();
      expect([points![0], points![67]]).toEqual([
        [100.2, 200],
        [167.2, 267],
      ]);
    });
  });

  it.each([
    ['with a line that is damaged', '1 2\n3\n', `${LANDMARKS}:2: expected 2 numbers, got "3"`],
    ['that are too few', '1 2\n3 4\n', `${LANDMARKS}: expected 68 landmarks, got 2`],
  ])('reads landmarks when asked, and names the file of those %s', async (_name, text, message) => {
    await withTree([ckPlusCase.tree, { [LANDMARKS]: text }], async (root) => {
      const frame = (await ckPlus.index(root)).records[1]!;
      await expect(frame.landmarks!()).rejects.toThrow(join(root, message));
    });
  });

  it('keeps the frames of a sequence whose label is damaged, unlabelled', async () => {
    await withTree([ckPlusCase.tree, ckPlusCase.damaged.changed], async (root) => {
      const { records } = await ckPlus.index(root, () => undefined);
      const labels = (sequence: string): unknown[] =>
        records.filter((r) => r.sequence === sequence).map(({ label }) => label);
      expect([labels('S005/001'), labels('S010/004'), labels('S037/006')]).toEqual([
        ['disgust', 'disgust', 'disgust'],
        [undefined, undefined],
        [undefined],
      ]);
      expect(
        records.filter((r) => r.sequence === 'S005/001').every(({ actionUnits }) => actionUnits === undefined),
      ).toBe(true);
    });
  });

  it('finds the folders where the archives unpack them', async () => {
    const parents: Readonly<Record<string, string>> = {
      'cohn-kanade-images': 'extended-cohn-kanade-images/',
      Emotion: 'Emotion_labels/',
      FACS: 'FACS_labels/',
      Landmarks: 'Landmarks/',
    };
    const unpacked = Object.fromEntries(
      Object.entries(ckPlusCase.tree).map(([path, content]) => [(parents[path.split('/')[0]!] ?? '') + path, content]),
    );
    await withTree([unpacked], async (root) => {
      const { records } = await ckPlus.index(root);
      expect(records.map(({ label }) => label)).toEqual(ckPlusCase.expected.labels);
      expect(records[0]!.id).toBe('extended-cohn-kanade-images/cohn-kanade-images/S005/001/S005_001_00000001.png');
      expect(records[2]!.actionUnits).toEqual([{ unit: 9 }, { unit: 17, intensity: 4 }]);
      expect(records[0]!.landmarks).toBeDefined();
    });
  });

  it('does without label folders', async () => {
    const images = Object.fromEntries(
      Object.entries(ckPlusCase.tree).filter(([path]) => path.startsWith('cohn-kanade-images')),
    );
    await withTree([images], async (root) => {
      const { records } = await ckPlus.index(root);
      expect(records.length).toBe(8);
      expect(
        records.every((r) => r.label === undefined && r.landmarks === undefined && r.actionUnits === undefined),
      ).toBe(true);
    });
  });
});
