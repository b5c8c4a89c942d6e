import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres, type Postgres } from '../testing/postgres.ts';
import { isStale, preparedClient } from './prepared-client.ts';

const bin = findPostgres();

describe.skipIf(bin === undefined)('statements of PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres(bin!);
  }, 60_000);
  afterAll(() => postgres.stop());

  const SELECT = 'select * from things where id > $1 order by id';
  const connected = async (): Promise<pg.Client> => {
    const client = new (preparedClient())({ connectionString: await postgres.fresh() });
    await client.connect();
    await client.query('create table things (id int, name text)');
    await client.query("insert into things values (1, 'one')");
    return client;
  };
  const often = async (client: pg.Client): Promise<void> => {
    for (let i = 0; i < 8; i++) expect((await client.query<{ name: string }>(SELECT, [0])).rows[0]!.name).toBe('one');
  };
  const prepared = async (client: pg.Client): Promise<string[]> => {
    const { rows } = await client.query<{ statement: string }>('select statement from pg_prepared_statements');
    return rows.map(({ statement }) => statement);
  };

  it('are prepared when they come often, and only then', async () => {
    const client = await connected();
    await client.query('select $1::int', [1]);
    await often(client);
    expect(await prepared(client)).toEqual([SELECT]);
    await client.end();
  });

  it('go on when a table changes, or what was prepared is forgotten', async () => {
    for (const happens of ['alter table things add column more text', 'deallocate all']) {
      const client = await connected();
      await often(client);
      await client.query(happens);
      await often(client);
      await client.end();
    }
  });

  it('fail in a transaction in a way that says it may be tried again', async () => {
    const client = await connected();
    await often(client);
    await client.query('alter table things add column more text');
    await client.query('begin');
    const failure = await client.query(SELECT, [0]).catch((error: unknown) => error);
    expect(isStale(failure)).toBe(true);
    await client.query('rollback');
    await client.query('begin');
    await often(client);
    await client.query('commit');
    await client.end();
  });
});
