import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames, isImageName, isOtherPictureName, isSystemName, nameKey } from './names.ts';

describe('names of images', () => {
  it.each([
    'a.jpg',
    'a.JPEG',
    'a.jpe',
    'a.jfif',
    'a.PNG',
    'a.webp',
    'a.avif',
    'a.heic',
    'a.HEIF',
    'a.gif',
    'a.tif',
    'a.TIFF',
    'a.bmp',
    'a.pgm',
    'a.ppm',
    '.jpg',
  ])('%s is one', (name) => {
    expect(isImageName(name)).toBe(true);
  });
  it.each(['a.txt', 'jpg', 'a.jpg.bak', 'a.jpgx', 'a.mp4', 'a.svg', ''])('%s is not', (name) => {
    expect(isImageName(name)).toBe(false);
  });
  it('knows pictures that are not read', () => {
    expect(['a.CR2', 'a.dng', 'a.svg', 'a.psd', 'a.txt', 'a.jpg'].map(isOtherPictureName)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('names that systems leave behind', () => {
  it.each([
    '._a.jpg',
    '.DS_Store',
    '.ipynb_checkpoints',
    '.git',
    '__MACOSX',
    '@eaDir',
    'Thumbs.db',
    'THUMBS.DB',
    'ehthumbs.db',
    'desktop.ini',
    '$RECYCLE.BIN',
    'lost+found',
    '#recycle',
    '@Recycle',
  ])('%s is one', (name) => {
    expect(isSystemName(name)).toBe(true);
  });
  it.each(['a.jpg', 'thumbs', 'my desktop.ini.txt', '_x', 'eaDir', '@home', '!neg', '(x)'])('%s is not', (name) => {
    expect(isSystemName(name)).toBe(false);
  });
});

describe('the order of names', () => {
  it('takes numbers by value, whatever their length or padding', () => {
    expect(['a_10.png', 'a_2.png', 'A_1.png', 'a_02.png', 'a.png', 'b_1.png'].sort(compareNames)).toEqual([
      'A_1.png',
      'a.png',
      'a_02.png',
      'a_2.png',
      'a_10.png',
      'b_1.png',
    ]);
    expect(['f90071992547409930', 'f90071992547409929', 'f9'].sort(compareNames)).toEqual([
      'f9',
      'f90071992547409929',
      'f90071992547409930',
    ]);
  });
  it('does not depend on how accents are composed', () => {
    const names = ['é.png', 'e.png', 'f.png', 'éa.png'];
    expect(
      names
        .map((n) => n.normalize('NFD'))
        .sort(compareNames)
        .map((n) => n.normalize('NFC')),
    ).toEqual([...names].sort(compareNames));
  });
  it('is an order', () => {
    const name = fc.stringMatching(/^[ab0-9é_]{0,6}$/);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        expect(compareNames(a, b) === 0).toBe(a === b);
        if (compareNames(a, b) < 0 && compareNames(b, c) < 0) expect(compareNames(a, c)).toBeLessThan(0);
      }),
    );
  });
});

it('takes names as one that differ in composition or case alone', () => {
  expect(nameKey('Café'.normalize('NFD'))).toBe(nameKey('CAFÉ'));
  expect(nameKey('cafe')).not.toBe(nameKey('café'));
});
