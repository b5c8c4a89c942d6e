/**
 * Jobs and their items. An item is taken with a lease, and only who holds its lease can finish it: an item whose holder
 * was killed is taken again when the lease is over, and its result is recorded once, whoever else still works on it.
 */
import { newId } from '../access/secrets.ts';
import type { Database } from './database.ts';
import type { ItemsTable, JobsTable } from './schema.ts';

export interface NewItem {
  /** JSON */
  readonly payload: unknown;
  readonly fileKey: string | null;
}

export interface NewJob {
  readonly kind: string;
  readonly ownerId: string | null;
  readonly settings: unknown;
  readonly idempotencyKey?: string;
  readonly items: readonly NewItem[];
}

export interface JobRecord {
  readonly id: string;
  readonly kind: string;
  readonly ownerId: string | null;
  readonly settings: unknown;
  readonly state: 'queued' | 'running' | 'done' | 'canceled';
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly createdMs: number;
  readonly finishedMs: number | null;
}

/** An item that this process may work on until the lease is over. */
export interface Claimed {
  readonly id: string;
  readonly jobId: string;
  readonly kind: string;
  readonly settings: unknown;
  readonly payload: unknown;
  readonly fileKey: string | null;
  /** From 1. */
  readonly attempt: number;
  readonly lease: string;
}

export interface Outcome {
  readonly ok: boolean;
  /** JSON */
  readonly result: unknown;
}

/** Rows of one INSERT: below what either database takes as parameters. */
const INSERT_ROWS = 500;

