/** MMI in small: a frontal session with action units, a dual one, one of another emotion, a profile one. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const session = (view: string, ...files: readonly string[]): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?>\n<session sessionId="1">\n  <track view="${view}">\n${files.map((f) => `    <annotation filename="${f}"/>\n`).join('')}  </track>\n</session>\n`;
const clip = (emotion: number): string =>
  `<?xml version="1.0"?>\n<MmiClip>\n  <Metatag Name="Age" Value="25"/>\n  <Metatag Name="Emotion" Value="${emotion}"/>\n</MmiClip>\n`;
const unit = (number: string, markers: readonly (readonly [frame: number, type: number])[]): string =>
  `  <ActionUnit Number="${number}">${markers.map(([frame, type]) => `<Marker Frame="${frame}" Type="${type}"/>`).join('')}</ActionUnit>\n`;
const units = `<?xml version="1.0"?>\n<AuCoding>\n${unit('4', [
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 3],
  [5, 0],
])}${unit('L12', [
  [3, 1],
  [4, 0],
])}</AuCoding>\n`;

const first = [1, 2, 3, 4, 5].map((n) => `Sessions/1/S001-001/0000${n}.png`);
// Unpadded numbers: frame 10 comes after frame 9. Both cases of both extensions.
const dual = ['frame8.JPG', 'frame9.jpg', 'frame10.jpeg'].map((name) => `Sessions/12/S002-003/${name}`);
const other = ['Sessions/2/S001-002/00001.png'];
const profile = ['Sessions/3/S030-001/00001.PNG'];

export const mmiCase: DatabaseCase = {
  name: 'mmi',
  tree: {
    'Sessions/1/session.xml': session('0', 'S001-001.xml', 'S001-001-oao_aucs.xml'),
    'Sessions/1/S001-001.xml': clip(1),
    'Sessions/1/S001-001-oao_aucs.xml': units,
    'Sessions/1/S001-001.avi': 'a video',
    'Sessions/12/session.xml': session('2', 'S002-003.xml'),
    'Sessions/12/S002-003.xml': clip(6),
    'Sessions/12/S002-003.avi': 'a video',
    'Sessions/2/session.xml': session('0', 'S001-002.xml'),
    'Sessions/2/S001-002.xml': clip(9),
    'Sessions/2/S001-002.avi': 'a video',
    'Sessions/3/session.xml': session('1'),
    'Sessions/3/S030-001.avi': 'a video',
    // Neither labelled nor extracted, which is not damage.
    'Sessions/4/session.xml': session('0'),
    'Sessions/4/S031-001.avi': 'a video',
    ...faceTree([...first, ...dual, ...other, ...profile], { width: 20, height: 16, channels: 3 }),
    ...strayFiles('', 'Sessions', 'Sessions/1', 'Sessions/1/S001-001'),
  },
  expected: {
    ids: [...first, ...other, ...profile, ...dual],
    labels: [...first.map(() => 'anger'), undefined, undefined, ...dual.map(() => 'surprise')],
    subjects: 3,
    sequences: 4,
    records: {
      [first[0]!]: {
        subject: 'S001',
        sequence: 'Sessions/1/S001-001',
        frame: 0,
        actionUnits: [],
        attributes: { view: 'frontal' },
      },
      [first[1]!]: { actionUnits: [{ unit: 4 }] },
      [first[2]!]: { actionUnits: [{ unit: 4 }, { unit: 12 }] },
      [first[3]!]: { actionUnits: [{ unit: 4 }] },
      [first[4]!]: { frame: 4, actionUnits: [] },
      [dual[2]!]: { subject: 'S002', frame: 2, attributes: { view: 'dual' } },
      [other[0]!]: { subject: 'S001', sequence: 'Sessions/2/S001-002', attributes: { view: 'frontal', emotion: 9 } },
      [profile[0]!]: { subject: 'S030', attributes: { view: 'profile' } },
    },
    image: { width: 20, height: 16 },
  },
  damaged: {
    changed: {
      'Sessions/1/S001-001-oao_aucs.xml': units.replace('Number="4"', 'Number="brow"'),
      'Sessions/12/S002-003.xml': '<?xml version="1.0"?>\n<MmiClip>\n  <Metatag Name="Emotion"\n</MmiClip>\n',
      'Sessions/2/session.xml': session('7'),
      'Sessions/5/session.xml': session('0'),
      'Sessions/5/S032-001.xml': clip(4),
    },
    removed: ['Sessions/3/session.xml'],
    problems: [
      { where: 'Sessions/1/S001-001-oao_aucs.xml', message: /has the action unit "brow", expected a number/ },
      {
        where: 'Sessions/2/session.xml',
        message: /has a track of view "7", expected 0 \(frontal\), 1 \(profile\) or 2 \(dual\)/,
      },
      { where: 'Sessions/3/session.xml', message: /no such file/ },
      { where: 'Sessions/5', message: /has no frames.*ffmpeg -i '.*S032-001\.avi' '.*S032-001\/%05d\.png'/ },
      { where: 'Sessions/12/S002-003.xml:4', message: /is not well-formed XML/ },
    ],
    ids: [...first, ...dual],
  },
};
