/** Names of files: which are images, which are left behind by systems, and the one order of names. */

/** Image files that are read, by extension; a file that is named itself is tried whatever its extension. */
export const IMAGE_EXTENSIONS = [
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'png',
  'webp',
  'avif',
  'heic',
  'heif',
  'gif',
  'tif',
  'tiff',
  'bmp',
  'pgm',
  'ppm',
  'pbm',
  'pnm',
] as const;

/** Pictures in formats that are not read, by extension: passed over, but said apart from other files. */
const OTHER_PICTURES = [
  'arw',
  'cr2',
  'cr3',
  'dng',
  'eps',
  'hdr',
  'ico',
  'jp2',
  'jxl',
  'nef',
  'orf',
  'pam',
  'pcx',
  'pdf',
  'pfm',
  'psd',
  'raf',
  'raw',
  'rw2',
  'svg',
  'tga',
  'xcf',
];

const IMAGE_NAME = new RegExp(`\\.(${IMAGE_EXTENSIONS.join('|')})$`, 'i');
const OTHER_PICTURE_NAME = new RegExp(`\\.(${OTHER_PICTURES.join('|')})$`, 'i');

/** Whether a file of this name is taken as an image where it stands in a folder. */
export const isImageName = (name: string): boolean => IMAGE_NAME.test(name);

/** Whether a file of this name is a picture, or claims to be one, in a format that is not read. */
export const isOtherPictureName = (name: string): boolean => OTHER_PICTURE_NAME.test(name);

/**
 * Hidden names (`._photo.jpg` of macOS, `.DS_Store`, `.ipynb_checkpoints`), and what Windows, network drives, archives
 * and interpreters leave behind.
 */
const SYSTEM_NAME = new RegExp(
  `^(\\..*|${[
    '__MACOSX',
    '__pycache__',
    'e?h?thumbs\\.db',
    'desktop\\.ini',
    'picasa\\.ini',
    'icon\\r',
    'lost\\+found',
    '\\$RECYCLE\\.BIN',
    'System Volume Information',
    '@eaDir',
    '@tmp',
    '#recycle',
    '@Recycle',
    '@Recently-Snapshot',
    'Network Trash Folder',
    'Temporary Items',
  ].join('|')})$`,
  'i',
);

/** Whether a file or folder of this name is hidden, or left behind by a system: never an input. */
export const isSystemName = (name: string): boolean => SYSTEM_NAME.test(name);

/**
 * What two names must share to count as one: composed characters (NFC, where macOS decomposes), and letters of whatever
 * case.
 */
export const nameKey = (name: string): string => name.normalize('NFC').toLowerCase();

/**
 * The one order of names: numbers in them by their value (`a_2` before `a_10`), other characters by their code units in
 * NFC, which no locale changes.
 */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.normalize('NFC').split(/(\d+)/)) as [string[], string[]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = i % 2 === 1 ? compareDigits(left[i]!, right[i]!) : compareCodeUnits(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareCodeUnits(a, b);
}

/** Numbers of any length. */
function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return left.length - right.length || compareCodeUnits(left, right);
}

export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