export class Jobs {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Stores a job with all its items, or neither.
   * @returns `isNew` false: there was one with this key already
   */
  async create(job: NewJob): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const { now } = this.#database;
    return this.#database.db.transaction().execute(async (db) => {
      const id = newId();
      const made = await db
        .insertInto('jobs')
        .values({
          id,
          kind: job.kind,
          owner_id: job.ownerId,
          state: 'open',
          settings: JSON.stringify(job.settings),
          idempotency_key: job.idempotencyKey ?? null,
          created_at: now,
          finished_at: null,
        })
        .onConflict((c) => c.column('idempotency_key').doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!made) {
        const { id: earlier } = await db
          .selectFrom('jobs')
          .select('id')
          .where('idempotency_key', '=', job.idempotencyKey!)
          .executeTakeFirstOrThrow();
        return { id: earlier, isNew: false };
      }
      for (let at = 0; at < job.items.length; at += INSERT_ROWS)
        await db
          .insertInto('items')
          .values(
            job.items.slice(at, at + INSERT_ROWS).map(({ payload, fileKey }, i) => ({
              id: newId(),
              job_id: id,
              position: at + i,
              state: 'queued' as const,
              payload: JSON.stringify(payload),
              file_key: fileKey,
              lease: null,
              lease_until: null,
              result: null,
              finished_at: null,
            })),
          )
          .execute();
      return { id, isNew: true };
    });
  }

  async byKey(idempotencyKey: string): Promise<string | undefined> {
    const row = await this.#database.db
      .selectFrom('jobs')
      .select('id')
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst();
    return row?.id;
  }

  /**
   * Takes items that wait, or whose lease is over, oldest first; several processes never take the same one.
   * @param most how many   @param leaseMs how long they are held unless `renew` is called
   */
  async claim(most: number, leaseMs: number): Promise<Claimed[]> {
    const { db, now, kind } = this.#database;
    const lease = newId();
    let free = db
      .selectFrom('items')
      .select('id')
      .where((eb) =>
        eb.or([eb('state', '=', 'queued'), eb.and([eb('state', '=', 'running'), eb('lease_until', '<', now)])]),
      )
      .orderBy('id')
      .limit(most);
    // SQLite has one writer at a time in any case
    if (kind === 'postgres') free = free.forUpdate().skipLocked();
    const rows = await db
      .updateTable('items')
      .set((eb) => ({
        state: 'running' as const,
        attempts: eb('attempts', '+', 1),
        lease,
        lease_until: eb(now, '+', leaseMs),
      }))
      .where('id', 'in', free)
      .returning(['id', 'job_id', 'payload', 'file_key', 'attempts'])
      .execute();
    if (rows.length === 0) return [];
    const jobs = await db
      .selectFrom('jobs')
      .select(['id', 'kind', 'settings'])
      .where('id', 'in', [...new Set(rows.map((row) => row.job_id))])
      .execute();
    const jobOf = new Map(jobs.map((job) => [job.id, job]));
    return rows
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .flatMap((row) => {
        const job = jobOf.get(row.job_id);
        return job
          ? [
              {
                id: row.id,
                jobId: row.job_id,
                kind: job.kind,
                settings: JSON.parse(job.settings) as unknown,
                payload: JSON.parse(row.payload) as unknown,
                fileKey: row.file_key,
                attempt: row.attempts,
                lease,
              },
            ]
          : [];
      });
  }

  /** Holds items longer. @param leases those of items in work */
  async renew(leases: readonly string[], leaseMs: number): Promise<void> {
    if (leases.length === 0) return;
    const { db, now } = this.#database;
    await db
      .updateTable('items')
      .set((eb) => ({ lease_until: eb(now, '+', leaseMs) }))
      .where('state', '=', 'running')
      .where('lease', 'in', [...leases])
      .execute();
  }

  /** Puts an item back that was not begun, as when the server stops: that was not an attempt. */
  release(item: Pick<Claimed, 'id' | 'lease'>): Promise<void> {
    return this.#putBack(item, 1);
  }

  /** Puts an item back whose attempt failed. */
  retry(item: Pick<Claimed, 'id' | 'lease'>): Promise<void> {
    return this.#putBack(item, 0);
  }

  async #putBack({ id, lease }: Pick<Claimed, 'id' | 'lease'>, attempts: number): Promise<void> {
    await this.#database.db
      .updateTable('items')
      .set((eb) => ({
        state: 'queued' as const,
        lease: null,
        lease_until: null,
        attempts: eb('attempts', '-', attempts),
      }))
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('state', '=', 'running')
      .execute();
  }

  /** Where one process has the database to itself, nothing is in work when it starts. */
  async releaseAll(): Promise<void> {
    await this.#database.db
      .updateTable('items')
      .set({ state: 'queued', lease: null, lease_until: null })
      .where('state', '=', 'running')
      .execute();
  }

  /**
   * Records what came of an item; the last one finishes the job.
   * @returns false when the lease was lost: what came of it is then somebody else's to record
   */
  async finish(
    { id, jobId, lease }: Pick<Claimed, 'id' | 'jobId' | 'lease'>,
    { ok, result }: Outcome,
  ): Promise<boolean> {
    const { now } = this.#database;
    return this.#database.db.transaction().execute(async (db) => {
      // Items of one job finish one after the other: else the last two would each not see the other
      await db
        .updateTable('jobs')
        .set((eb) => ({ kind: eb.ref('kind') }))
        .where('id', '=', jobId)
        .execute();
      const { numUpdatedRows } = await db
        .updateTable('items')
        .set({
          state: ok ? 'done' : 'failed',
          result: JSON.stringify(result),
          lease: null,
          lease_until: null,
          file_key: null,
          finished_at: now,
        })
        .where('id', '=', id)
        .where('lease', '=', lease)
        .where('state', '=', 'running')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await db
        .updateTable('jobs')
        .set({ state: 'done', finished_at: now })
        .where('id', '=', jobId)
        .where('state', '=', 'open')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('items')
                .select('items.id')
                .where('items.job_id', '=', jobId)
                .where('items.state', 'in', ['queued', 'running']),
            ),
          ),
        )
        .execute();
      return true;
    });
  }

  /** @returns keys of the files that its open items had; undefined when it is finished or unknown */
  async cancel(id: string): Promise<string[] | undefined> {
    const { now } = this.#database;
    return this.#database.db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ state: 'canceled', finished_at: now })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return undefined;
      const open = await db
        .selectFrom('items')
        .select('file_key')
        .where('job_id', '=', id)
        .where('state', 'in', ['queued', 'running'])
        .execute();
      await db
        .updateTable('items')
        .set({ state: 'canceled', lease: null, lease_until: null, file_key: null, finished_at: now })
        .where('job_id', '=', id)
        .where('state', 'in', ['queued', 'running'])
        .execute();
      return open.flatMap(({ file_key: key }) => (key === null ? [] : [key]));
    });
  }

  /** @returns keys of the files that it still had */
  async remove(id: string): Promise<string[]> {
    return this.#database.db.transaction().execute(async (db) => {
      const files = await db
        .selectFrom('items')
        .select('file_key')
        .where('job_id', '=', id)
        .where('file_key', 'is not', null)
        .execute();
      await db.deleteFrom('jobs').where('id', '=', id).execute();
      return files.map(({ file_key: key }) => key!);
    });
  }

  async find(id: string): Promise<JobRecord | undefined> {
    const row = await this.#database.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
    return row && (await this.#describe([row]))[0];
  }

  /** Newest first. @param owners whose; null: of those without an account; undefined: all */
  async list(
    limit: number,
    { before, owner }: { readonly before?: string; readonly owner?: string | null },
  ): Promise<JobRecord[]> {
    let query = this.#database.db.selectFrom('jobs').selectAll().orderBy('id', 'desc').limit(limit);
    if (before !== undefined) query = query.where('id', '<', before);
    if (owner === null) query = query.where('owner_id', 'is', null);
    else if (owner !== undefined) query = query.where('owner_id', '=', owner);
    return this.#describe(await query.execute());
  }

  async #describe(rows: readonly JobsTable[]): Promise<JobRecord[]> {
    if (rows.length === 0) return [];
    const counts = await this.#database.db
      .selectFrom('items')
      .select(['job_id', 'state'])
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where(
        'job_id',
        'in',
        rows.map(({ id }) => id),
      )
      .groupBy(['job_id', 'state'])
      .execute();
    return rows.map((row) => {
      const of = (state: ItemsTable['state']): number =>
        Number(counts.find((c) => c.job_id === row.id && c.state === state)?.count ?? 0);
      const [queued, running, done, failed, canceled] = (
        ['queued', 'running', 'done', 'failed', 'canceled'] as const
      ).map(of);
      return {
        id: row.id,
        kind: row.kind,
        ownerId: row.owner_id,
        settings: JSON.parse(row.settings) as unknown,
        state: row.state !== 'open' ? row.state : running! + done! + failed! > 0 ? 'running' : 'queued',
        total: queued! + running! + done! + failed! + canceled!,
        done: done!,
        failed: failed!,
        createdMs: row.created_at,
        finishedMs: row.finished_at,
      };
    });
  }

  /** What came of the items that are finished, in their order, a page at a time. */
  async *results(id: string, pageSize = 200): AsyncGenerator<unknown> {
    for (let after = -1; ;) {
      const rows = await this.#database.db
        .selectFrom('items')
        .select(['position', 'result'])
        .where('job_id', '=', id)
        .where('position', '>', after)
        .where('state', 'in', ['done', 'failed'])
        .orderBy('position')
        .limit(pageSize)
        .execute();
      for (const { result } of rows) yield JSON.parse(result!) as unknown;
      if (rows.length < pageSize) return;
      after = rows.at(-1)!.position;
    }
  }

  async countOpen(): Promise<{ readonly queued: number; readonly running: number }> {
    const rows = await this.#database.db
      .selectFrom('items')
      .select('state')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('state', 'in', ['queued', 'running'])
      .groupBy('state')
      .execute();
    const of = (state: string): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
    return { queued: of('queued'), running: of('running') };
  }

  /** Whether an item still needs a file. */
  async needsFile(key: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('items')
      .select('id')
      .where('file_key', '=', key)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Removes jobs that were finished so long ago. @returns how many */
  async sweep(keepMs: number): Promise<number> {
    const { db, now } = this.#database;
    const { numDeletedRows } = await db
      .deleteFrom('jobs')
      .where('finished_at', 'is not', null)
      .where((eb) => eb('finished_at', '<', eb(now, '-', keepMs)))
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
