/**
 * Images of ZIP archives, one by one. Nothing is written by the names that an archive gives, and nothing is believed that it says of
 * sizes: an entry that unpacks to more is refused where it does.
 */
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { Fault } from '../http/fault.ts';

export interface ArchiveLimits {
  readonly entries: number;
  /** The most of one entry, unpacked. */
  readonly entryBytes: number;
  /** The most of all entries, unpacked. */
  readonly bytes: number;
}

/** An entry, or why there is none. */
export type ArchiveEntry =
  { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly error: string };

/** What programs put beside the files: forks of other systems, hidden files, thumbnails. */
const NOT_MEANT = /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i;

/** How a ZIP archive begins, an empty one too. */
export const isArchive = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

const fromFile = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/**
 * @param path of the archive   @param label names it in errors
 * @throws {Fault} 400 when it cannot be read, 413 when it has too much
 */
export async function* entriesOf(path: string, label: string, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  let zip: ZipFile;
  try {
    zip = await fromFile(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw unreadable(label, error);
  }
  // One that comes between two entries is told by the next
  zip.on('error', () => undefined);
  try {
    if (zip.entryCount > limits.entries) throw new Fault(413, `${label}: has more than ${limits.entries} entries`);
    const archiveBytes = await sizeOf(path);
    let [packed, unpacked] = [0, 0];
    for await (const entry of read(zip, label)) {
      const { fileName: name } = entry;
      if (name.endsWith('/') || NOT_MEANT.test(name)) continue;
      packed += entry.compressedSize;
      // Entries that share their bytes: the archive is made to grow
      if (packed > archiveBytes) throw new Fault(400, `${label}: its entries overlap`);
      if (entry.isEncrypted()) yield { name, error: 'is encrypted' };
      else if (entry.uncompressedSize > limits.entryBytes)
        yield { name, error: `has more than the limit of ${limits.entryBytes} bytes` };
      else {
        unpacked += entry.uncompressedSize;
        if (unpacked > limits.bytes)
          throw new Fault(413, `${label}: unpacks to more than the limit of ${limits.bytes} bytes`);
        const bytes = await unpack(zip, entry).catch((error: unknown) => messageOf(error));
        if (typeof bytes === 'string') yield { name, error: `cannot be unpacked (${bytes})` };
        else if (isArchive(bytes)) yield { name, error: 'is an archive within an archive' };
        else yield { name, bytes };
      }
    }
  } finally {
    zip.close();
  }
}

/** The entries of the directory at its end, in turn. */
async function* read(zip: ZipFile, label: string): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (found: Entry | undefined, error?: unknown): void => {
        zip.off('entry', settle).off('end', onEnd).off('error', onError);
        if (error === undefined) resolve(found);
        else reject(unreadable(label, error));
      };
      const onEnd = (): void => settle(undefined);
      const onError = (error: unknown): void => settle(undefined, error);
      zip.on('entry', settle).on('end', onEnd).on('error', onError);
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

async function unpack(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const parts: Buffer[] = [];
  // More than the entry says is an error of the stream
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Names that lead out of the archive are among what the reader refuses. */
const unreadable = (label: string, error: unknown): Fault =>
  new Fault(400, `${label}: is not an archive that can be read (${messageOf(error)})`);
