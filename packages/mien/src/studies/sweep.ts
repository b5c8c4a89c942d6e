/**
 * A sweep: a family of recipes is trained once for each setting, each run in its own folder, and all are set beside
 * each other.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../data/index.ts';
import { InputError, MienError } from '../errors.ts';
import { exists, makeFolder, readText, writeWhole } from '../files/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import {
  settingName,
  sweepSettings,
  type FitCallbacks,
  type FitResult,
  type ModelCard,
  type RecipeFamily,
  type Setting,
  type SweepValues,
} from '../train/index.ts';
import { trainModel } from '../evaluate/train-model.ts';
import { renderSweep, sweepCsv } from './sweep-report.ts';
import type { Sweep, SweepRun } from './sweep-run.ts';

export interface SweepOptions extends FitCallbacks, SessionOptions {
  readonly dataset: Dataset;
  /** Licence of the data (see `DatasetDefinition`). */
  readonly licence: string;
  /** Default: of the recipes. */
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  /** Holds a folder for each run, and the tables. */
  readonly out: string;
  /** Keep what earlier sweeps of this family have finished in `out`, and go on where a run was stopped. */
  readonly resume?: boolean;
  /** Called when a run starts, or turns out to be finished already. */
  readonly onRun?: (name: string, done: number, total: number, finished: boolean) => void;
  /** Called with what comes after the epochs of a run. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
  /** Stops the sweep; finished runs stay, and `resume` goes on. */
  readonly signal?: AbortSignal;
}

/**
 * Trains every combination of the values with every seed; after each run `sweep.json`, `sweep.csv` and `sweep.html` in
 * `out` say what there is so far. A run's folder holds its model and card (see `completeModel`); the checkpoints of a
 * finished run are removed, as many runs of a large network fill a disk.
 * @throws {MienError} when `out` holds a sweep and `resume` is not set, or one of another family, dataset or length
 */
export async function runSweep(family: RecipeFamily, values: SweepValues, options: SweepOptions): Promise<Sweep> {
  const {
    dataset,
    licence,
    out,
    resume = false,
    onStep,
    onEpoch,
    onRun,
    onProgress,
    signal,
    device,
    threads,
  } = options;
  const session = { ...(device === undefined ? {} : { device }), ...(threads === undefined ? {} : { threads }) };
  const settings = sweepSettings(family, values, options.seeds ?? [family.make(family.parameters).seed]);
  const path = join(out, 'sweep.json');
  const head = {
    version: 1 as const,
    family: family.id,
    title: family.title,
    parameters: family.parameters,
    dataset: dataset.name,
    epochs: options.epochs ?? null,
  };
  const earlier = await readSweep(path);
  if (earlier && !resume) throw new MienError(`${out}: holds a sweep already; resume it, or choose another folder`);
  if (earlier) checkSame(path, earlier, head);
  await makeFolder(out);

  const runs = new Map((earlier?.runs ?? []).map((run) => [run.folder, run]));
  let sweep: Sweep = { ...head, runs: [...runs.values()] };
  await writeSweep(out, sweep);
  for (const [i, setting] of settings.entries()) {
    const name = settingName(setting);
    onRun?.(name, i, settings.length, runs.has(name));
    if (runs.has(name)) continue;
    const folder = join(out, name);
    const recipe = family.make(setting.parameters);
    const { card, fitted } = await trainModel(recipe, {
      ...session,
      dataset,
      licence,
      out: folder,
      seed: setting.seed,
      resume: await exists(join(folder, 'last.safetensors')),
      ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
      ...(onStep ? { onStep } : {}),
      ...(onEpoch ? { onEpoch } : {}),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    runs.set(name, runOf(setting, name, card, fitted));
    sweep = { ...head, runs: [...runs.values()].sort(bySetting) };
    await writeSweep(out, sweep);
    for (const file of ['last.safetensors', 'best.safetensors']) await rm(join(folder, file), { force: true });
  }
  return sweep;
}

function runOf(setting: Setting, folder: string, { training, metrics }: ModelCard, { history }: FitResult): SweepRun {
  const { bestEpoch, epochs, wallSeconds } = training;
  return {
    ...setting,
    folder,
    bestEpoch,
    epochs,
    wallSeconds,
    curve: history.map(({ accuracies, score }) => accuracies.find(Number.isFinite) ?? score ?? NaN),
    // A single view: what is compared is training
    metrics: metrics
      .filter(({ views }) => views === 'single')
      .map(({ dataset, split, head, role, n, accuracy, meanAccuracy }) => ({
        dataset,
        split,
        head,
        role,
        n,
        accuracy,
        meanAccuracy,
      })),
  };
}

/** Parameter by parameter in order of their names, then by seed. */
function bySetting(a: Setting, b: Setting): number {
  for (const name of Object.keys(a.parameters).sort()) {
    const difference = a.parameters[name]! - b.parameters[name]!;
    if (difference !== 0) return difference;
  }
  return a.seed - b.seed;
}

async function writeSweep(out: string, sweep: Sweep): Promise<void> {
  const texts = {
    'sweep.json': `${JSON.stringify(sweep, null, 2)}\n`,
    'sweep.csv': sweepCsv(sweep),
    'sweep.html': renderSweep(sweep),
  };
  for (const [name, text] of Object.entries(texts)) await writeWhole(join(out, name), text);
}

async function readSweep(path: string): Promise<Sweep | undefined> {
  if (!(await exists(path))) return undefined;
  const text = await readText(path);
  try {
    const sweep = JSON.parse(text) as Sweep;
    if (sweep.version === 1 && Array.isArray(sweep.runs)) return sweep;
  } catch (cause) {
    throw new InputError(path, 'is not JSON, expected the table of a sweep', { cause });
  }
  throw new InputError(path, 'is not the table of a sweep');
}

function checkSame(path: string, earlier: Sweep, wanted: Omit<Sweep, 'runs'>): void {
  for (const key of ['family', 'dataset', 'epochs'] as const) {
    if (earlier[key] !== wanted[key])
      throw new InputError(path, `was made with ${key} ${earlier[key]}, this sweep has ${wanted[key]}`);
  }
  const parameters = (sweep: Pick<Sweep, 'parameters'>): string => Object.keys(sweep.parameters).sort().join(', ');
  if (parameters(earlier) !== parameters(wanted))
    throw new InputError(
      path,
      `was made with the parameters ${parameters(earlier)}, the family has ${parameters(wanted)}`,
    );
}
