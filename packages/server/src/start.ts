/** A server as `mien serve` starts it: database, files, recognition, jobs and HTTP, put together and taken apart. */
import { createRequire } from 'node:module';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { InputError, MienError } from 'mienjs';
import { errorCode, withFolderLock, writeFailure } from 'mienjs/files';
import { hashOf, newSecret } from './access/secrets.ts';
import { proposeHandler } from './annotation/proposals.ts';
import { inThread, Refitter } from './annotation/refit.ts';
import { FolderStore } from './files/folder-store.ts';
import { RecentFiles } from './files/recent-files.ts';
import { S3Store } from './files/s3-store.ts';
import { RunFolder } from './training/run-folder.ts';
import { Admission } from './http/admission.ts';
import { buildApp } from './http/app.ts';
import { findWeb } from './http/pages.ts';
import type { Services } from './http/services.ts';
import { recognizeHandler } from './jobs/recognize-batch.ts';
import { JobRunner } from './jobs/runner.ts';
import { Metrics } from './metrics.ts';
import { RecognitionPool } from './recognition/pool.ts';
import { joinLink } from './routes/access.ts';
import { DATA_MARKER, isLoopback, originOf, type ServerSettings } from './settings.ts';
import { openStore, type Where } from './store/index.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const HOUR_MS = 3_600_000;
/** Uploads that no item needs are removed when they are so old: those of a job that is being made are younger. */
const STRAY_MS = 24 * HOUR_MS;
/** Requests that are not answered so long after the server was told to stop are cut off. */
const PATIENCE_MS = 15_000;
/** The first owner's link holds until the next start, at most so long. */
const FIRST_LINK_DAYS = 30;

export interface RunningServer {
  /** As its users see it. */
  readonly url: string;
  readonly model: string;
  /** Makes the first account, the owner's; undefined where there is one. */
  readonly ownerLink: string | undefined;
  readonly signInRequired: boolean;
  readonly hasWeb: boolean;
  /** Answers what was asked, finishes the photos in work, puts the others back. */
  close(): Promise<void>;
}

/**
 * Runs a server until `stop` is aborted, and then ends in good order.
 * @param onStarted when it answers
 * @throws {InputError} when the address is taken, or the data folder is another server's or cannot be written;
 *   {MienError} when the model or the database cannot be opened
 */
export async function runServer(
  settings: ServerSettings,
  stop: AbortSignal,
  onStarted: (server: RunningServer) => void | Promise<void>,
): Promise<void> {
  const { data, databaseUrl } = settings;
  const run = async (): Promise<void> => {
    const server = await startServer(settings);
    try {
      await onStarted(server);
      if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    } finally {
      await server.close();
    }
  };
  await makeData(data);
  // Servers that share a PostgreSQL database may share the folder of uploads, too
  await (databaseUrl === undefined ? withFolderLock(data, run) : run());
}

async function makeData(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, DATA_MARKER), `${JSON.stringify({ madeBy: 'mien serve', version })}\n`, {
      flag: 'wx',
    }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } catch (cause) {
    throw new InputError(folder, writeFailure(cause), { cause });
  }
}

