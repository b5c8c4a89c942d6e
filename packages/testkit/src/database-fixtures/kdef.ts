/** KDEF in small: AF01 and BF01 are one person, AM01 another; AFAF is afraid. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const size = { width: 14, height: 19, channels: 3 } as const;
const ids = [
  'KDEF/AF01/AF01AFS.JPG',
  'KDEF/AF01/AF01ANFL.JPG',
  'KDEF/AF01/AF01SUHR.jpg',
  'KDEF/AM01/AM01DIFR.JPG',
  'KDEF/AM01/AM01SAHL.JPG',
  'KDEF/BF01/BF01HAS.JPG',
  'KDEF/BF01/BF01NES.JPG',
];

export const kdefCase: DatabaseCase = {
  name: 'kdef',
  tree: { ...faceTree(ids, size), 'KDEF/Information.txt': 'a text', ...strayFiles('', 'KDEF', 'KDEF/AF01') },
  expected: {
    ids,
    labels: ['fear', 'anger', 'surprise', 'disgust', 'sadness', 'happiness', 'neutral'],
    subjects: 2,
    sequences: 0,
    records: {
      [ids[0]!]: { subject: 'F01', attributes: { session: 'A', sex: 'female', angle: 'S' } },
      [ids[2]!]: { subject: 'F01', attributes: { session: 'A', sex: 'female', angle: 'HR' } },
      [ids[3]!]: { subject: 'M01', attributes: { session: 'A', sex: 'male', angle: 'FR' } },
      [ids[5]!]: { subject: 'F01', attributes: { session: 'B', sex: 'female', angle: 'S' } },
    },
    image: { width: 14, height: 19 },
  },
  damaged: {
    changed: faceTree(['KDEF/AF01/AF01XXS.JPG', 'KDEF/AF01/AF31V.JPG'], size),
    removed: ['KDEF/AM01'],
    problems: [
      { where: 'KDEF/AF01/AF01XXS.JPG', message: /is not named as KDEF's images are/ },
      { where: 'KDEF/AF01/AF31V.JPG', message: /is not named as KDEF's images are/ },
    ],
    ids: ids.filter((id) => !id.includes('AM01')),
  },
};
