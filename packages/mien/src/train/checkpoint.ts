/**
 * Checkpoints in the safetensors layout: 8 bytes little-endian header length, a JSON header
 * {name: {dtype, shape, data_offsets}, __metadata__}, then the tensors' bytes. float32 only.
 * Written whole (see `writeWhole`), so that a kill at any moment leaves the old or the new file.
 */
import { open } from 'node:fs/promises';
import { InputError, MienError } from '../errors.ts';
import { nativePath, readFailure, writeWhole } from '../files/index.ts';
import type { HeadFigures } from './value-figures.ts';
import { sizeOf, tensor, type Tensor } from '../tensor/index.ts';
import type { Stage } from './card-parts.ts';

export interface EpochRecord {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  /** Accuracy of each head, in the recipe's order; NaN of heads that tell no classes apart. */
  readonly accuracies: readonly number[];
  /** Figures of heads of several labels or numbers, by their output; absent where there are none. */
  readonly figures?: Readonly<Record<string, HeadFigures>>;
  /** What the epochs are compared by, where that is not the accuracy of the first head. */
  readonly score?: number;
  readonly lr: number;
  readonly seconds: number;
}

interface HeaderEntry {
  readonly shape: number[];
  readonly data_offsets: [number, number];
}
type Header = { readonly __metadata__: { readonly mien: string } } & Readonly<Record<string, unknown>>;

export interface Checkpoint {
  readonly recipe: string;
  readonly seed: number;
  /** Epochs that the run was planned for: the schedule depends on it. */
  readonly plannedEpochs: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly history: readonly EpochRecord[];
  /** Digest of what teachers answered, where there are any. */
  readonly teachers?: string;
  /** Digest of the images of partners, where there are any. */
  readonly partners?: string;
  /** Models that the weights were started from (see the model card). */
  readonly startedFrom?: readonly Stage[];
  /** How images are normalized, where they are. */
  readonly normalization?: string;
  /** How faces are aligned, where not by a similarity. */
  readonly alignment?: string;
  /** The first epoch (from 0) that may be the best one, where the first epochs may not (see `ProgramRecipe`). */
  readonly judgedFrom?: number;
  /** Where the recipe keeps the last epoch, whatever its figures. */
  readonly keep?: 'last';
  readonly state: ReadonlyMap<string, Tensor>;
}

/**
 * @throws {InputError} when the file cannot be written; an older checkpoint of that name is then untouched
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { state, ...meta } = checkpoint;
  const header: Record<string, unknown> = { __metadata__: { mien: JSON.stringify(meta) } };
  let offset = 0;
  for (const [name, t] of state) {
    const bytes = sizeOf(t.dims) * 4;
    header[name] = { dtype: 'F32', shape: t.dims, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  const parts: Uint8Array[] = [length, json];
  for (const t of state.values()) parts.push(new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength));
  await writeWhole(path, parts);
}

/**
 * @throws {InputError} when the file is missing or damaged
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return withParts(path, async ({ progress, entries, dataAt, read }) => {
    const state = new Map<string, Tensor>();
    for (const [name, entry] of Object.entries(entries)) {
      const [start, end] = entry.data_offsets;
      const data = new Float32Array((end - start) / 4);
      await read(new Uint8Array(data.buffer), dataAt + start);
      state.set(name, tensor('float32', entry.shape, data));
    }
    return { ...progress, state };
  });
}

/** How far a run is, and its figures epoch by epoch: what a checkpoint holds but for the weights. */
export type Progress = Omit<Checkpoint, 'state'>;

/**
 * The progress in a checkpoint, without reading its weights.
 * @throws {InputError} when the file is missing or damaged
 */
export const readProgress = (path: string): Promise<Progress> =>
  withParts(path, ({ progress }) => Promise.resolve(progress));

/**
 * The epoch whose weights a run keeps, of those so far: the one with the best figure of the primary head, the earliest of
 * equals; the last one where no epoch is judged, nothing is measured, or the recipe keeps the last.
 * @returns undefined before the first epoch has ended
 * @example
 * ```ts
 * import { bestOf, readProgress } from 'mienjs/train';
 *
 * const best = bestOf(await readProgress('runs/mine/last.safetensors'));
 * console.log(best?.epoch, best?.accuracies);
 * ```
 */
export function bestOf({
  history,
  judgedFrom = 0,
  keep,
}: Pick<Progress, 'history' | 'judgedFrom' | 'keep'>): EpochRecord | undefined {
  const judged = history.filter(({ epoch }) => epoch > judgedFrom);
  const isMeasured = judged.some((record) => record.accuracies.length > 0);
  if (keep === 'last' || !isMeasured) return history.at(-1);
  return judged.reduce((best, record) => (score(record) > score(best) ? record : best));
}

/** Without labels, no epoch beats another. */
const score = (record: EpochRecord): number => {
  const value = record.score ?? record.accuracies[0]!;
  return Number.isNaN(value) ? -Infinity : value;
};

interface Parts {
  readonly progress: Progress;
  readonly entries: Readonly<Record<string, HeaderEntry>>;
  /** Where the bytes of the tensors begin. */
  readonly dataAt: number;
  readonly read: (bytes: Uint8Array, at: number) => Promise<Uint8Array>;
}

async function withParts<T>(path: string, use: (parts: Parts) => Promise<T>): Promise<T> {
  const file = await open(nativePath(path)).catch((cause: unknown) => {
    throw new InputError(path, readFailure(cause), { cause });
  });
  // Piece by piece: a file of more than 2 GiB cannot be read as a whole
  const read = async (bytes: Uint8Array, at: number): Promise<Uint8Array> => {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead < bytes.length) throw new MienError(`ends ${bytes.length - bytesRead} bytes early`);
    return bytes;
  };
  try {
    const headerLength = Number(new DataView((await read(new Uint8Array(8), 0)).buffer).getBigUint64(0, true));
    if (headerLength > (await file.stat()).size) throw new MienError('the header is longer than the file');
    const header = JSON.parse(new TextDecoder().decode(await read(new Uint8Array(headerLength), 8))) as Header;
    const {
      __metadata__: { mien },
      ...entries
    } = header;
    const { history, ...meta } = JSON.parse(mien) as Progress;
    const progress = { ...meta, history: withNaN(history) };
    return await use({ progress, entries: entries as Parts['entries'], dataAt: 8 + headerLength, read });
  } catch (cause) {
    throw new InputError(path, 'is not a checkpoint, or is damaged', { cause });
  } finally {
    await file.close();
  }
}

/** JSON has no NaN: a figure of a split without labels is written as null. No field of a record is null otherwise. */
function withNaN<T>(value: T): T {
  if (value === null) return NaN as T;
  if (Array.isArray(value)) return value.map(withNaN) as T;
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value as object).map(([key, v]) => [key, withNaN(v)])) as T;
}
