/** Oulu-CASIA in small, as its archive unpacks; cropped copies of the same images beside. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const base = 'B_OriginalImg/B_OriginalImg/OriginalImg';
const size = { width: 16, height: 12, channels: 3 } as const;
const frames = (folder: string, names: readonly string[]): string[] => names.map((name) => `${base}/${folder}/${name}`);
const infrared = frames('NI/Dark/P001/Anger', ['000.jpeg', '001.jpeg']);
const anger = frames('VL/Strong/P001/Anger', ['000.jpeg', '001.jpeg', '002.JPEG']);
const happiness = frames('VL/Strong/P080/Happiness', ['000.jpeg']);
const weak = frames('VL/Weak/P001/Surprise', ['000.jpeg']);
const all = [...infrared, ...anger, ...happiness, ...weak];

export const ouluCasiaCase: DatabaseCase = {
  name: 'oulu-casia',
  tree: {
    ...faceTree(all, size),
    ...faceTree(['C_PreprocessedImg/VL/Strong/P001/Anger/000.jpeg'], { width: 8, height: 8, channels: 3 }),
    ...strayFiles('', base, `${base}/VL`, `${base}/VL/Strong/P001/Anger`),
  },
  expected: {
    ids: all,
    labels: [...infrared, ...anger].map(() => 'anger').concat('happiness', 'surprise'),
    subjects: 2,
    sequences: 4,
    records: {
      [infrared[1]!]: {
        subject: 'P001',
        sequence: `${base}/NI/Dark/P001/Anger`,
        frame: 1,
        attributes: { camera: 'NI', illumination: 'dark' },
      },
      [anger[2]!]: {
        subject: 'P001',
        sequence: `${base}/VL/Strong/P001/Anger`,
        frame: 2,
        attributes: { camera: 'VL', illumination: 'strong' },
      },
      [weak[0]!]: { frame: 0, attributes: { camera: 'VL', illumination: 'weak' } },
    },
    image: { width: 16, height: 12 },
  },
  damaged: {
    changed: { ...faceTree([`${base}/VL/Strong/P001/Bored/000.jpeg`], size), [`${base}/VL/Strong/P001/Fear/`]: '' },
    removed: happiness,
    problems: [
      { where: `${base}/VL/Strong/P001/Bored`, message: /is not an expression of Oulu-CASIA/ },
      { where: `${base}/VL/Strong/P001/Fear`, message: /holds no frames/ },
      { where: `${base}/VL/Strong/P080/Happiness`, message: /holds no frames/ },
    ],
    ids: [...infrared, ...anger, ...weak],
  },
};
