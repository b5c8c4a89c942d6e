/** The declarations are frozen: figures are compared by a protocol's id, so a changed protocol needs a new one. */
import { expect, test } from 'vitest';
import { describeFrames, describeSplit, protocolDigest } from './describe.ts';
import { findProtocol, PROTOCOLS } from './list.ts';

const DIGESTS: Readonly<Record<string, string>> = {
  'afew-5.official.7': 'e81d17890acdeb99',
  'afew-6.official.7': 'd3c1a77e5801c887',
  'afew.official.7': '538110f8708d6865',
  'affectnet.official.7': '733c4bb73f0d210e',
  'affectnet.official.8': 'b7013e886dad5626',
  'bu-3dfe.10-fold.6': 'e0e4aafa8e1d5375',
  'bu-3dfe.10-fold.6-strong': '4df1d93932616f07',
  'bu-3dfe.10-fold.7': 'ddfc2670f592db95',
  'ck-plus-to-raf-db.6': '1d83022f96857a05',
  'ck-plus-to-raf-db.6-balanced': '80b78be30870ae7d',
  'ck-plus.10-fold.6': 'a6968f75d1d8c3be',
  'ck-plus.10-fold.6-peak': '5b9006866eca020e',
  'ck-plus.10-fold.7c': '9137b2b650710e94',
  'ck-plus.10-fold.7c-last': '6251ad3fb6cd8b13',
  'ck-plus.10-fold.7c-sequence': 'fd1eb39ab5100bce',
  'ck-plus.10-fold.6-shuffled': '44cafbc16f8fcb52',
  'ck-plus.10-fold.8': '0cc2fda5d2ccb9e7',
  'ck-plus.5-fold.6': 'a33537c68c32ebbd',
  'ck-plus.8-fold.6': 'f225f5052b40ddae',
  'ck-plus.8-fold.7c': '97a0a47fec1a247c',
  'ck-plus.8-fold.8': '6dd75c2c475c908c',
  'ck-plus.images.7c': 'ef1e1a5bb079c0b5',
  'ck-plus.loso.7c': '4bd09e0a56711981',
  'ck-plus.loso.8': 'e627f2f88289b0bd',
  'emotionet.images.own': '36efb872676981fe',
  'fer2013.official.7': 'ad4a05b21ec5e802',
  'ferg.images.7': 'a9b386f23c264f00',
  'ferg.loso.7': '4324e9f0a4a59662',
  'ferplus.official.8': 'b712ec09297abcd1',
  'jaffe-to-raf-db.7': '47e37ac2296d9b8c',
  'jaffe.images.7': 'f6e7978960e4f376',
  'jaffe.loso.7': '7194045e9b20dd07',
  'kdef.10-fold.7': 'e82b058106c6acfc',
  'kdef.10-fold.7-angles': '8cb26e273dd501c0',
  'mmi-to-raf-db.6': 'c15608f8c2f8899f',
  'mmi.10-fold.6': 'd6caad940063b03b',
  'mmi.10-fold.6-middle': '237b349965c683fa',
  'mmi.10-fold.6-sequence': '5f135e0bcce189f5',
  'mmi.10-fold.7': '221e14f3995e3212',
  'mmi.5-fold.6': '308ab9da375be813',
  'mmi.loso.6-sequence': '02dc947a5c7af863',
  'multi-pie.5-fold.own': 'cc4e0244478152cd',
  'raf-db-compound-original.official.own': 'e6eab90851d199c4',
  'raf-db-compound.official.own': '9c094dfdfcf945ce',
  'raf-db-original.official.7': 'fb7eef5b6019e279',
  'raf-db-to-ck-plus.6': 'a1c7e06462d25f67',
  'raf-db-to-ck-plus.6-balanced': '7cac3015d4f47a47',
  'raf-db-to-jaffe.7': '8f1194bce589d090',
  'raf-db-to-mmi.6': 'dfbe738748089d87',
  'raf-db-to-sfew.7': '12c45015b0b6cd9c',
  'raf-db.official.7': '95a7242470df2ff9',
  'sfew-to-raf-db.7': 'd3308f0caa649729',
  'sfew.official.7': '9af558a4e1a8a02c',
  'tfd.official.7': 'e12aba03c96d04f1',
  'oulu-casia.10-fold.6': '462385be03d78186',
  'oulu-casia.10-fold.6-peak': '8f1510eb933bd00f',
  'oulu-casia.10-fold.6-sequence': '3a27d83fe4ecaf38',
  'oulu-casia.10-fold.6-spread': '921b20749deff24f',
  'oulu-casia.10-fold.7': '5e87207428055760',
  'rafd.10-fold.8': '56750a6035520d23',
  'rafd.10-fold.8-angles': '5ca719aa37e8ac40',
  'ck-plus.10-fold.7': '6077a4f31e5ad13b',
  'ck-plus.loso.7c-last-four': 'd9b631dea3a7517f',
  'mmi.10-fold.6-shuffled': '48188b773e102af3',
  'oulu-casia.10-fold.6-shuffled': 'c32ea0a126c57db3',
  'oulu-casia.10-fold.6-last': '619f91159485c411',
  'jaffe.10-fold.7': 'c7efd4e642dfa717',
  'raf-db-to-fer2013.7': 'fc555f3f34b7f597',
  'fer2013-to-raf-db.7': 'f728a3ab87697a8f',
  'raf-db-to-affectnet.7': 'd206496e88d5fa1b',
  'affectnet-to-raf-db.7': '8a001d7be01bcca8',
};

