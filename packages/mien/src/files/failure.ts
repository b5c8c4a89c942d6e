/** One phrase for each way in which the system refuses to read or write, after the name of the file or folder. */
import { excerpt } from '../printable.ts';
import { isUrl } from './paths.ts';

/** The system's error code; undefined for other errors. */
export const errorCode = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException | undefined)?.code;

/**
 * Why something cannot be read.
 * @param cause what node:fs threw   @param path what was to be read: a URL is told from a missing file
 * @param expected what it should be
 */
export function readFailure(
  cause: unknown,
  path = '',
  expected: 'file' | 'folder' | 'file or folder' = 'file',
): string {
  switch (errorCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      if (isUrl(path)) return urlReason(path);
      return errorCode(cause) === 'ENOTDIR' && expected === 'folder'
        ? 'is a file, expected a folder'
        : `no such ${expected}`;
    case 'EISDIR':
      return 'is a folder, expected a file';
    default:
      return `cannot be read: ${reasonOf(cause)}`;
  }
}

/** What to do with a URL. */
export function urlReason(url: string): string {
  const file = /^file:\/\/(?:localhost)?(\/.*)/i.exec(url)?.[1];
  if (file !== undefined) return `is a URL: give the path, ${excerpt(decodeURI(file))}`;
  return 'is a URL, and Mien reads files: download it first (curl -LO URL) and give the file, or pipe it in (curl -L URL | mien … -)';
}

/** Why a file or folder cannot be written. */
export function writeFailure(cause: unknown): string {
  switch (errorCode(cause)) {
    case 'ENOENT':
      return 'cannot be written: no such folder';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'cannot be written: a file stands where a folder is expected';
    case 'EISDIR':
      return 'cannot be written: it is a folder';
    default:
      return `cannot be written: ${reasonOf(cause)}`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'no space left on the disk',
  EFBIG: 'it would be larger than the file system allows',
  EIO: 'the disk or drive reports an error',
  ELOOP: 'a link leads back to itself',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'another program holds it',
  ETXTBSY: 'another program holds it',
  ESTALE: 'the network drive no longer has it',
  EPIPE: 'the reader has left',
  ENXIO: 'nothing is at the other end',
  ERR_INVALID_ARG_VALUE: 'the name cannot be one of a file',
  ERR_FS_FILE_TOO_LARGE: 'it has more than 2 GiB',
};

function reasonOf(cause: unknown): string {
  const code = errorCode(cause);
  return (
    (code === undefined ? undefined : REASONS[code]) ?? code ?? (cause instanceof Error ? cause.message : String(cause))
  );
}
