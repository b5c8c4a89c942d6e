/** The readings of a camera's or video's frames, and the loops that make them. */
import type { ImageResult } from 'mienjs/results';
import { modelClient } from '../state/models.ts';
import { settings } from '../state/settings.ts';
import type { FaceReading, Reading } from '../worker/protocol.ts';

export interface Frame {
  readonly timeSec: number;
  readonly reading: Reading;
}

let nextKey = 0;
/** Names the frames of one video to the worker. */
export const newKey = (): string => `frames-${nextKey++}`;

/**
 * Reads the picture that a video shows now.
 * @param largest side of what is read, px: larger pictures are reduced
 * @throws when it shows none, or the worker fails
 */
export async function readFrame(
  video: HTMLVideoElement,
  key: string,
  isFirst: boolean,
  largest = Infinity,
): Promise<Reading> {
  const client = await modelClient();
  const { videoWidth: width, videoHeight: height } = video;
  const scale = Math.min(1, largest / Math.max(width, height));
  const frame = await createImageBitmap(
    video,
    scale < 1
      ? { resizeWidth: Math.round(width * scale), resizeHeight: Math.round(height * scale), resizeQuality: 'low' }
      : {},
  );
  const { givesUnits: actionUnits } = settings.get();
  return client.call('track', { frame, key, isFirst, actionUnits }, { priority: 2 }, [frame]);
}

/** Longer side of what is read of a camera's picture, px: getting at the pixels takes as long as reading a face. */
const CAMERA_SIDE = 640;

/**
 * Reads a camera's picture as often as the models allow. While one picture is read the next is taken and waits, so that
 * the models never do.
 * @param onFrame in the order in which pictures were taken; `timeSec` counts from the call
 */
export async function followCamera(
  video: HTMLVideoElement,
  signal: AbortSignal,
  onFrame: (frame: Frame, key: string) => void,
): Promise<void> {
  const key = newKey();
  await modelClient();
  const started = performance.now();
  let before: Promise<void> = Promise.resolve();
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    await nextPicture(video, signal);
    if (signal.aborted) return;
    const timeSec = (performance.now() - started) / 1000;
    const reading = readFrame(video, key, isFirst, CAMERA_SIDE);
    const shown = Promise.all([reading, before]).then(([frame]) => {
      if (!signal.aborted) onFrame({ timeSec, reading: frame }, key);
    });
    // The one that is waited for a turn later may fail before
    shown.catch(() => undefined);
    await before;
    before = shown;
  }
}

/** Resolves when the video shows another picture. */
function nextPicture(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const handle = video.requestVideoFrameCallback(() => resolve());
    signal.addEventListener('abort', () => {
      video.cancelVideoFrameCallback(handle);
      resolve();
    });
  });
}

/**
 * Reads a video file picture by picture, at so many a second, whatever time each takes.
 * @throws {Error} when the video cannot be sought in
 */
export async function readVideo(
  video: HTMLVideoElement,
  framesPerSecond: number,
  signal: AbortSignal,
  onFrame: (frame: Frame, key: string) => void,
): Promise<void> {
  const key = newKey();
  const duration = await durationOf(video);
  for (let i = 0; !signal.aborted; i++) {
    const timeSec = i / framesPerSecond;
    if (timeSec >= duration && i > 0) return;
    await seek(video, timeSec);
    if (signal.aborted) return;
    const reading = await readFrame(video, key, i === 0);
    if (!signal.aborted) onFrame({ timeSec, reading }, key);
  }
}

/**
 * Seconds. Recordings of browsers do not say how long they are: then the end is sought, and with it the length.
 * @throws {Error} when it stays unknown
 */
export async function durationOf(video: HTMLVideoElement): Promise<number> {
  if (video.duration === Infinity) await seek(video, Number.MAX_SAFE_INTEGER);
  if (!Number.isFinite(video.duration)) throw new Error('How long this video is cannot be found out');
  return video.duration;
}

export function seek(video: HTMLVideoElement, timeSec: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (
      Math.abs(video.currentTime - timeSec) < 1e-6 &&
      video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA &&
      !video.seeking
    )
      return resolve();
    video.addEventListener('seeked', () => resolve(), { once: true });
    video.addEventListener('error', () => reject(new Error('This video cannot be read further: it is damaged')), {
      once: true,
    });
    video.currentTime = timeSec;
  });
}

/** The frame that is shown at a time: the last before it, if it is not much earlier. */
export function frameAt(frames: readonly Frame[], timeSec: number, longestSec: number): Frame | undefined {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle]!.timeSec <= timeSec + 1e-3) low = middle + 1;
    else high = middle;
  }
  const found = frames[low - 1];
  return found && timeSec - found.timeSec <= longestSec ? found : undefined;
}

/** The faces that frames show, by their number, in the order in which they appeared. */
export function facesOf(
  frames: readonly Frame[],
): ReadonlyMap<number, readonly { timeSec: number; face: FaceReading }[]> {
  const faces = new Map<number, { timeSec: number; face: FaceReading }[]>();
  for (const { timeSec, reading } of frames)
    for (const face of reading.faces) {
      const id = face.id!;
      const own = faces.get(id);
      if (own) own.push({ timeSec, face });
      else faces.set(id, [{ timeSec, face }]);
    }
  return new Map([...faces].sort(([a], [b]) => a - b));
}

/** As the formats take it: a frame is a photo of the video. */
export function frameResult(name: string, { timeSec, reading }: Frame): ImageResult {
  return {
    file: name,
    timeSec,
    width: reading.width,
    height: reading.height,
    faces: reading.faces.map(({ id, prediction }) => ({ ...prediction, ...(id === undefined ? {} : { id }) })),
  };
}