test('every declaration is what it was when it was published', () => {
  expect(Object.fromEntries(PROTOCOLS.map((protocol) => [protocol.id, protocolDigest(protocol)]))).toEqual(DIGESTS);
});

test('ids are unique, and each is in words what it is', () => {
  expect(new Set(PROTOCOLS.map(({ id }) => id)).size).toBe(PROTOCOLS.length);
  for (const { id, databases, classes, split, personIndependent } of PROTOCOLS) {
    expect(id.startsWith(databases.join('-to-'))).toBe(true);
    if (classes !== 'own') expect(Number(/\.(\d)/.exec(id.replace(/\.\d+-fold/, ''))![1])).toBe(classes.length);
    expect(personIndependent).toBe(split.rule !== 'by-image');
  }
});

test.each([
  ['ck-plus.10-fold.8', '10 folds of people; the next fold validates', 'the last 3 frames, the first as neutral'],
  [
    'ck-plus.10-fold.6-peak',
    '10 folds of people; the next fold validates',
    'frames from number 7 to train, the last frame to test',
  ],
  ['mmi.10-fold.7', '10 folds of people; the next fold validates', 'the middle 3 frames, the first as neutral'],
  ['oulu-casia.10-fold.6-spread', '10 folds of people; the next fold validates', 'frames 1, 3, 5 from the end'],
  ['jaffe.images.7', 'by image, seed 1: 10 images a class to test, 23 images to validate', 'all frames'],
  ['tfd.official.7', '5 folds given by the owners', 'all frames'],
  ['raf-db.official.7', 'train on train, test on test, validate on 10 % of the former, seed 1', 'all frames'],
  [
    'raf-db-to-ck-plus.6-balanced',
    'train on raf-db, test on ck-plus, sampled to the size of the smaller by seed 1',
    'the last frame',
  ],
])('%s: %s; %s', (id, split, frames) => {
  const protocol = findProtocol(id);
  expect([describeSplit(protocol.split), describeFrames(protocol)]).toEqual([split, frames]);
});

test('an unknown protocol: names those of the database, or the list', () => {
  expect(() => findProtocol('jaffe.10-fold')).toThrow(
    'jaffe.10-fold: is not a protocol, expected one of jaffe.loso.7, jaffe.10-fold.7, ',
  );
  expect(() => findProtocol('loso')).toThrow('loso: is not a protocol; `mien data protocols` lists them');
});
