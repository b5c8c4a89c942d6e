/** For tests: the whole server but for the networks, asked without a network. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { FaceResult, ImageResult } from 'mienjs/results';
import { SESSION_COOKIE, TOKEN_PREFIX } from '../access/identify.ts';
import { hashPassword } from '../access/passwords.ts';
import { hashOf, newSecret } from '../access/secrets.ts';

import { refitted } from '../annotation/refit-thread.ts';
import { Refitter } from '../annotation/refit.ts';
import { proposeHandler } from '../annotation/proposals.ts';
import type { Role, User } from '../contract/index.ts';
import { FolderStore } from '../files/folder-store.ts';
import { Admission } from '../http/admission.ts';
import { buildApp } from '../http/app.ts';
import { recognizeHandler } from '../jobs/recognize-batch.ts';
import { JobRunner } from '../jobs/runner.ts';
import { Metrics } from '../metrics.ts';
import { inspectPhoto, type Inspection } from '../recognition/inspect-photo.ts';
import type { Photo, Recognition, RecognizeSettings } from '../recognition/recognition.ts';
import { DEFAULT_LIMITS, type Limits } from '../settings.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { openStore, type Store, type Where } from '../store/index.ts';

/** Says of every photo that it is 4×3 px and shows nobody unless a test says whom; of one whose bytes begin with `bad`, that it cannot be read. */
export class StubRecognition implements Recognition {
  readonly model = 'stub';
  readonly width = 2;
  load = 0;
  readonly meanMs = 2000;
  readonly photos: Photo[] = [];
  /** Answer to every photo. */
  faces: readonly FaceResult[] = [];
  /** What happens in place of the answer. */
  before: (photo: Photo, settings: RecognizeSettings) => Promise<void> = () => Promise.resolve();

  async recognize(photo: Photo, settings: RecognizeSettings): Promise<ImageResult> {
    this.load++;
    try {
      await this.before(photo, settings);
      this.photos.push(photo);
      const { file } = photo;
      return Buffer.from(photo.bytes).toString('latin1').startsWith('bad')
        ? { file, width: null, height: null, faces: [], error: `${file}: is not an image` }
        : { file, width: 4, height: 3, faces: this.faces };
    } finally {
      this.load--;
    }
  }

  inspect({ file, bytes }: Photo): Promise<Inspection> {
    return inspectPhoto(file, bytes, { maxPixels: DEFAULT_LIMITS.pixels });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Fixture {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly recognition: StubRecognition;
  readonly runner: JobRunner;
  readonly folder: string;
  readonly logs: string[];
  /** Files in the folder of uploads. */
  uploads(): Promise<string[]>;
  /** Makes a person and signs them in. */
  person(role: Role, name?: string): Promise<Person>;
}

export interface Person {
  readonly user: User;
  /** What their browser sends. */
  readonly session: Record<string, string>;
  /** What their program sends. */
  readonly token: Record<string, string>;
}

export interface FixtureSettings {
  readonly signInRequired?: boolean;
  readonly limits?: Partial<Limits>;
  readonly where?: Where;
  readonly web?: string;
  readonly origin?: string;
  /** Names under which it may be asked. */
  readonly hosts?: readonly string[];
  /** Whether jobs are worked on. */
  readonly runs?: boolean;
  /** Of training runs. */
  readonly runFolder?: string;
}

export const PASSWORD = 'correct horse battery';
/** A hash is made once, at the lowest cost. */
const passwordHash = hashPassword(PASSWORD, { N: 2, r: 1, p: 1 });

export async function withServer(settings: FixtureSettings, test: (fixture: Fixture) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-server-'));
  const uploads = join(folder, 'uploads');
  const limits = { ...DEFAULT_LIMITS, ...settings.limits };
  const store = await openStore(settings.where ?? { sqlite: join(folder, 'mien.db') });
  const recognition = new StubRecognition();
  const logs: string[] = [];
  const files = await FolderStore.open(uploads);
  const admission = new Admission({ waiting: limits.waiting, heldBytes: limits.heldBytes, retryAfter: () => 3 });
  const metrics = new Metrics({
    load: () => recognition.load,
    refused: () => admission.refused,
    open: () => store.jobs.countOpen(),
  });
  const runner = new JobRunner({
    store,
    handlers: {
      recognize: recognizeHandler(recognition, files, (isOk) => metrics.photo('job', isOk)),
      propose: proposeHandler(recognition, files, store),
    },
    width: 2,
    onProblem: (message) => logs.push(message),
  });
  const refitter = new Refitter({
    store,
    compute: (projectId) => refitted(store, projectId),
    onProblem: (message) => logs.push(message),
  });
  const origin = settings.origin ?? 'http://localhost:80';
  const app = await buildApp({
    services: {
      store,
      files,
      recognition,
      runner,
      refitter,
      runs: settings.runFolder === undefined ? undefined : new RunFolder(settings.runFolder),
      admission,
      metrics,
      limits,
      version: '0.0.0',
      signInRequired: settings.signInRequired ?? false,
      origin: () => origin,
      isStopping: () => false,
    },
    web: settings.web,
    hosts: () => settings.hosts && new Set(settings.hosts),
    isHttps: origin.startsWith('https:'),
    isBehindProxy: false,
    onLog: (line) => logs.push(line),
  });
  if (settings.runs !== false) runner.start();
  let people = 0;
  try {
    await test({
      app,
      store,
      recognition,
      runner,
      folder,
      logs,
      uploads: () => readdir(uploads),
      async person(role, name = `${role}-${++people}`) {
        const user = await store.accounts.create({ name, role, passwordHash: await passwordHash });
        if (user === 'name taken') throw new Error(`${name} is taken`);
        const [cookie, csrf, token] = [newSecret(), newSecret(), newSecret(TOKEN_PREFIX)];
        await store.accounts.openSession(user.id, hashOf(cookie), csrf);
        await store.accounts.createToken(user.id, 'test', hashOf(token), undefined);
        return {
          user,
          session: { cookie: `${SESSION_COOKIE}=${cookie}`, 'x-csrf-token': csrf },
          token: { authorization: `Bearer ${token}` },
        };
      },
    });
  } finally {
    await runner.stop();
    await refitter.stop();
    await app.close();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/** A form with photos, as an injected request. */
export function form(photos: Readonly<Record<string, string | Buffer>>): Pick<InjectOptions, 'payload' | 'headers'> {
  const border = 'border-of-the-test';
  const parts = Object.entries(photos).flatMap(([file, content]) => [
    `--${border}\r\nContent-Disposition: form-data; name="photo"; filename="${file}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${border}` },
    payload: Buffer.concat([...parts, `--${border}--\r\n`].map((part) => Buffer.from(part))),
  };
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
