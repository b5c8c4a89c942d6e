/**
 * The collection of RAF-DB (Li & Deng 2019) again, over HTTP: every acknowledged label is stored once, every image has
 * exactly as many as were asked for, nobody labels one twice, and all label equally many, whatever goes wrong meanwhile.
 * In full, and at the pace of people, by the environment: docs/guides/annotate.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infer } from 'mienjs/crowd';
import { readVotes } from 'mienjs/crowd/node';
import { spearmanCorrelation } from 'mienjs/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres, type Postgres } from '../testing/postgres.ts';
import { replay, type ReplayedLabels, type ReplayReport } from '../testing/replay.ts';

const { env } = process;
const given = (name: string): number | undefined => {
  const value = env[`MIEN_REPLAY_${name}`];
  return value === undefined ? undefined : Number(value);
};
/** Whether it is a measurement, and not a test among others. */
const isLarge = given('IMAGES') !== undefined;
const TIMEOUT_MS = isLarge ? 3 * 3_600_000 : 240_000;
const SIZE = {
  images: given('IMAGES') ?? 150,
  annotators: given('ANNOTATORS') ?? 14,
  labelsPerImage: given('LABELS') ?? 9,
};
/** Two labels a second of each, as people give them, or by the environment. */
const perSecond = given('PER_SECOND');
const seconds = given('SECONDS');
const bin = findPostgres();
const log = (line: string): void => {
  if (isLarge) process.stderr.write(`${line}\n`);
};

async function check({ report, labels }: { report: ReplayReport; labels: ReplayedLabels }): Promise<void> {
  const reliability = report.isFinished ? await recovered(labels) : NaN;
  const figures = JSON.stringify({ ...SIZE, ...report, reliability }, null, 2);
  log(figures);
  const out = env['MIEN_REPLAY_OUT'];
  if (out !== undefined) await writeFile(out, `${figures}\n`);
  expect({ wrong: report.wrong, twice: report.twice }).toEqual({ wrong: 0, twice: 0 });
  if (seconds !== undefined) return;
  expect(report.isFinished).toBe(true);
  expect(report.labels).toBe(SIZE.images * SIZE.labelsPerImage);
  expect(report.labelsOfImages).toEqual({ [SIZE.labelsPerImage]: SIZE.images });
  expect(report.load.most - report.load.least).toBeLessThanOrEqual(1);
  expect(report.surplus).toBe(0);
  // Few labels tell little of who gave them
  expect(reliability).toBeGreaterThanOrEqual(report.load.least > 3000 ? 0.99 : 0.6);
}

/** Rank correlation of the inferred reliabilities with those that the labels were drawn by. */
async function recovered({ votes: csv, annotatorOf, alpha }: ReplayedLabels): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-replay-'));
  try {
    await writeFile(join(folder, 'votes.csv'), csv);
    const votes = await readVotes(join(folder, 'votes.csv'));
    const { reliability } = infer(votes, 'glad');
    return spearmanCorrelation(
      reliability,
      votes.workers.map((worker) => alpha[annotatorOf.get(worker)!]!),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.skipIf(bin === undefined)('a collection on PostgreSQL by two servers', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres(bin!, isLarge);
  }, 60_000);
  afterAll(() => postgres.stop());

  it('is exact, whatever is killed, repeated or lost', { timeout: TIMEOUT_MS }, async () => {
    const replayed = await replay(
      {
        ...SIZE,
        servers: 2,
        postgres,
        hasFaults: env['MIEN_REPLAY_FAULTS'] !== 'no',
        faultEveryMs: isLarge ? 30_000 : 1000,
        seed: 1,
        ...(perSecond === undefined ? {} : { perSecond }),
        ...(seconds === undefined ? {} : { seconds }),
      },
      log,
    );
    await check(replayed);
    if (env['MIEN_REPLAY_FAULTS'] !== 'no') expect(replayed.report.kills).toBeGreaterThan(0);
  });
});

describe.skipIf(isLarge)('a collection on SQLite by one server', () => {
  it('is exact, whatever is killed, repeated or lost', { timeout: TIMEOUT_MS }, async () => {
    await check(await replay({ ...SIZE, servers: 1, hasFaults: true, faultEveryMs: 1000, seed: 2 }, log));
  });
});
