/** What routes work with. */
import type { Refitter } from '../annotation/refit.ts';
import type { FileStore } from '../files/file-store.ts';
import type { JobRunner } from '../jobs/runner.ts';
import type { Metrics } from '../metrics.ts';
import type { Recognition } from '../recognition/recognition.ts';
import type { Limits } from '../settings.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { Store } from '../store/index.ts';
import type { Admission } from './admission.ts';

export interface Services {
  readonly store: Store;
  readonly files: FileStore;
  readonly recognition: Recognition;
  readonly runner: JobRunner;
  /** Computes figures of projects anew. */
  readonly refitter: Refitter;
  /** Undefined where none is shown. */
  readonly runs: RunFolder | undefined;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly version: string;
  readonly signInRequired: boolean;
  /** Address of the server as its users see it: `http://127.0.0.1:8080`. */
  readonly origin: () => string;
  readonly isStopping: () => boolean;
}
