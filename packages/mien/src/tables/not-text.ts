/** What a file is that was given as a table and is not text, told from its first bytes. */

const SIGNATURES: readonly (readonly [signature: string, reason: string])[] = [
  ['PK\x03\x04', 'is an Excel workbook or another zip archive, not text: save the sheet as CSV, or unpack the archive'],
  ['\xd0\xcf\x11\xe0', 'is an old Excel workbook, not text: save the sheet as CSV'],
  ['%PDF', 'is a PDF file, not a table'],
  ['PAR1', 'is a Parquet file, not text: write it as CSV or JSON lines'],
  ['SQLite format 3', 'is an SQLite database, not text: export the table as CSV'],
  ['version https://git-lfs', 'is a pointer of Git LFS, not the file itself: run git lfs pull'],
];

/** Bytes of the beginning that are looked at. */
const HEAD_BYTES = 4096;

/**
 * @returns what the file seems to be, in words; undefined where it seems to be text of one byte a character, or of
 *   several in UTF-8
 */
export function notTextReason(head: Buffer): string | undefined {
  if (isUtf32(head)) return 'is UTF-32: save the file as UTF-8';
  const start = head.toString('latin1', 0, HEAD_BYTES);
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known) return known[1];
  if (/^\s*(<!doctype html|<html)/i.test(start))
    return 'is a web page, not a table: the download may have asked for a login';
  if (/^(?:[^\0]\0){4}|^(?:\0[^\0]){4}/.test(start))
    return 'seems to be UTF-16 without a byte order mark: save the file as UTF-8';
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(start) ? 'is not a text file' : undefined;
}

/** Whether the text begins with the byte order mark of UTF-32; that of UTF-16 is the half of it. */
export function isUtf32(head: Buffer): boolean {
  const mark = head.toString('hex', 0, 4);
  return mark === 'fffe0000' || mark === '0000feff';
}
