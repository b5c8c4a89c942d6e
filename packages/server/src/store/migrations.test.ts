/** Migrations: from the database of every released version to the newest, with what is in it; in both databases. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'libsql';
import { withFiles } from 'mien-testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres, type Postgres } from '../testing/postgres.ts';
import { openDatabase, type Where } from './database.ts';
import { openStore } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';

const SNAPSHOTS = fileURLToPath(new URL('./snapshots/', import.meta.url));
const versions = (await readdir(SNAPSHOTS)).map((file) => file.replace(/\.sql$/, '')).sort();
const snapshotOf = (version: string): Promise<string> => readFile(join(SNAPSHOTS, `${version}.sql`), 'utf8');

/** What the server had before its first release. */
const BEFORE_ANNOTATION = '0.0.1';

/** Tables with their columns, as the database tells them. */
async function shapeOf(where: Where): Promise<unknown> {
  const { db, close } = await openDatabase(where);
  try {
    const tables = await db.introspection.getTables();
    return tables
      .map(({ name, columns }) => ({
        name,
        columns: columns.map((c) => `${c.name}${c.isNullable ? '?' : ''}`).sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    await close();
  }
}

it('are listed in their order, and none is gone', () => {
  const names = Object.keys(MIGRATIONS);
  expect(names).toEqual([...names].sort());
  expect(names[0]).toBe('0001-first');
  for (const migration of Object.values(MIGRATIONS)) expect(migration).not.toHaveProperty('down');
});

it('have a snapshot of the newest: tools/schema-snapshot.mjs makes it', async () => {
  const newest = await snapshotOf(versions.at(-1)!);
  const made = [...newest.matchAll(/insert into "kysely_migration" .* values \('([^']+)'/g)].map(([, name]) => name!);
  expect(made).toEqual(Object.keys(MIGRATIONS));
  await withFiles({}, async (folder) => {
    // What was released stays as it was, to the letter
    const path = join(folder, 'mien.db');
    await (await openDatabase({ sqlite: path })).close();
    const parts = new Sqlite(path).prepare('select sql from sqlite_master where sql is not null').all() as {
      sql: string;
    }[];
    expect(newest.split('\n').filter((line) => /^create/i.test(line))).toEqual(parts.map(({ sql }) => `${sql};`));
  });
});

const bin = findPostgres();
describe.each([
  { database: 'SQLite', isMissing: false },
  { database: 'PostgreSQL', isMissing: bin === undefined },
])('$database', ({ database, isMissing }) => {
  let postgres: Postgres | undefined;
  beforeAll(async () => {
    if (database === 'PostgreSQL' && bin !== undefined) postgres = await startPostgres(bin);
  });
  afterAll(() => postgres?.stop());

  const withDatabase = (test: (where: Where) => Promise<void>): Promise<void> =>
    withFiles({}, async (folder) =>
      test(postgres ? { postgres: await postgres.fresh() } : { sqlite: join(folder, 'mien.db') }),
    );

  async function load(where: Where, sql: string): Promise<void> {
    if ('sqlite' in where) new Sqlite(where.sqlite).exec(sql);
    else {
      const client = new pg.Client({ connectionString: where.postgres });
      await client.connect();
      await client.query(sql);
      await client.end();
    }
  }

  it.skipIf(isMissing).each(versions)('goes from %s to the newest, and keeps what it has', async (version) => {
    await withDatabase(async (old) => {
      await load(old, await snapshotOf(version));
      await withDatabase(async (fresh) => expect(await shapeOf(old)).toEqual(await shapeOf(fresh)));
      const store = await openStore(old);
      try {
        const ada = await store.accounts.findByName('ADA');
        expect(ada).toMatchObject({ name: 'Ada', role: 'owner' });
        expect(await store.accounts.tokens(ada!.id)).toHaveLength(1);
        expect((await store.audit.list(10)).map(({ action }) => action)).toEqual(['snapshot.made']);
        const [job] = await store.jobs.list(10, { owner: ada!.id });
        expect(job).toMatchObject({ state: 'running', total: 2, done: 1 });
        const [item] = await store.jobs.claim(5, 60_000);
        expect(item).toMatchObject({ payload: { file: "b's.jpg" }, attempt: 1 });
        expect(await store.jobs.finish(item!, { ok: true, result: {} })).toBe(true);
        expect(await store.jobs.find(job!.id)).toMatchObject({ state: 'done', done: 2 });
        const [project] = await store.annotation.projects.list();
        // There was none before annotation
        expect(project === undefined).toBe(version === BEFORE_ANNOTATION);
        if (!project) return;
        const { tasks, answers } = (await store.annotation.collect(project.id))!;
        expect(tasks.map(({ name }) => name)).toEqual(['a.png', "b's.png"]);
        expect(answers).toMatchObject([{ answer: { expression: 'happiness' }, isCounted: true, activeMs: 1000 }]);
        const member = (await store.annotation.projects.findFor(project.id, ada!.id))!.member!;
        const { assignments, own } = await store.annotation.work.next(project, member, 5, []);
        expect([assignments.length, own.done]).toEqual([1, 1]);
      } finally {
        await store.close();
      }
    });
  });

  it.skipIf(isMissing)('is made once by several who come at the same time', async () => {
    await withDatabase(async (where) => {
      const stores = [];
      // SQLite's file has one user at a time
      if (database === 'SQLite') stores.push(await openStore(where), await openStore(where));
      else stores.push(...(await Promise.all([openStore(where), openStore(where), openStore(where)])));
      for (const store of stores) {
        await store.ping();
        await store.close();
      }
    });
  });

  it.skipIf(isMissing)('of a later version is refused in a line', async () => {
    await withDatabase(async (where) => {
      await (await openStore(where)).close();
      await load(where, `insert into "kysely_migration" ("name", "timestamp") values ('9999-later', '2030-01-01')`);
      await expect(openStore(where)).rejects.toThrow(
        /^the database was made by a later version of Mien: update mien-cli$/,
      );
    });
  });

  it.skipIf(isMissing || database === 'SQLite')('that does not answer is named without its password', async () => {
    await expect(openStore({ postgres: 'postgres://me:secret@127.0.0.1:9/none' })).rejects.toThrow(
      /^postgres:\/\/127\.0\.0\.1:9\/none: (?!.*secret).*$/,
    );
  });
});
