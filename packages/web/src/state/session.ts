/** What is being looked at: photos with their readings, or a camera or video with those of its frames. */
import type { ImageResult } from 'mienjs/results';
import type { Reading } from '../worker/protocol.ts';
import { modelClient } from './models.ts';
import { settings } from './settings.ts';
import { Store } from './store.ts';

export interface Photo {
  readonly id: string;
  readonly name: string;
  readonly file: File;
  /** Address of what an `<img>` shows. */
  readonly url: string;
  readonly status: 'waiting' | 'working' | 'done' | 'failed';
  readonly reading?: Reading;
  readonly error?: string;
}

export type SourceKind = 'photos' | 'camera' | 'video';

export interface Session {
  readonly source: SourceKind;
  readonly photos: readonly Photo[];
  /** Id of the photo that is shown. */
  readonly shown: string | undefined;
  /** Number of the face that is looked at, in the photo or, by its id, in the video. */
  readonly face: number;
  /** What was not taken: files that are not pictures. */
  readonly notice: string | undefined;
  /** The video file that is open. */
  readonly video: { readonly name: string; readonly url: string } | undefined;
}

export const session = new Store<Session>({
  source: 'photos',
  photos: [],
  shown: undefined,
  face: 0,
  notice: undefined,
  video: undefined,
});

let nextId = 0;
/** Longest lists of what was left out. */
const NAMED = 3;
const PICTURES = /\.(jpe?g|png|webp|avif|gif|bmp|pgm|ppm|pbm|pnm|tiff?|hei[cf])$/i;
const VIDEOS = /\.(mp4|m4v|webm|mov|ogv|mkv)$/i;

export const isVideo = (file: File): boolean => file.type.startsWith('video/') || VIDEOS.test(file.name);
/** Files without a known name are taken as pictures where they stand alone: the error then says what is wrong. */
const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURES.test(file.name);

/** Path within a folder that was chosen, or the file's name. */
export const nameOf = (file: File): string => file.webkitRelativePath || file.name || 'pasted picture';

/** Takes files of any kind: pictures are recognised, one video is opened, the rest is named. */
export function openFiles(files: readonly File[]): void {
  if (files.length === 0) return;
  const video = files.find(isVideo);
  if (video && files.length === 1) return openVideo(video);
  const isFolder = files.some((file) => file.webkitRelativePath !== '');
  // A file that was chosen by itself is tried, whatever its name; of a folder only what are pictures
  const taken = files.filter((file) => isPicture(file) || (!isFolder && !isVideo(file)));
  const others = files.filter((file) => !taken.includes(file) && !/(^|\/)\./.test(nameOf(file)));
  const names = others.slice(0, NAMED).map(nameOf).join(', ');
  const rest = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  session.set({ notice: others.length > 0 ? `Not pictures, left out: ${names}${rest}` : undefined });
  addPhotos(taken);
}

function addPhotos(files: readonly File[]): void {
  const added = files.map((file): Photo => ({
    id: `photo-${nextId++}`,
    name: nameOf(file),
    file,
    url: URL.createObjectURL(file),
    status: 'waiting',
  }));
  if (added.length === 0) return;
  session.set(({ photos }) => ({
    source: 'photos',
    photos: [...photos, ...added],
    shown: added[0]!.id,
    face: 0,
  }));
  for (const photo of added) void recognize(photo);
}

async function recognize({ id, name, file }: Photo): Promise<void> {
  const update = (change: Partial<Photo>): void =>
    session.set(({ photos }) => ({
      photos: photos.map((photo) => (photo.id === id ? { ...photo, ...change } : photo)),
    }));
  const isGone = (): boolean => !session.get().photos.some((photo) => photo.id === id);
  try {
    const client = await modelClient();
    if (isGone()) return;
    update({ status: 'working' });
    const reading = await client.call('read', { key: id, name, file, actionUnits: settings.get().givesUnits });
    update({ status: 'done', reading });
  } catch (error) {
    update({ status: 'failed', error: (error as Error).message });
  }
}

/** Recognises again what is there, with other models. */
export function recognizeAgain(): void {
  const { photos } = session.get();
  session.set({
    photos: photos.map(({ reading: _, error: __, ...photo }) => ({ ...photo, status: 'waiting' as const })),
  });
  for (const photo of session.get().photos) void recognize(photo);
}

export function removePhoto(id: string): void {
  session.set(({ photos, shown }) => {
    const at = photos.findIndex((photo) => photo.id === id);
    URL.revokeObjectURL(photos[at]!.url);
    const left = photos.filter((photo) => photo.id !== id);
    return { photos: left, face: 0, shown: shown === id ? (left[at] ?? left[at - 1])?.id : shown };
  });
}

export function clear(): void {
  for (const { url } of session.get().photos) URL.revokeObjectURL(url);
  const { video } = session.get();
  if (video) URL.revokeObjectURL(video.url);
  session.set({ source: 'photos', photos: [], shown: undefined, face: 0, notice: undefined, video: undefined });
}

export function openCamera(): void {
  session.set({ source: 'camera', face: 0, notice: undefined });
}

function openVideo(file: File): void {
  const before = session.get().video;
  if (before) URL.revokeObjectURL(before.url);
  session.set({
    source: 'video',
    video: { name: nameOf(file), url: URL.createObjectURL(file) },
    face: 0,
    notice: undefined,
  });
}

export const shownPhoto = ({ photos, shown }: Session): Photo | undefined => photos.find(({ id }) => id === shown);

/** As the command reports it. */
export function resultOf({ name, reading, error }: Photo): ImageResult {
  return {
    file: name,
    width: reading?.width ?? null,
    height: reading?.height ?? null,
    faces: reading?.faces.map(({ prediction }) => prediction) ?? [],
    ...(error === undefined ? {} : { error }),
  };
}
