import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { codedFacesOf, readCodings, type CodedFaces } from '../data/node.ts';
import type { FaceRecord } from '../data/databases/index.ts';
import { renderTable } from '../report/index.ts';
import {
  actionUnitDocument,
  actionUnitOccurrence,
  actionUnitTable,
  differingUnits,
  unitShare,
} from './action-units.ts';

/** `count` faces of a class, of which the first n show a unit, for each [unit, n]. */
const faces = (label: string, count: number, units: readonly (readonly [number, number])[]): CodedFaces['faces'] =>
  Array.from({ length: count }, (_, i) => ({
    label,
    units: new Set(units.filter(([, n]) => i < n).map(([unit]) => unit)),
  }));

const wild = actionUnitOccurrence({
  name: 'wild',
  classes: ['surprise', 'sadness', 'anger', 'contempt'],
  faces: [
    ...faces('sadness', 20, [
      [1, 19],
      [15, 3],
      [25, 10],
      [9, 1],
    ]),
    ...faces('surprise', 10, [
      [2, 10],
      [26, 5],
    ]),
    ...faces('contempt', 1, [[14, 1]]),
  ],
});
const posed = actionUnitOccurrence({
  name: 'posed',
  classes: ['surprise', 'sadness'],
  faces: [
    ...faces('surprise', 10, [
      [2, 10],
      [26, 9],
    ]),
    ...faces('sadness', 10, [
      [1, 9],
      [15, 9],
      [17, 8],
      [25, 1],
    ]),
  ],
});

describe('action units by expression', () => {
  it('counts faces by class and unit', () => {
    expect(wild).toMatchObject({
      classes: ['surprise', 'sadness', 'contempt'],
      units: [1, 2, 9, 14, 15, 25, 26],
      faces: [10, 20, 1],
    });
    expect(wild.counts[1]).toEqual([19, 0, 1, 0, 3, 10, 0]);
    expect([unitShare(wild, 'surprise', 26), unitShare(wild, 'surprise', 12), unitShare(wild, 'anger', 1)]).toEqual([
      0.5,
      0,
      NaN,
    ]);
  });

  it('marks shares from exactly 40 points on, on either side, also of units that one database lacks', () => {
    expect(differingUnits(wild, posed).map(({ label, unit }) => [label, unit])).toEqual([
      ['surprise', 26],
      ['sadness', 15],
      ['sadness', 17],
      ['sadness', 25],
    ]);
    const nearly = actionUnitOccurrence({
      name: 'nearly',
      classes: ['sadness'],
      faces: faces('sadness', 100, [[25, 11]]),
    });
    expect(differingUnits(wild, nearly).map(({ unit }) => unit)).not.toContain(25);
  });

  it('is laid out as table III of Li & Deng 2019', () => {
    expect(renderTable(actionUnitTable(wild, posed), 'text')).toBe(
      [
        'Action units by expression in wild',
        '%         faces  AU1  AU2  AU14  AU15  AU25  AU26',
        'surprise     10       100                     50*',
        'sadness      20   95              15*   50*',
        'contempt      1             100',
        'Empty cells are below 10 %.',
        'An asterisk marks a share at least 40 points from that in posed.',
        'posed has no coded face of contempt.',
        '',
      ].join('\n'),
    );
    expect(actionUnitTable(wild).rows[0]!.join()).not.toContain('*');
    expect(actionUnitDocument(wild, posed)).toMatchObject({
      classes: { surprise: { faces: 10, units: { 26: 0.5, 15: 0 } } },
      against: { name: 'posed' },
      differing: { length: 4 },
    });
  });
});

describe('codedFacesOf', () => {
  const image = { file: 'x.png' };
  const record = (id: string, more: Partial<FaceRecord>): FaceRecord => ({ id, image, ...more });

  it('takes stills, and sequences as one face; an empty coding counts, none does not', () => {
    const records = [
      record('a', { label: 'fear', actionUnits: [{ unit: 4, intensity: 2 }, { unit: 20 }] }),
      record('b', { label: 'fear', actionUnits: [] }),
      record('c', { label: 'fear' }),
      record('d', { actionUnits: [{ unit: 12 }] }),
      record('e/2', { label: 'anger', sequence: 'e', frame: 2, actionUnits: [{ unit: 23 }] }),
      record('e/1', { label: 'anger', sequence: 'e', frame: 1, actionUnits: [{ unit: 4 }] }),
      record('e/3', { label: 'anger', sequence: 'e', frame: 3 }),
    ];
    const coded = codedFacesOf({ name: 'x', root: 'dir', classes: ['anger', 'fear'], records });
    expect(coded.faces.map(({ label, units }) => [label, ...units])).toEqual([
      ['fear', 4, 20],
      ['fear'],
      ['anger', 23, 4],
    ]);
    expect(() => codedFacesOf({ name: 'x', root: 'dir', classes: [], records: records.slice(2, 4) })).toThrow(
      'dir: holds no face with both a label and action units',
    );
  });
});

describe('readCodings', () => {
  it('reads units as FACS coders write them', async () => {
    await withFiles(
      { 'au.csv': 'id,label,action_units\n1,Fearful,1+2+L4B AU25c\n\n2,sadly angry,"4; R15"\n3,neutral,\n' },
      async (folder) => {
        const { classes, faces: read } = await readCodings(join(folder, 'au.csv'));
        expect(classes).toEqual(['neutral', 'fear', 'sadly angry']);
        expect(read.map(({ label, units }) => [label, ...units])).toEqual([
          ['fear', 1, 2, 4, 25],
          ['sadly angry', 4, 15],
          ['neutral'],
        ]);
      },
    );
  });

  it.each([
    ['label,codes\nfear,1\n', 'no column "action_units": expected label, action_units; its columns are label, codes'],
    ['label,action_units\nfear\n', 'au.csv:2: expected 2 fields, got 1'],
    ['label,action_units\nfear,1+x\n', 'au.csv:2: "x" is not an action unit'],
    ['label,action_units\n"fear,1\n', 'au.csv:2: broken quotes'],
    ['label,action_units\n', 'au.csv: holds no coding'],
  ])('refuses %j', async (text, message) => {
    await withFiles({ 'au.csv': text }, async (folder) => {
      await expect(readCodings(join(folder, 'au.csv'))).rejects.toThrow(message);
    });
  });
});
