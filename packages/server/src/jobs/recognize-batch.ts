/** Jobs of the kind `recognize`: each item is a photo in the store of files, which is removed once it is recognised. */
import type { ImageResult } from 'mienjs/results';
import type { FileStore } from '../files/file-store.ts';
import { Stopped, type Recognition } from '../recognition/recognition.ts';
import { LeftUndone, type Handler } from './runner.ts';

/** Payload of an item. */
export interface PhotoPayload {
  readonly file: string;
  /** Whether faces get estimates of action units; absent in jobs of earlier versions. */
  readonly actionUnits?: boolean;
}

/** Settings of a job. */
export interface RecognizeSettings {
  readonly model: string;
  readonly actionUnits?: boolean;
}

const failed = (file: string, reason: string): { ok: false; result: ImageResult } => ({
  ok: false,
  result: { file, width: null, height: null, faces: [], error: `${file}: ${reason}` },
});

/** @param onPhoto what came of a photo */
export function recognizeHandler(
  recognition: Recognition,
  files: FileStore,
  onPhoto: (isOk: boolean) => void,
): Handler {
  return {
    async work({ payload, fileKey }) {
      const { file, actionUnits = false } = payload as PhotoPayload;
      const bytes = fileKey === null ? undefined : await files.get(fileKey);
      if (!bytes) return failed(file, 'the uploaded file is gone');
      try {
        const result = await recognition.recognize({ file, bytes }, { lane: 'job', actionUnits });
        const ok = result.error === undefined;
        onPhoto(ok);
        return { ok, result };
      } catch (error) {
        if (error instanceof Stopped) throw new LeftUndone();
        throw error;
      }
    },
    giveUp: ({ payload }, reason) => failed((payload as PhotoPayload).file, reason),
    async clear({ fileKey }) {
      if (fileKey !== null) await files.remove(fileKey);
    },
  };
}
