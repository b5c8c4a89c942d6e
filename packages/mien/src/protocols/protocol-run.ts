/**
 * What a training run under a protocol keeps in its folder, so that it can go on after a kill:
 * `protocol.json` says which run it is; `fold-NN/` holds a fold's checkpoints while it trains; and
 * `fold-NN/result.json`, written last, says that the fold is finished.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError, MienError } from '../errors.ts';
import { exists, makeFolder, readText, writeWhole } from '../files/index.ts';
import type { FoldOutcome } from './figures.ts';

const runSchema = z.strictObject({
  version: z.literal(1),
  protocol: z.string(),
  /** Digests of the declaration (`protocolDigest`) and the folds (`foldsDigest`): the same data, split the same way. */
  declaration: z.string(),
  folds: z.string(),
  recipe: z.string(),
  seed: z.int(),
  /** How faces are brought to the network's frame. */
  align: z.enum(['landmarks', 'eyes-mouth', 'detect', 'none', 'frontal']),
  epochs: z.int().positive(),
  /** Digest of the model that every fold starts from, or `none`. */
  startedFrom: z.string().default('none'),
  /** The steps of the images' normalization, as text, or `none`. */
  normalization: z.string().default('none'),
});
export type ProtocolRun = z.infer<typeof runSchema>;

const resultSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  train: z.int(),
  validation: z.int(),
  confusion: z.array(z.array(z.int().nonnegative())),
});

/** What tells a run from another, in words for errors. */
const IDENTITY = {
  protocol: 'protocol',
  declaration: 'declaration of the protocol',
  folds: 'digest of the folds',
  recipe: 'recipe',
  seed: 'seed',
  align: 'alignment',
  startedFrom: 'starting model',
  normalization: 'normalization',
} as const;

/**
 * Begins a run in a folder, or finds the one that it goes on with.
 * @param wanted its epochs are those given, or undefined for those of the earlier run, or else of the recipe
 * @throws {MienError} when the folder holds a run and `resume` is not set; {InputError} when it holds another run, or
 *   none to resume
 */
export async function openRun(
  out: string,
  wanted: Omit<ProtocolRun, 'version' | 'epochs'> & { epochs: number | undefined; recipeEpochs: number },
  resume: boolean,
): Promise<ProtocolRun> {
  const path = join(out, 'protocol.json');
  const { epochs, recipeEpochs, ...identity } = wanted;
  const isThere = await exists(path);
  if (isThere && !resume) throw new MienError(`${out}: holds an earlier run; resume it, or choose another folder`);
  if (!isThere && resume) throw new InputError(out, 'holds no run under a protocol to resume');
  const saved = isThere ? await readJson(path, runSchema) : undefined;
  for (const [key, what] of Object.entries(IDENTITY) as [keyof typeof IDENTITY, string][]) {
    if (saved && saved[key] !== identity[key])
      throw new InputError(path, `was made with the ${what} ${saved[key]}, this run has ${identity[key]}`);
  }
  // Finished folds are kept, and all folds of a report are trained for as long.
  if (saved && epochs !== undefined && saved.epochs !== epochs)
    throw new InputError(path, `was made for ${saved.epochs} epochs, this run has ${epochs}`);
  const run: ProtocolRun = { version: 1, ...identity, epochs: epochs ?? saved?.epochs ?? recipeEpochs };
  await makeFolder(out);
  await writeJson(path, run);
  return run;
}

/** @param k from 0   @returns `fold-01` … */
export function foldFolder(out: string, k: number, folds: number): string {
  return join(out, `fold-${String(k + 1).padStart(Math.max(2, String(folds).length), '0')}`);
}

/** What a fold came to; undefined when it is not finished. @throws {InputError} when the file is damaged */
export async function readOutcome(folder: string): Promise<FoldOutcome | undefined> {
  const path = join(folder, 'result.json');
  if (!(await exists(path))) return undefined;
  const { name, train, validation, confusion } = await readJson(path, resultSchema);
  return { name, train, validation, confusion };
}

/** Whether a fold was begun: it has a checkpoint. */
export function isBegun(folder: string): Promise<boolean> {
  return exists(join(folder, 'last.safetensors'));
}

/** Marks a fold as finished, and removes its checkpoints, which the model file has outlived. */
export async function finishFold(folder: string, outcome: FoldOutcome): Promise<void> {
  await writeJson(join(folder, 'result.json'), { version: 1, ...outcome });
  for (const name of ['last.safetensors', 'best.safetensors']) await rm(join(folder, name), { force: true });
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError(path, 'is damaged, or of another version', { cause });
  }
}