/** Without the lock of the data folder, which `runServer` takes. */
async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { host, port, data, databaseUrl, url, limits, onLog } = settings;
  const given = url === undefined ? undefined : originOf(url);
  if (url !== undefined && given === undefined)
    throw new InputError(url, 'is not the address of a server, expected http://… or https://…');
  const signInRequired = settings.requireSignIn || !isLoopback(host) || given !== undefined;

  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const where: Where = databaseUrl === undefined ? { sqlite: join(data, 'mien.db') } : { postgres: databaseUrl };
    const store = await openStore(where);
    closers.push(() => store.close());
    const files = new RecentFiles(
      settings.files === undefined ? await FolderStore.open(join(data, 'uploads')) : await S3Store.open(settings.files),
    );
    if (store.kind === 'sqlite') await store.jobs.releaseAll();

    const { model, views, device, processes } = settings;
    const recognition = await RecognitionPool.start({
      model,
      views,
      device,
      processes,
      threads: 1,
      maxPixels: limits.pixels,
      maxFaces: limits.faces,
      timeoutMs: limits.seconds * 1000,
    });
    let isStopping = false;
    const admission = new Admission({
      waiting: limits.waiting,
      heldBytes: limits.heldBytes,
      retryAfter: () => Math.max(1, Math.ceil((recognition.load * recognition.meanMs) / recognition.width / 1000)),
    });
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
      // One more than is worked on, so that the next lies ready
      width: recognition.width + 1,
      onProblem: (message) => onLog(`mien: jobs: ${message}`),
    });
    const refitter = new Refitter({
      store,
      compute: inThread(where),
      onProblem: (message) => onLog(`mien: ${message}`),
    });
    const sweep = async (strayMs = STRAY_MS): Promise<void> => {
      await store.accounts.sweep();
      await store.jobs.sweep(settings.keepDays * 24 * HOUR_MS);
      for (const key of await store.annotation.projects.sweep()) await files.remove(key);
      for await (const key of files.olderThan(strayMs))
        if (!(await store.jobs.needsFile(key)) && !(await store.annotation.tasks.needsFile(key)))
          await files.remove(key);
    };
    const sweeping = setInterval(() => {
      void sweep().catch((error: unknown) => onLog(`mien: ${(error as Error).message}`));
    }, HOUR_MS);

    let origin = given ?? '';
    const services: Services = {
      store,
      files,
      recognition,
      runner,
      refitter,
      runs: settings.runs === undefined ? undefined : new RunFolder(settings.runs),
      admission,
      metrics,
      limits,
      version,
      signInRequired,
      origin: () => origin,
      isStopping: () => isStopping,
    };
    let hosts: ReadonlySet<string> | undefined;
    const web = settings.web ?? findWeb();
    const app = await buildApp({
      services,
      web,
      hosts: () => hosts,
      isHttps: given?.startsWith('https:') ?? false,
      isBehindProxy: given !== undefined,
      onLog,
    });
    // In this order: no new requests, those in flight answered, jobs put back, processes ended
    closers.push(async () => {
      isStopping = true;
      clearInterval(sweeping);
      const stopped = runner.stop();
      const patience = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS);
      await app.close();
      clearTimeout(patience);
      await recognition.close();
      await stopped;
      await refitter.stop();
    });

    // Alone in its folder, the server makes no job yet: what no item needs is left from one that was killed. A bucket has no lock.
    await sweep(store.kind === 'sqlite' && settings.files === undefined ? -1 : STRAY_MS);
    const bound = await listen(app.server, () => app.listen({ host, port }), host, port);
    origin ||= `http://${urlHost(host)}:${bound}`;
    if (!signInRequired || given !== undefined)
      hosts = new Set([
        ...['localhost', '127.0.0.1', '[::1]', urlHost(host)].flatMap((name) => [
          `${name}:${bound}`,
          ...(bound === 80 ? [name] : []),
        ]),
        new URL(origin).host,
      ]);
    runner.start();
    refitter.start();

    let ownerLink: string | undefined;
    if (!(await store.accounts.hasOwner())) {
      const secret = newSecret();
      // Servers that share a database each print a link; the first that is used ends the others
      if (store.kind === 'sqlite') await store.accounts.withdrawFirstInvitations();
      await store.accounts.invite(hashOf(secret), { role: 'owner', days: FIRST_LINK_DAYS, createdBy: null });
      ownerLink = joinLink(origin, secret);
    }
    return { url: origin, model: recognition.model, ownerLink, signInRequired, hasWeb: web !== undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

/** @returns the port   @throws {InputError} naming the address that cannot be taken */
async function listen(
  server: { address(): string | AddressInfo | null },
  begin: () => Promise<unknown>,
  host: string,
  port: number,
): Promise<number> {
  try {
    await begin();
  } catch (cause) {
    const reason: Record<string, string> = {
      EADDRINUSE: 'another program listens there: choose another --port',
      EACCES: 'this account may not listen there: choose a --port from 1024 on',
      EADDRNOTAVAIL: 'this machine has no such address',
      ENOTFOUND: 'this machine has no such address',
    };
    const code = errorCode(cause);
    throw new InputError(
      `${host}:${port}`,
      reason[code ?? ''] ?? `cannot be listened on (${(cause as Error).message})`,
      { cause },
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new MienError(`${host}:${port}: has no port`);
  return address.port;
}
