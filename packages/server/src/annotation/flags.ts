/** Who seems not to look at the images. A flag is a reason to look at somebody's work, and does nothing by itself. */
import type { WorkerFlag } from 'mienjs/crowd';
import type { Member } from '../contract/index.ts';

export interface Behaviour {
  /** Active time of each label, ms. */
  readonly times: readonly number[];
  /** Labels by option. */
  readonly options: ReadonlyMap<string, number>;
  readonly gold: { readonly right: number; readonly seen: number };
  /** From votes and consensus. */
  readonly worker: WorkerFlag | null;
}

/** The fewest labels, and gold items, of which anything is said. */
const LABELS = 20;
const GOLD = 5;
/** Nobody sees an image and presses a key in less. */
const FASTEST_MS = 300;
/** Share of the median of all annotators. */
const FAST_SHARE = 0.25;
const CONSTANT_SHARE = 0.9;
/** An option that so many of all labels are may well be right so often. */
const COMMON_SHARE = 0.7;
const GOLD_SHARE = 0.5;

/** @param all of everybody's labels together */
export function flagsOf(
  { times, options, gold, worker }: Behaviour,
  all: { readonly medianMs: number | null; readonly options: ReadonlyMap<string, number> },
): Member['flags'] {
  const flags: Member['flags'] = [];
  const median = medianOf(times);
  if (median !== null && times.length >= LABELS && (median < FASTEST_MS || median < FAST_SHARE * (all.medianMs ?? 0)))
    flags.push('fast');
  const total = sum(options);
  const [most, count] = [...options].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  if (
    total >= LABELS &&
    count >= CONSTANT_SHARE * total &&
    (all.options.get(most) ?? 0) < COMMON_SHARE * sum(all.options)
  )
    flags.push('constant');
  if (worker === 'adversary') flags.push('contrary');
  if (worker === 'spammer') flags.push('random');
  if (gold.seen >= GOLD && gold.right < GOLD_SHARE * gold.seen) flags.push('gold');
  return flags;
}

/** null without any */
export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
