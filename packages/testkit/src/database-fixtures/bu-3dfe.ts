/** BU-3DFE in small: BMP images with their models. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const ids = [
  'F0001/F0001_AN01WH_F2D.bmp',
  'F0001/F0001_NE00WH_F2D.bmp',
  'F0001/F0001_SA04WH_F2D.BMP',
  'M0044/M0044_HA02AE_F2D.bmp',
];

export const bu3dfeCase: DatabaseCase = {
  name: 'bu-3dfe',
  tree: {
    ...faceTree(ids, { width: 15, height: 14, channels: 3 }),
    'F0001/F0001_AN01WH_F3D.wrl': '#VRML V2.0 utf8\n',
    'F0001/F0001_AN01WH_F3D.bnd': '12\t1.0\t2.0\t3.0\n',
    'F0001/F0001_AN01WH_RAW.wrl': '#VRML V2.0 utf8\n',
    'F0001/F0001_SA04WH_F3D.WRL': '#VRML V2.0 utf8\n',
    ...strayFiles('', 'F0001'),
  },
  expected: {
    ids,
    labels: ['anger', 'neutral', 'sadness', 'happiness'],
    subjects: 2,
    sequences: 0,
    records: {
      [ids[0]!]: {
        subject: 'F0001',
        attributes: {
          sex: 'female',
          level: 1,
          race: 'WH',
          model: 'F0001/F0001_AN01WH_F3D.wrl',
          points: 'F0001/F0001_AN01WH_F3D.bnd',
        },
      },
      [ids[1]!]: { attributes: { sex: 'female', level: 0, race: 'WH', model: undefined, points: undefined } },
      [ids[2]!]: {
        attributes: { sex: 'female', level: 4, race: 'WH', model: 'F0001/F0001_SA04WH_F3D.WRL', points: undefined },
      },
      [ids[3]!]: { subject: 'M0044', attributes: { sex: 'male', level: 2, race: 'AE' } },
    },
    image: { width: 15, height: 14 },
  },
  damaged: {
    changed: faceTree(
      ['F0001/F0001_DI05WH_F2D.bmp', 'F0001/M0044_DI01AE_F2D.bmp', 'F0001/F0001_NE01WH_F2D.bmp', 'M0044/HA03_F2D.bmp'],
      { width: 15, height: 14, channels: 3 },
    ),
    removed: ['F0001/F0001_SA04WH_F2D.BMP'],
    problems: [
      { where: 'F0001/F0001_DI05WH_F2D.bmp', message: /has level 05 of disgust, expected 01 to 04/ },
      { where: 'F0001/F0001_NE01WH_F2D.bmp', message: /has level 01 of neutral, expected 00/ },
      { where: 'F0001/M0044_DI01AE_F2D.bmp', message: /stands in the folder of F0001/ },
      { where: 'M0044/HA03_F2D.bmp', message: /is not named as BU-3DFE's images are/ },
    ],
    ids: ids.filter((id) => !id.includes('SA04')),
  },
};
