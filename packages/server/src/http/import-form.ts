/** A form of images and archives into a project. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { entriesOf, isArchive, type ArchiveLimits } from '../annotation/archive.ts';
import type { Import } from '../annotation/import.ts';
import { importAboutSchema, type ImportAbout } from '../contract/index.ts';
import type { Limits } from '../settings.ts';
import { Fault } from './fault.ts';
import { asFault, checkKind } from './uploads.ts';

/** The most of the field that tells about images: some hundred bytes an image. */
const ABOUT_BYTES = 32 * 2 ** 20;

/** Reads a form to its end, image by image. @throws {Fault} when it is not a form, or breaks off */
export async function readImport(request: FastifyRequest, into: Import, limits: Limits): Promise<void> {
  checkKind(request);
  let hasFile = false;
  try {
    for await (const part of request.parts({
      preservePath: true,
      limits: {
        fileSize: limits.jobBytes,
        files: limits.jobPhotos,
        fields: 1,
        fieldSize: ABOUT_BYTES,
        parts: limits.jobPhotos + 1,
      },
    })) {
      if (part.type === 'field') {
        if (part.fieldname !== 'about')
          throw new Fault(400, `the form, ${part.fieldname}: there is no such field, only about`);
        if (hasFile) throw new Fault(400, 'the form, about: expected before the files that it is about');
        into.tell(aboutOf(String(part.value)));
        continue;
      }
      hasFile = true;
      await readFile(part, into, limits);
    }
  } catch (error) {
    throw asFault(error);
  }
  if (!hasFile) throw new Fault(400, 'has no image: expected at least one part with a file');
}

function aboutOf(text: string): ImportAbout {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault(400, 'the form, about: is not JSON');
  }
  const { data, error } = importAboutSchema.safeParse(value);
  if (data) return data;
  const [issue] = error.issues;
  throw new Fault(400, `the form, about, ${issue!.path.join('.')}: ${issue!.message}`);
}

async function readFile({ file, filename, mimetype }: MultipartFile, into: Import, limits: Limits): Promise<void> {
  const name = filename || 'image';
  if (/\.zip$/i.test(name) || mimetype === 'application/zip')
    return withFolder(async (folder) => {
      const path = join(folder, 'archive.zip');
      await pipeline(file, createWriteStream(path, { mode: 0o600 }));
      if (file.truncated) into.refuse(name, `has more than the limit of ${limits.jobBytes} bytes`);
      else await readArchive(path, name, into, limits);
    });
  const bytes = await collect(file, limits.photoBytes);
  if (!bytes) return into.refuse(name, `has more than the limit of ${limits.photoBytes} bytes`);
  if (!isArchive(bytes)) return into.offer(name, bytes);
  return withFolder(async (folder) => {
    const path = join(folder, 'archive.zip');
    await writeFile(path, bytes, { mode: 0o600 });
    await readArchive(path, name, into, limits);
  });
}

async function readArchive(path: string, name: string, into: Import, limits: Limits): Promise<void> {
  const most: ArchiveLimits = { entries: ARCHIVE_ENTRIES, entryBytes: limits.photoBytes, bytes: limits.jobBytes };
  try {
    for await (const entry of entriesOf(path, name, most)) {
      if ('error' in entry) into.refuse(entry.name, entry.error);
      else await into.offer(entry.name, entry.bytes);
    }
  } catch (error) {
    // What is wrong with one archive is not a reason to leave the other files
    if (!(error instanceof Fault)) throw error;
    into.refuse(name, error.message.replace(`${name}: `, ''));
  }
}
/** Images that a database of the field has, and more. */
const ARCHIVE_ENTRIES = 200_000;

/** @returns undefined when there is more than that; it is read to its end all the same */
async function collect(stream: Readable, most: number): Promise<Buffer | undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= most) parts.push(part);
    else parts = [];
  }
  return bytes <= most ? Buffer.concat(parts) : undefined;
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-import-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
