/** Photos out of multipart/form-data: into memory for a request, into the store of files for a job. */
import type { FastifyRequest } from 'fastify';
import type { FileStore } from '../files/file-store.ts';
import type { Photo } from '../recognition/recognition.ts';
import type { Limits } from '../settings.ts';
import { Fault } from './fault.ts';

/** Longer ones are cut: results repeat them. */
const NAME_CHARACTERS = 255;

/** The name that a client gives a photo; where it gives none, its number. */
const nameOf = (given: string | undefined, index: number): string =>
  given === undefined || given === '' ? `photo-${index + 1}` : given.slice(0, NAME_CHARACTERS);

/** @throws {Fault} 415 */
export function checkKind(request: FastifyRequest): void {
  if (!request.isMultipart())
    throw new Fault(415, 'expected photos as multipart/form-data, such as curl -F photo=@photo.jpg sends');
}

/** What the request says that it holds; the most that it may hold where it does not say. @throws {Fault} 413 */
export function announcedBytes(request: FastifyRequest, most: number): number {
  const announced = Number(request.headers['content-length'] ?? NaN);
  if (announced > most + OVERHEAD_BYTES) throw tooLarge(most);
  return Number.isFinite(announced) ? announced : most;
}
/** The most of the borders and headers of parts. */
const OVERHEAD_BYTES = 1 << 20;

const tooLarge = (most: number): Fault => new Fault(413, `the photos have more bytes than the limit of ${most} in all`);

/** A form that breaks off or is none: the reader of forms throws plain errors, the system's have the name of a call. */
export function asFault(error: unknown): unknown {
  const { statusCode, syscall } = error as { statusCode?: number; syscall?: string };
  if (error instanceof Fault || statusCode !== undefined || syscall !== undefined || !(error instanceof Error))
    return error;
  return new Fault(400, `is not a form that can be read (${error.message}), expected multipart/form-data`);
}

/** All photos of a request. @throws {Fault} when there is none, there are too many, or they are too large */
export async function readPhotos(request: FastifyRequest, limits: Limits): Promise<Photo[]> {
  checkKind(request);
  const photos: Photo[] = [];
  let total = 0;
  try {
    for await (const part of request.files({
      limits: { fileSize: limits.photoBytes, files: limits.photos, fields: 20, parts: limits.photos + 20 },
    })) {
      const bytes = await part.toBuffer();
      total += bytes.length;
      if (total > limits.requestBytes) throw tooLarge(limits.requestBytes);
      photos.push({ file: nameOf(part.filename, photos.length), bytes });
    }
  } catch (error) {
    throw asFault(error);
  }
  if (photos.length === 0) throw new Fault(400, 'has no photo: expected at least one part with a file');
  return photos;
}

export interface StoredPhoto {
  readonly file: string;
  readonly key: string;
}

/** All photos of a job, in the store. What was stored is removed again when anything fails. @throws {Fault} */
export async function storePhotos(request: FastifyRequest, files: FileStore, limits: Limits): Promise<StoredPhoto[]> {
  checkKind(request);
  const stored: StoredPhoto[] = [];
  let total = 0;
  try {
    for await (const part of request.files({
      limits: { fileSize: limits.photoBytes, files: limits.jobPhotos, fields: 20, parts: limits.jobPhotos + 20 },
    })) {
      const { key, bytes } = await files.put(part.file);
      stored.push({ file: nameOf(part.filename, stored.length), key });
      if (part.file.truncated)
        throw new Fault(
          413,
          `${nameOf(part.filename, stored.length - 1)}: has more than the limit of ${limits.photoBytes} bytes`,
        );
      total += bytes;
      if (total > limits.jobBytes) throw tooLarge(limits.jobBytes);
    }
    if (stored.length === 0) throw new Fault(400, 'has no photo: expected at least one part with a file');
    return stored;
  } catch (error) {
    await discard(files, stored);
    throw asFault(error);
  }
}

export async function discard(files: FileStore, stored: readonly StoredPhoto[]): Promise<void> {
  await Promise.all(stored.map(({ key }) => files.remove(key)));
}
