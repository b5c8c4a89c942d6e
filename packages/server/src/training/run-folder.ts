/** What `mien train`, `evaluate --report` and `crowd infer --report` leave below a folder: read where it is asked for. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFolderLocked, readText } from 'mienjs/files';
import { bestOf, readProgress, type EpochRecord, type Progress } from 'mienjs/train';
import { runEpochSchema, runSchema, type Report, type Run, type RunDetail, type RunEpoch } from '../contract/index.ts';

/** Folders in folders: a study's folds lie three deep. */
const DEPTH = 4;
/** Folders that are looked through, and runs and pages that are taken. */
const MOST = 2000;
/** Files that are read at the same time. */
const AT_A_TIME = 16;
/** The name of a run in the folder itself. */
const HERE = '.';
const CHECKPOINT = 'last.safetensors';
/** In which a page says what it is. */
const HEAD_BYTES = 2048;
const IS_OURS = /<meta name="generator" content="Mien"><title>([^<]*)<\/title>/;

interface Found {
  /** Names of folders with a checkpoint, and of pages: parts joined by `/`. */
  readonly runs: string[];
  readonly pages: string[];
}

export class RunFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Those that changed last come first. */
  async list(): Promise<{ readonly runs: Run[]; readonly reports: Report[] }> {
    const { runs, pages } = await this.#find();
    const known = await inGroups(runs, async (name) => (await this.#read(name))?.run);
    const reports = await inGroups(pages, (name) => this.#report(name));
    const latest = <T extends { readonly updatedAt: string }>(all: readonly (T | undefined)[]): T[] =>
      all.filter((one) => one !== undefined).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    return { runs: latest(known), reports: latest(reports) };
  }

  /** @returns undefined when there is no such run */
  async find(name: string): Promise<RunDetail | undefined> {
    if (!(await this.#find()).runs.includes(name)) return undefined;
    const found = await this.#read(name);
    if (!found) return undefined;
    const { run, progress } = found;
    const cardPath = join(this.#folder, name, `${progress.recipe}.json`);
    const card = await readText(cardPath).then(
      (text) => JSON.parse(text) as Record<string, unknown>,
      () => null,
    );
    return { ...run, history: progress.history.map(epochOf), card };
  }

  /** @returns the page of a report; undefined when there is none of that name */
  async page(name: string): Promise<string | undefined> {
    if (!(await this.#find()).pages.includes(name) || !(await this.#report(name))) return undefined;
    return readText(join(this.#folder, name));
  }

  /** Nothing that a client says becomes part of a path: it is compared with what is found here. */
  async #find(): Promise<Found> {
    const found: Found = { runs: [], pages: [] };
    let folders = 0;
    const walk = async (folder: string, parts: readonly string[]): Promise<void> => {
      if (++folders > MOST) return;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (entry.name.startsWith('.') || found.runs.length + found.pages.length >= MOST) continue;
        const own = [...parts, entry.name];
        if (entry.isFile() && entry.name === CHECKPOINT) found.runs.push(parts.join('/') || HERE);
        else if (entry.isFile() && /\.html?$/i.test(entry.name)) found.pages.push(own.join('/'));
        else if (entry.isDirectory() && own.length <= DEPTH) await walk(join(folder, entry.name), own);
      }
    };
    await walk(this.#folder, []);
    return found;
  }

  /** @returns undefined where the checkpoint is none, or not of ours, or goes while it is read */
  async #read(name: string): Promise<{ readonly run: Run; readonly progress: Progress } | undefined> {
    const folder = join(this.#folder, name);
    const path = join(folder, CHECKPOINT);
    try {
      const [progress, { mtime, mtimeMs }, isRunning] = await Promise.all([
        readProgress(path),
        stat(path),
        isFolderLocked(folder),
      ]);
      const { recipe, epoch, plannedEpochs, history } = progress;
      // The model comes after the last checkpoint, also of a run that ended early as nothing got better
      const model = await stat(join(folder, `${recipe}.onnx`)).catch(() => undefined);
      const isFinished = model !== undefined && model.mtimeMs >= mtimeMs;
      const best = bestOf(progress);
      const last = history.at(-1);
      const run = runSchema.parse({
        name,
        recipe,
        state: isRunning ? 'running' : isFinished ? 'finished' : 'stopped',
        epochs: epoch,
        plannedEpochs,
        updatedAt: mtime.toISOString(),
        last: last ? epochOf(last) : null,
        best: best ? epochOf(best) : null,
      });
      runEpochSchema.array().parse(history.map(epochOf));
      return { run, progress };
    } catch {
      return undefined;
    }
  }

  /** @returns undefined where the page is not ours */
  async #report(name: string): Promise<Report | undefined> {
    const path = join(this.#folder, name);
    try {
      const file = await open(path);
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
        const head = buffer.toString('utf8', 0, bytesRead);
        const [, title] = IS_OURS.exec(head) ?? [];
        if (title === undefined) return undefined;
        return { name, title: unescapeHtml(title), updatedAt: (await file.stat()).mtime.toISOString() };
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }
}

async function inGroups<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let at = 0; at < names.length; at += AT_A_TIME)
    all.push(...(await Promise.all(names.slice(at, at + AT_A_TIME).map(read))));
  return all;
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

const epochOf = (record: EpochRecord): RunEpoch => ({
  epoch: record.epoch,
  trainLoss: known(record.trainLoss),
  validationLoss: known(record.validationLoss),
  accuracies: record.accuracies.map(known),
  score: known(record.score ?? record.accuracies[0] ?? NaN),
  lr: record.lr,
  seconds: record.seconds,
});

/** As `escapeHtml` writes it. */
const unescapeHtml = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
