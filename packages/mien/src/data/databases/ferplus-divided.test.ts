import { describe, expect, it } from 'vitest';
import { withFiles } from 'mien-testkit';
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import { findDataset } from '../registry.ts';

const [ferplus, ferplusVotes] = ['ferplus', 'ferplus-votes'].map(findDataset) as [
  ReturnType<typeof findDataset>,
  ReturnType<typeof findDataset>,
];

/** A folder of FER+ with an image for each row of ten votes. */
function folderOf(votes: readonly (readonly number[])[]): Record<string, string> {
  const pixels = Array<number>(48 * 48)
    .fill(7)
    .join(' ');
  return {
    'fer2013.csv': `emotion,pixels,Usage\n${votes.map(() => `3,${pixels},Training\n`).join('')}`,
    'fer2013new.csv': `Usage,Image name,${FERPLUS_CATEGORIES.join(',')}\n${votes.map((row, i) => `Training,fer${String(i).padStart(7, '0')}.png,${row.join(',')}\n`).join('')}`,
  };
}

describe('ferplus-votes', () => {
  it("takes divided images for less, leaves out what is not a face, and keeps FER2013's labels", async () => {
    const clear = [8, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    const divided = [2, 0, 2, 2, 2, 0, 0, 0, 2, 0];
    const single = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    const noFace = [2, 0, 0, 0, 0, 0, 0, 0, 0, 8];
    await withFiles(folderOf([clear, divided, single, noFace]), async (folder) => {
      const images = await (await ferplusVotes.load(folder)).loadSplit('Training', 'train');
      const kept = await (await ferplus.load(folder)).loadSplit('Training', 'train');
      expect([images.images.count, kept.images.count]).toEqual([3, 1]);
      const K = EXPRESSIONS_8.length;
      const row = (i: number): number[] =>
        [...images.labelDistribution!.subarray(i * K, (i + 1) * K)].map((v) => Math.round(v * 1000) / 1000);
      expect(row(0)).toEqual([...kept.labelDistribution!].map((v) => Math.round(v * 1000) / 1000));
      // shares of 0.2, for the agreement of 0.2 among ten votes
      expect(row(1)).toEqual([0.04, 0, 0.04, 0.04, 0.04, 0, 0, 0]);
      expect(row(2)).toEqual(Array(K).fill(0));
      expect([...images.labels]).toEqual([0, 0, -1]);
      expect([...images.labellingOf('fer2013').labels]).toEqual([1, 1, 1]); // happiness
    });
  });

  it('evaluates as ferplus does', async () => {
    await withFiles(
      folderOf([
        [8, 2, 0, 0, 0, 0, 0, 0, 0, 0],
        [5, 5, 0, 0, 0, 0, 0, 0, 0, 0],
      ]),
      async (folder) => {
        const load = async (set: typeof ferplus) =>
          (await (await set.load(folder)).loadSplit('Training', 'evaluate')).ids;
        expect(await load(ferplusVotes)).toEqual(await load(ferplus));
      },
    );
  });
});
