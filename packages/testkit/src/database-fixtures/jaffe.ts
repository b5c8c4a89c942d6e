/** JAFFE in small: 8-bit grey TIFF, uncompressed. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const ids = ['KA.AN1.39.tiff', 'KA.HA2.30.tiff', 'KA.NE1.26.tiff', 'YM.FE1.67.TIFF', 'YM.SU3.60.tif'];

export const jaffeCase: DatabaseCase = {
  name: 'jaffe',
  tree: { ...faceTree(ids, { width: 24, height: 24, channels: 1 }), 'README.txt': 'a text', ...strayFiles('') },
  expected: {
    ids,
    labels: ['anger', 'happiness', 'neutral', 'fear', 'surprise'],
    subjects: 2,
    sequences: 0,
    records: { 'YM.SU3.60.tif': { subject: 'YM', attributes: { repetition: 3, serial: 60 } } },
    image: { width: 24, height: 24 },
  },
  damaged: {
    changed: faceTree(['KA.XX1.41.tiff'], { width: 24, height: 24, channels: 1 }),
    removed: ['KA.HA2.30.tiff'],
    problems: [{ where: 'KA.XX1.41.tiff', message: /is not named as JAFFE's images are/ }],
    ids: ids.filter((id) => id !== 'KA.HA2.30.tiff'),
  },
};
