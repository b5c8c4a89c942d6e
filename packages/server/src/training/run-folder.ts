/** What `mien train`, `evaluate --report` and `crowd infer --report` leave below a folder: read where it is asked for. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, isFolderLocked, readText } from 'mienjs/files';
import { readProgress, type EpochRecord, type Progress } from 'mienjs/train';
import type { Report, Run, RunDetail, RunEpoch } from '../contract/index.ts';

/** Folders in folders: a study's folds lie three deep. */
const DEPTH = 4;
/** Files and folders that are looked at. */
const MOST = 5000;
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
    const [known, reports] = await Promise.all([
      Promise.all(runs.map(async (name) => (await this.#read(name))?.run)),
      Promise.all(pages.map((name) => this.#report(name))),
    ]);
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
    let seen = 0;
    const walk = async (folder: string, parts: readonly string[]): Promise<void> => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (entry.name.startsWith('.') || ++seen > MOST) continue;
        const own = [...parts, entry.name];
        if (entry.isFile() && entry.name === CHECKPOINT) found.runs.push(parts.join('/'));
        else if (entry.isFile() && /\.html?$/i.test(entry.name)) found.pages.push(own.join('/'));
        else if (entry.isDirectory() && own.length <= DEPTH) await walk(join(folder, entry.name), own);
      }
    };
    await walk(this.#folder, []);
    return found;
  }

  /** @returns undefined where the checkpoint is none, or goes while it is read */
  async #read(name: string): Promise<{ readonly run: Run; readonly progress: Progress } | undefined> {
    const folder = join(this.#folder, name);
    const path = join(folder, CHECKPOINT);
    try {
      const [progress, { mtime }, isRunning] = await Promise.all([
        readProgress(path),
        stat(path),
        isFolderLocked(folder),
      ]);
      const { recipe, epoch, plannedEpochs, history } = progress;
      const isFinished = epoch >= plannedEpochs && (await exists(join(folder, `${recipe}.onnx`)));
      const best = history.reduce<EpochRecord | undefined>(
        (most, one) => (most && !(scoreOf(one) > scoreOf(most)) ? most : one),
        undefined,
      );
      const last = history.at(-1);
      return {
        run: {
          name,
          recipe,
          state: isRunning ? 'running' : isFinished ? 'finished' : 'stopped',
          epochs: epoch,
          plannedEpochs,
          updatedAt: mtime.toISOString(),
          last: last ? epochOf(last) : null,
          best: best ? epochOf(best) : null,
        },
        progress,
      };
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

const scoreOf = ({ score, accuracies, validationLoss }: EpochRecord): number => {
  const own = score ?? accuracies[0] ?? NaN;
  return Number.isNaN(own) ? -validationLoss : own;
};

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

const epochOf = (record: EpochRecord): RunEpoch => ({
  epoch: record.epoch,
  trainLoss: known(record.trainLoss),
  validationLoss: known(record.validationLoss),
  accuracies: record.accuracies.map(known),
  score: known(scoreOf(record)),
  lr: record.lr,
  seconds: record.seconds,
});

/** As `escapeHtml` writes it. */
const unescapeHtml = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
