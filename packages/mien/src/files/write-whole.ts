/**
 * Files that appear whole or not at all: written beside their place under a temporary name, synced, and renamed. Links
 * are followed, so that the file that they point to is replaced; pipes, devices and standard output are written
 * directly.
 */
import { chmod, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { writeFailure } from './failure.ts';
import { isStandardOutput, nativePath, realPathToBe } from './paths.ts';
import { holdTemporary, releaseTemporary, temporaryName } from './temporary.ts';

/** What files are made of. */
export type Piece = string | Uint8Array;

/** Pieces are put together to so many characters before they are written. */
const AT_A_TIME = 1 << 16;

/**
 * Writes a file, in a folder that is made where missing.
 * @param path `-` for standard output   @param content in one piece, or as it comes, so that it is never held whole
 * @throws {InputError} naming the path: no permission, a full disk, a folder in its place. What was there before is
 *   then untouched.
 */
export async function writeWhole(path: string, content: Piece | Iterable<Piece> | AsyncIterable<Piece>): Promise<void> {
  const file = await WholeFile.create(path);
  try {
    const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    for await (const piece of pieces) await file.write(piece);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** As `writeWhole`, line by line, each with a line feed after it. */
export function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  return writeWhole(path, ended(lines));
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

/** Where a file will be, and where it is until then. */
interface Target {
  readonly path: string;
  readonly temporary: string;
  /** Permissions of the file that it replaces. */
  readonly mode: number | undefined;
}

/** A file in the making. `close` puts it in its place, `abort` leaves no trace of it. */
export class WholeFile {
  readonly #path: string;
  readonly #handle: FileHandle | undefined;
  /** Undefined where it is written directly. */
  readonly #target: Target | undefined;
  #pending = '';
  #isOpen = true;

  private constructor(path: string, handle: FileHandle | undefined, target: Target | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.#target = target;
  }

  /** @throws {InputError} naming the path */
  static async create(path: string): Promise<WholeFile> {
    if (isStandardOutput(path)) return new WholeFile(path, undefined, undefined);
    const status = await stat(nativePath(path)).catch(() => undefined);
    if (status?.isDirectory()) throw new InputError(path, 'cannot be written: it is a folder');
    try {
      if (status && !status.isFile()) return new WholeFile(path, await open(nativePath(path), 'w'), undefined);
      const target = await realPathToBe(path);
      await mkdir(nativePath(dirname(target)), { recursive: true });
      const temporary = temporaryName(target);
      holdTemporary(temporary);
      const handle = await open(nativePath(temporary), 'wx').catch((cause: unknown) => {
        releaseTemporary(temporary);
        throw cause;
      });
      return new WholeFile(path, handle, { path: target, temporary, mode: status?.mode });
    } catch (cause) {
      throw new InputError(path, writeFailure(cause), { cause });
    }
  }

  /** @throws {InputError} naming the path */
  async write(piece: Piece): Promise<void> {
    if (typeof piece === 'string') {
      this.#pending += piece;
      if (this.#pending.length >= AT_A_TIME) await this.#flush();
      return;
    }
    await this.#flush();
    await this.#put(piece);
  }

  /** All is written: the file takes its place. @throws {InputError} naming the path */
  async close(): Promise<void> {
    await this.#flush();
    this.#isOpen = false;
    if (!this.#handle) return;
    try {
      if (this.#target) await this.#handle.sync();
      await this.#handle.close();
      if (!this.#target) return;
      const { path, temporary, mode } = this.#target;
      if (mode !== undefined) await chmod(nativePath(temporary), mode);
      await rename(nativePath(temporary), nativePath(path));
      releaseTemporary(temporary);
    } catch (cause) {
      await this.#discard();
      throw new InputError(this.#path, writeFailure(cause), { cause });
    }
  }

  /** Gives the file up; a closed one stays. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#discard();
  }

  async #discard(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    if (!this.#target) return;
    await rm(nativePath(this.#target.temporary), { force: true }).catch(() => undefined);
    releaseTemporary(this.#target.temporary);
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') await this.#put(text);
  }

  async #put(piece: Piece): Promise<void> {
    if (!this.#handle) {
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
      return;
    }
    await this.#handle.appendFile(piece).catch((cause: unknown) => {
      throw new InputError(this.#path, writeFailure(cause), { cause });
    });
  }
}
