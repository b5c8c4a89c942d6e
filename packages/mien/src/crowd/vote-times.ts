/** What the times of votes are: how long each took, or when it was cast. */
import type { Votes } from './votes.ts';

/** Times from this on, in seconds, are moments since 1970 (those after March 1973) and not durations. */
const MOMENTS_FROM = 1e8;

/** How many of the votes carry a duration, and how many a moment. */
export function countTimes({ timeSeconds }: Votes): { durations: number; moments: number } {
  let [durations, moments] = [0, 0];
  for (const seconds of timeSeconds ?? []) {
    if (seconds >= MOMENTS_FROM) moments++;
    else if (!Number.isNaN(seconds)) durations++;
  }
  return { durations, moments };
}
