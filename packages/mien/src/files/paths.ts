/**
 * Paths as users and file systems have them. A path is a string throughout Mien; where a name is not UTF-8, each of its
 * bytes that is not stands as a lone surrogate U+DC80 … U+DCFF (as Python's surrogateescape has it), and `nativePath`
 * gives the bytes back.
 */
import { existsSync, readdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { NodeBytes } from './node-bytes.ts';

/** In place of a file's name: standard input, or standard output. */
export const STANDARD_STREAM = '-';

const [STDIN, STDOUT] = [
  /^(-|\/dev\/stdin|\/(dev|proc\/self)\/fd\/0)$/,
  /^(-|\/dev\/stdout|\/(dev|proc\/self)\/fd\/1)$/,
];

/** Whether a path is that of standard input: opened by its path, it could not be read where it is a socket. */
export const isStandardInput = (path: string): boolean => STDIN.test(path);

/** Whether a path is that of standard output, which is written as it comes, also where it leads into a file. */
export const isStandardOutput = (path: string): boolean => STDOUT.test(path);

/** What the functions of node:fs take for a path. */
export function nativePath(path: string): string | NodeBytes {
  return /[\udc80-\udcff]/u.test(path) ? encodeName(path) : path;
}

function encodeName(path: string): NodeBytes {
  const parts = Array.from(path, (character) => {
    const code = character.charCodeAt(0);
    return character.length === 1 && code >= 0xdc80 && code <= 0xdcff
      ? Buffer.of(code - 0xdc00)
      : Buffer.from(character, 'utf8');
  });
  return Buffer.concat(parts);
}

/** A file's name from its bytes (see above). */
export function decodeName(bytes: NodeBytes): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(bytes)) return text;
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isCharacter(bytes.subarray(at, at + n)));
    name += length === undefined ? String.fromCharCode(0xdc00 + bytes[at]!) : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return name;
}

function isCharacter(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  return [...text].length === 1 && Buffer.from(text, 'utf8').equals(bytes);
}

/**
 * The path of a file or folder as a user names it, whatever way the shell passed it on. A name that exists as it stands
 * is itself; otherwise `~/` is the home folder, and U+FFFD, to which Node turns the bytes of an argument that are not
 * UTF-8, stands for any such bytes.
 */
export function userPath(path: string): string {
  if (path === STANDARD_STREAM || existsSync(nativePath(path))) return path;
  const expanded = /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
  return expanded.includes('\ufffd') ? (findBytes(expanded) ?? expanded) : expanded;
}

/** The one existing path that reads as this one. */
function findBytes(path: string): string | undefined {
  const folder = dirname(path);
  const parent = folder.includes('\ufffd') && folder !== path ? findBytes(folder) : folder;
  if (parent === undefined || !existsSync(nativePath(parent))) return undefined;
  const wanted = basename(path);
  const found = readdirSync(nativePath(parent), { encoding: 'buffer' }).filter(
    (bytes) => bytes.toString('utf8') === wanted,
  );
  return found.length === 1 ? join(parent, decodeName(found[0]!)) : undefined;
}

/** The real path of something that exists, links followed. */
export async function realPath(path: string): Promise<string> {
  return decodeName(await realpath(nativePath(path), { encoding: 'buffer' }));
}

/**
 * As `realPath`, also of what is still to be made: the real path of the nearest folder that exists, and the rest of the
 * names.
 */
export async function realPathToBe(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realPath(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(await realPathToBe(parent), basename(whole));
  }
}

/** Whether an argument is a URL, which is not read: http://…, s3://…, data:…. */
export const isUrl = (path: string): boolean => /^([a-z][a-z0-9+.-]+:\/\/|data:[^,]{0,200}[;,])/i.test(path);
