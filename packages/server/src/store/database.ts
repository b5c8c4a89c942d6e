/**
 * The database: an SQLite file (libsql, which has SQLite's own code and comes compiled from npm without an install
 * script) or PostgreSQL, through one query builder.
 */
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect, type RawBuilder, type SqliteDatabase } from 'kysely';
import Sqlite from 'libsql';
import { InputError, MienError } from 'mienjs';
import { writeFailure } from 'mienjs/files';
import pg from 'pg';
import { MIGRATIONS } from './migrations/index.ts';
import { preparedClient } from './prepared-client.ts';
import type { Schema } from './schema.ts';

export type Where = { readonly sqlite: string } | { readonly postgres: string };

export interface Database {
  readonly db: Kysely<Schema>;
  readonly kind: 'sqlite' | 'postgres';
  /** Milliseconds since 1970, of the database's clock: one clock, however many servers there are. */
  readonly now: RawBuilder<number>;
  close(): Promise<void>;
}

/** Opens the database, and brings its schema up to date. @throws {InputError | MienError} naming it and what is wrong */
export async function openDatabase(where: Where): Promise<Database> {
  const database = 'sqlite' in where ? openSqlite(where.sqlite) : openPostgres(where.postgres);
  try {
    await migrate(database.db);
  } catch (cause) {
    await database.close();
    if (cause instanceof MienError) throw cause;
    throw new MienError(`${nameOf(where)}: ${(cause as Error).message || String(cause)}`, { cause });
  }
  return database;
}

/** Without the password that an address may hold. */
function nameOf(where: Where): string {
  if ('sqlite' in where) return where.sqlite;
  const url = URL.parse(where.postgres);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : 'DATABASE_URL';
}

function openSqlite(path: string): Database {
  let file: InstanceType<typeof Sqlite>;
  try {
    file = new Sqlite(path);
    // WAL: readers do not wait for a writer; FULL: what is acknowledged survives a loss of power
    for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 5000'])
      file.pragma(setting);
  } catch (cause) {
    throw new InputError(
      path,
      `is not a database that can be opened: ${(cause as Error).message || writeFailure(cause)}`,
      {
        cause,
      },
    );
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: file as unknown as SqliteDatabase }) });
  return {
    db,
    kind: 'sqlite',
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    close: async () => {
      // All is in the one file then, for whoever copies it
      await sql`pragma wal_checkpoint(truncate)`.execute(db);
      await db.destroy();
    },
  };
}

/** Connections of one process. */
const CONNECTIONS = 10;
/** OID of int8, which the driver gives as text lest it lose digits: counts and times have none to lose. */
const INT8 = 20;

function openPostgres(url: string): Database {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new InputError(
      'DATABASE_URL',
      'is not the address of a PostgreSQL database, expected postgres://USER:PASSWORD@HOST/NAME',
    );
  const types: pg.CustomTypesConfig = {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    types,
    connectionTimeoutMillis: 10_000,
    Client: preparedClient(),
  });
  // A connection that breaks while idle is replaced at the next query
  pool.on('error', () => undefined);
  // One that breaks in use fails its query: what it emits besides would end the process
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    kind: 'postgres',
    now: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    close: () => db.destroy(),
  };
}

/**
 * Runs the migrations that are missing; under PostgreSQL one process at a time does.
 * @throws {MienError} when the database is of a later version
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const message = error instanceof Error ? error.message : String(error);
  if (/corrupted migrations/.test(message))
    throw new MienError('the database was made by a later version of Mien: update mien-cli', { cause: error });
  throw error;
}
