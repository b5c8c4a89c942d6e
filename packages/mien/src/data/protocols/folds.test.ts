/** Folds of a synthetic database: 23 people, three labelled sequences of five frames each, one unlabelled. */
import { syntheticDatabase } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { Random } from '../../tensor/index.ts';
import type { Database, FaceRecord } from '../databases/index.ts';
import { TENTH } from './build.ts';
import { foldsDigest, foldsOf } from './folds.ts';
import {
  ALL_FRAMES,
  expressionPlaces,
  LAST,
  LAST_THIRD_FIFTH,
  LAST_THREE,
  LAST_THREE_AND_FIRST,
  MIDDLE_THREE,
  MIDDLE_THREE_AND_FIRST,
  SEVENTH_TO_LAST,
} from './frames.ts';
import { unknownPeople } from './leaks.ts';
import type { FrameSelection, Protocol, ProtocolFold, SplitRule } from './protocol.ts';
import { selectRecords } from './select.ts';

const CLASSES = ['happiness', 'surprise', 'sadness'];
const DATABASE = syntheticDatabase();

function protocol(split: SplitRule, more: Partial<Protocol> = {}): Protocol {
  return {
    id: 'p',
    databases: ['synthetic'],
    source: 'a test',
    classes: CLASSES,
    frames: LAST_THREE,
    split,
    personIndependent: split.rule !== 'by-image',
    scored: 'images',
    ...more,
  };
}

/** The same records in another order. */
function shuffled(database: Database): Database {
  return {
    ...database,
    records: Array.from(new Random(5, 'order').permutation(database.records.length), (i) => database.records[i]!),
  };
}

function withRecords(edit: (record: FaceRecord, i: number) => FaceRecord): Database {
  return { ...DATABASE, records: DATABASE.records.map(edit) };
}

/** With the frozen digest of the folds, and their sizes: train, validation, test. */
const RULES: readonly [string, Protocol, digest: string, sizes: string][] = [
  [
    '10 folds of people',
    protocol({ rule: 'person-folds', folds: 10 }),
    '479457373c9ad413',
    '153+27+27 153+27+27 162+18+27 171+18+18 171+18+18 171+18+18 171+18+18 171+18+18 171+18+18 162+27+18',
  ],
  [
    '8 folds, shuffled people',
    protocol({ rule: 'person-folds', folds: 8, seed: 1 }),
    '3b2ac2b9e60aaa2d',
    '153+27+27 153+27+27 153+27+27 153+27+27 153+27+27 153+27+27 162+18+27 162+27+18',
  ],
  [
    '5 folds with neutral first frames',
    protocol({ rule: 'person-folds', folds: 5 }, { frames: LAST_THREE_AND_FIRST, classes: ['neutral', ...CLASSES] }),
    '8c7f42ebbf85998a',
    '156+60+60 156+60+60 168+48+60 180+48+48 168+60+48',
  ],
  [
    '5 folds that train on all frames and test on the last',
    protocol({ rule: 'person-folds', folds: 5 }, { frames: ALL_FRAMES, testFrames: LAST }),
    '0e7b7e6c7cb2c764',
    '195+15+15 195+15+15 210+12+15 225+12+12 210+15+12',
  ],
  [
    'leave one subject out',
    protocol({ rule: 'leave-one-subject-out' }, { frames: LAST }),
    '88647340c9d94751',
    '63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3 63+3+3',
  ],
  [
    'official, people held out',
    protocol({ rule: 'official', train: 'train', validation: TENTH, test: 'test' }),
    'a6db5e721e74e354',
    '135+18+54',
  ],
  [
    'by image, shares',
    protocol({ rule: 'by-image', seed: 1, test: { share: 0.2 }, validation: { share: 0.1 } }, { frames: LAST }),
    'a1f3867c19e5feb2',
    '48+7+14',
  ],
  [
    'by image, counts',
    protocol({ rule: 'by-image', seed: 1, test: { imagesPerClass: 10 }, validation: { images: 9 } }, { frames: LAST }),
    '4cb172b2e2528fc8',
    '30+9+30',
  ],
  [
    'of some classes and one camera',
    protocol(
      { rule: 'person-folds', folds: 5 },
      { classes: ['sadness', 'happiness'], where: { synthetic: { camera: ['left'] } } },
    ),
    'b72e4b1c00461dd6',
    '51+21+21 54+18+21 57+18+18 60+15+18 57+21+15',
  ],
];

