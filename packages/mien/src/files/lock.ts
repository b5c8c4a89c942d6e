/**
 * One run at a time in a folder. The lock is a file that says who holds it; one whose holder is gone (killed, rebooted,
 * its number taken by another process) is taken over. A holder that cannot be asked after, on another machine or in
 * another container, counts as gone when it has not touched its lock for two minutes.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { errorCode, writeFailure } from './failure.ts';
import { makeFolder, removeEmpty } from './folders.ts';
import { nativePath } from './paths.ts';
import { holdTemporary, releaseTemporary } from './temporary.ts';

/** In the folder; hidden, so that no walk takes it for data. */
export const LOCK_NAME = '.mien.lock';

const TOUCH_EVERY_MS = 20_000;
const GONE_AFTER_MS = 120_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /**
   * Ids of the machine since it started, and of the process among its numbers; undefined where the system does not tell.
   */
  readonly boot?: string;
  readonly namespace?: string;
  readonly started?: string;
  /** ISO 8601 */
  readonly since: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/**
 * Runs `work` while no other run may work in the folder. Where it is missing it is made, and removed again if the work
 * leaves nothing in it.
 * @throws {InputError} when another run holds it, or the folder cannot be written
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const made = await makeFolder(folder);
  const path = join(folder, LOCK_NAME);
  const mine = JSON.stringify(await describeSelf());
  await acquire(folder, path, mine);
  holdTemporary(path);
  const touching = setInterval(() => {
    const now = new Date();
    void utimes(nativePath(path), now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if ((await textOf(path)) === mine) await rm(nativePath(path), { force: true });
    releaseTemporary(path);
    if (made !== undefined) await removeEmpty(folder, made);
  }
}

/** Whether a run works in the folder now. */
export async function isFolderLocked(folder: string): Promise<boolean> {
  const path = join(folder, LOCK_NAME);
  const found = await textOf(path);
  return found !== undefined && (await whyHeld(path, parseHolder(found))) !== undefined;
}

async function acquire(folder: string, path: string, mine: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    if (await create(path, mine)) return;
    const found = await textOf(path);
    if (found === undefined) continue; // released meanwhile
    const holder = parseHolder(found);
    const why = await whyHeld(path, holder);
    if (why !== undefined || attempt >= 3)
      throw new InputError(folder, why ?? 'several runs try to begin in it at once: try again');
    await discard(path, found);
  }
}

/** @returns false when there is a lock already */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    // A link appears with its content, so that nobody reads half a lock.
    await writeFile(nativePath(temporary), text, { flag: 'wx' });
    try {
      await link(nativePath(temporary), nativePath(path));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      // Some file systems have no links.
      await writeFile(nativePath(path), text, { flag: 'wx' });
    } finally {
      await rm(nativePath(temporary), { force: true });
    }
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw new InputError(path, writeFailure(cause), { cause });
  }
}

/** Removes a lock, but not another that came in its place meanwhile. */
async function discard(path: string, expected: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  const moved = await rename(nativePath(path), nativePath(aside)).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await textOf(aside)) !== expected) await link(nativePath(aside), nativePath(path)).catch(() => undefined);
  await rm(nativePath(aside), { force: true });
}

/** @returns what to tell the user, or undefined when the holder is gone */
async function whyHeld(path: string, holder: Holder | undefined): Promise<string | undefined> {
  const touched = await stat(nativePath(path)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const isRecent = Date.now() - touched < GONE_AFTER_MS;
  if (!holder)
    return isRecent ? `another run works in it: wait for it, or remove ${path} if that run is over` : undefined;
  const { pid, host, since } = holder;
  const self = await describeSelf();
  const who = `another run works in it (process ${pid} on ${host}, since ${since}): wait for it, or choose another folder`;
  if (host === self.host && holder.boot !== self.boot) return undefined;
  if (holder.boot === self.boot && holder.namespace === self.namespace && host === self.host)
    return (await isAlive(holder)) ? who : undefined;
  return isRecent ? `${who}; if that run is over, remove ${path}` : undefined;
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  const now = await startOf(pid);
  return started === undefined || now === undefined || now === started;
}

async function describeSelf(): Promise<Holder> {
  const [boot, namespace, started] = await Promise.all([
    textOf('/proc/sys/kernel/random/boot_id'),
    readlink('/proc/self/ns/pid').catch(() => undefined),
    startOf(process.pid),
  ]);
  return {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    token: randomBytes(8).toString('hex'),
    ...(boot === undefined ? {} : { boot: boot.trim() }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(started === undefined ? {} : { started }),
  };
}

/**
 * When a process began, in ticks since the machine's start: field 22 of its stat; its name, field 2, may hold spaces.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

const textOf = (path: string): Promise<string | undefined> => readFile(nativePath(path), 'utf8').catch(() => undefined);

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.pid === 'number' && typeof holder.host === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}
