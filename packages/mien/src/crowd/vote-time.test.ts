import { expect, it } from 'vitest';
import { parseVoteTime } from './vote-time.ts';

it.each([
  ['2.5', 2.5],
  ['0,5', 0.5],
  ['0', 0],
  ['1700000000', 1_700_000_000],
  ['1700000000123', 1_700_000_000.123],
  ['-5', -5],
  ['0:12', 12],
  ['1:02:03.5', 3723.5],
  ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5) / 1000],
  ['2024-03-01', Date.UTC(2024, 2, 1) / 1000],
  ['3/1/2024 10:00', new Date(2024, 2, 1, 10).getTime() / 1000],
  ['3/1/24 1:05:06 PM', new Date(2024, 2, 1, 13, 5, 6).getTime() / 1000],
  ['31/1/2024 12:00 am', new Date(2024, 0, 31).getTime() / 1000],
  ['01.03.2024, 10:00', new Date(2024, 2, 1, 10).getTime() / 1000],
  ['2024/3/1 10:00', new Date(2024, 2, 1, 10).getTime() / 1000],
  ['Tue Jan 01 10:00:00 PST 2019', Date.UTC(2019, 0, 1, 18) / 1000],
  ['2020-01-01 00:00:00', new Date(2020, 0, 1).getTime() / 1000],
  ['soon', undefined],
  ['13/13/2024', undefined],
  ['x 1', undefined],
])('%s', (text, seconds) => {
  expect(parseVoteTime(text)).toBe(seconds);
});