const sizes = (folds: readonly ProtocolFold[]): string =>
  folds
    .map(({ train, validation, test: tested }) => [train, validation, tested].map(({ length }) => length).join('+'))
    .join(' ');
const people = (records: readonly FaceRecord[]): string[] =>
  [...new Set(records.map(({ subject }) => subject!))].sort();

describe('every rule', () => {
  test.each(RULES)(
    '%s: the same folds on every machine, whatever the order of the records',
    (_, declared, digest, expected) => {
      const folds = foldsOf(declared, [DATABASE]);
      expect([foldsDigest(folds), sizes(folds)]).toEqual([digest, expected]);
      expect(foldsDigest(foldsOf(declared, [shuffled(DATABASE)]))).toBe(digest);
      for (const { train, validation, test: tested } of folds) {
        expect(new Set([...train, ...validation, ...tested].map(({ id }) => id)).size).toBe(
          train.length + validation.length + tested.length,
        );
      }
    },
  );

  test('folds of people: sorted by id, person i in group i mod n, the next group validates, each person tests once', () => {
    const folds = foldsOf(protocol({ rule: 'person-folds', folds: 10 }), [DATABASE]);
    expect(folds.map(({ name }) => name)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect([people(folds[0]!.test), people(folds[0]!.validation)]).toEqual([
      ['S000', 'S010', 'S020'],
      ['S001', 'S011', 'S021'],
    ]);
    expect([people(folds[9]!.test), people(folds[9]!.validation)]).toEqual([
      ['S009', 'S019'],
      ['S000', 'S010', 'S020'],
    ]);
    expect(folds.flatMap(({ test: tested }) => people(tested)).sort()).toEqual(people(DATABASE.records));
    expect(folds[0]!.test.slice(0, 4).map(({ id }) => id)).toEqual([
      'S000/000/2.png',
      'S000/000/3.png',
      'S000/000/4.png',
      'S000/001/2.png',
    ]);
  });

  test('ids are ordered by code units: capitals before small letters, S10 before S9', () => {
    const named = withRecords((record) => ({
      ...record,
      subject: { S000: 'b', S001: 'B', S002: 'S10', S003: 'S9', S004: 'ä' }[record.subject!] ?? record.subject!,
    }));
    const folds = foldsOf(protocol({ rule: 'leave-one-subject-out' }), [named]);
    expect(folds.map(({ name }) => name).filter((name) => !/^S\d{3}$/.test(name))).toEqual([
      'B',
      'S10',
      'S9',
      'b',
      'ä',
    ]);
  });

  test('neutral first frames carry nothing of the peak, and are left out of classes without neutral', () => {
    const coded = withRecords((record) => ({
      ...record,
      actionUnits: [{ unit: 12 }],
      labelDistribution: { happiness: 1 },
      valence: 1,
      arousal: 1,
    }));
    const withNeutral = foldsOf(
      protocol({ rule: 'person-folds', folds: 5 }, { frames: LAST_THREE_AND_FIRST, classes: ['neutral', ...CLASSES] }),
      [coded],
    );
    expect(withNeutral[0]!.test[0]).toEqual({
      id: 'S000/000/0.png',
      image: DATABASE.records[0]!.image,
      label: 'neutral',
      subject: 'S000',
      sequence: 'S000/000',
      frame: 0,
      split: 'test',
      attributes: { camera: 'left' },
    });
    const without = protocol({ rule: 'person-folds', folds: 5 }, { frames: LAST_THREE_AND_FIRST });
    expect(sizes(foldsOf(without, [DATABASE]))).toBe(sizes(foldsOf({ ...without, frames: LAST_THREE }, [DATABASE])));
    // 23 people, 4 sequences of 5 frames: one unlabelled, of the others 1 frame not selected, 1 neutral
    expect(selectRecords(DATABASE, without).leftOut).toEqual({
      otherAttributes: 0,
      unlabelled: 115,
      otherFrames: 69,
      otherClasses: 69,
    });
  });

  test("the owners' folds, from attributes", () => {
    const parts = ['train', 'train', 'validation', 'test', 'unlabelled'];
    const given = withRecords((record) => {
      const person = Number(record.subject!.slice(1));
      return { ...record, attributes: { fold1: parts[person % 5]!, fold2: parts[(person + 1) % 5]! } };
    });
    const folds = foldsOf(
      protocol(
        { rule: 'given-folds', attributes: ['fold1', 'fold2'], train: 'train', validation: 'validation', test: 'test' },
        { frames: LAST },
      ),
      [given],
    );
    expect(folds.map(({ name }) => name)).toEqual(['fold1', 'fold2']);
    expect([people(folds[0]!.validation), people(folds[0]!.test)]).toEqual([
      ['S002', 'S007', 'S012', 'S017', 'S022'],
      ['S003', 'S008', 'S013', 'S018'],
    ]);
    expect(people(folds[1]!.test)).toEqual(['S002', 'S007', 'S012', 'S017', 'S022']);
  });

  test('an image with a distribution and no label is learned from, and not tested on', () => {
    const voted = withRecords(({ label, ...record }) =>
      record.frame === 4 && label !== undefined
        ? { ...record, labelDistribution: { happiness: 0.5, sadness: 0.5 } }
        : { ...record, ...(label === undefined ? {} : { label }) },
    );
    const [fold] = foldsOf(protocol({ rule: 'person-folds', folds: 10 }), [voted]);
    expect([fold!.train.length, fold!.validation.length, fold!.test.length]).toEqual([153, 18, 18]);
  });
});

describe('cross-database', () => {
  const other = syntheticDatabase({
    name: 'other',
    people: 4,
    sequences: 3,
    frames: 3,
    classes: ['sadness', 'surprise', 'fear'],
  });
  const cross = (more: object = {}): Protocol => ({
    ...protocol({ rule: 'cross-database', train: 'synthetic', test: 'other', validation: TENTH, ...more }),
    databases: ['synthetic', 'other'],
    frames: LAST,
  });

  test('trains on one, of which people are held out, and tests on all of the other; of the shared classes', () => {
    const [fold] = foldsOf(cross(), [other, DATABASE]);
    expect(sizes([fold!])).toBe('63+6+6');
    expect(people(fold!.validation)).toHaveLength(2);
    expect(people(fold!.train).some((name) => people(fold!.validation).includes(name))).toBe(false);
    expect(new Set(fold!.test.map(({ label }) => label))).toEqual(new Set(['sadness', 'surprise']));
  });

  test('samples the larger down to the smaller', () => {
    expect(sizes(foldsOf(cross({ sampledTo: { size: 'smaller', seed: 1 } }), [DATABASE, other]))).toBe('5+1+6');
  });

  test('to test alone, the database to train on may be missing', () => {
    expect(sizes(foldsOf(cross(), [other], { need: 'test' }))).toBe('0+0+6');
    expect(() => foldsOf(cross(), [other])).toThrow('p: needs synthetic and other, but synthetic is not given');
    expect(() => foldsOf(cross(), [DATABASE], { need: 'test' })).toThrow('but other is not given');
  });
});

describe('refuses', () => {
  const official = protocol({ rule: 'official', train: 'train', validation: TENTH, test: 'test' }, { frames: LAST });

  test('a person on both sides', () => {
    const leaking = withRecords((record) => (record.sequence === 'S005/001' ? { ...record, split: 'test' } : record));
    expect(() => foldsOf(official, [leaking])).toThrow(
      'p: fold official: subject S005 is on both sides, in training and test',
    );
    expect(() => foldsOf({ ...official, personIndependent: false }, [leaking])).not.toThrow();
  });

  test('frames of a sequence, or an image, on both sides, also where people may be', () => {
    const images = protocol({ rule: 'by-image', seed: 1, test: { share: 0.2 }, validation: { share: 0.1 } });
    expect(() => foldsOf(images, [DATABASE])).toThrow(
      /^p: fold seed 1: sequence S\d{3}\/00\d is on both sides, in training and test$/,
    );
    const twice = {
      ...DATABASE,
      records: [...DATABASE.records, { ...DATABASE.records[4]!, split: 'train', subject: 'S001', sequence: 'x' }],
    };
    expect(() => foldsOf(official, [twice])).toThrow(
      'p: fold official: image S000/000/4.png is on both sides, in training and test',
    );
  });

  test.each<[string, Protocol, Database, string]>([
    [
      'too few people',
      protocol({ rule: 'person-folds', folds: 24 }),
      DATABASE,
      'p: has 24 folds, but the data have 23 people',
    ],
    [
      'two people',
      protocol({ rule: 'leave-one-subject-out' }),
      syntheticDatabase({ people: 2 }),
      'p: needs three people, one to test and one to validate on, but the data have 2',
    ],
    [
      'an unknown person',
      protocol({ rule: 'person-folds', folds: 5 }),
      withRecords(({ subject, ...record }) =>
        record.id === 'S004/000/4.png' ? record : { ...record, subject: subject! },
      ),
      'p: parts people, but S004/000/4.png names no subject',
    ],
    [
      'no such database',
      protocol({ rule: 'person-folds', folds: 5 }),
      { ...DATABASE, name: 'another' },
      'p: needs synthetic, but synthetic is not given',
    ],
    [
      'a split that the copy lacks',
      protocol({ rule: 'official', train: 'train', validation: TENTH, test: 'private' }),
      DATABASE,
      'p: fold official: no image to test on, as this copy lacks the split private; it has train, test',
    ],
    [
      'too few images of a class',
      protocol(
        { rule: 'by-image', seed: 1, test: { imagesPerClass: 24 }, validation: { images: 1 } },
        { frames: LAST },
      ),
      DATABASE,
      'p: takes 24 images of each class, but the data have 23 of ',
    ],
    [
      'too few images',
      protocol({ rule: 'by-image', seed: 1, test: { images: 60 }, validation: { images: 10 } }, { frames: LAST }),
      DATABASE,
      'p: takes 10 images, but the data have 9 left',
    ],
    [
      'an attribute that no image has',
      protocol({ rule: 'person-folds', folds: 5 }, { where: { synthetic: { view: ['frontal'] } } }),
      DATABASE,
      'p: asks for the attribute "view", which no image of this copy of synthetic has',
    ],
  ])('%s', (_, declared, database, message) => {
    expect(() => foldsOf(declared, [database])).toThrow(message);
  });

  test('says where people are unknown, or on both sides by design', () => {
    const some = withRecords(({ subject, ...record }) =>
      record.split === 'test' ? record : { ...record, subject: subject! },
    );
    expect(unknownPeople(official, foldsOf(official, [some]))).toEqual([
      '18 of 69 images name no person, so whether the same people are in training and in test could not be checked.',
    ]);
    expect(unknownPeople(official, foldsOf(official, [DATABASE]))).toEqual([]);
    expect(unknownPeople({ personIndependent: false }, [])).toEqual([
      'Not person-independent: the same people are in training and in test.',
    ]);
  });
});

describe('frames', () => {
  test.each<[string, FrameSelection, number, number[]]>([
    ['the last', LAST, 5, [4]],
    ['the last three', LAST_THREE, 5, [2, 3, 4]],
    ['the last three of two', LAST_THREE, 2, [0, 1]],
    ['the last three, where the first is neutral', LAST_THREE_AND_FIRST, 3, [1, 2]],
    ['a sequence of one frame, which is neutral', LAST_THREE_AND_FIRST, 1, []],
    ['last, third-last and fifth-last', LAST_THIRD_FIFTH, 7, [2, 4, 6]],
    ['the middle three of an even number', MIDDLE_THREE, 6, [1, 2, 3]],
    ['the middle three of an odd number', MIDDLE_THREE, 7, [2, 3, 4]],
    ['the middle three of four, where the first is neutral', MIDDLE_THREE_AND_FIRST, 4, [1, 2]],
    ['from the 7th', SEVENTH_TO_LAST, 9, [6, 7, 8]],
    ['from the 7th of six', SEVENTH_TO_LAST, 6, []],
    ['all', ALL_FRAMES, 3, [0, 1, 2]],
  ])('%s', (_, selection, n, expected) => {
    expect(expressionPlaces(selection, n)).toEqual(expected);
  });
});
