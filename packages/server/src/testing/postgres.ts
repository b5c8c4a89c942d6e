/**
 * For tests: a PostgreSQL of their own, in a folder that goes with them, reached by a socket in it. It is what the machine
 * has (Debian's package `postgresql`), run as another user where the tests run as root, which it refuses.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';
/** Id of the user nobody, on every Linux. */
const NOBODY = 65534;

/** The folder of its programs, the newest; undefined where it is not installed. */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

export interface Postgres {
  /** A database of its own, new and empty. @returns its address */
  fresh(): Promise<string>;
  /** What a database takes of the disk. */
  sizeMb(address: string): Promise<number>;
  /** Ends it as a crash does, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param bin as `findPostgres` found it
 * @param isDurable whether it waits for the disk as one that is in earnest does, which tests do without
 */
export async function startPostgres(bin: string, isDurable = false): Promise<Postgres> {
  // A socket's path may have about a hundred characters
  const folder = await mkdtemp('/tmp/mien-pg-');
  const data = join(folder, 'data');
  const isRoot = userInfo().uid === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const options = { cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...as };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'mien', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'ignore',
  });
  const settings = [
    ...(isDurable ? [] : ['fsync=off', 'full_page_writes=off']),
    'max_connections=60',
    `shared_buffers=${isDurable ? '256MB' : '16MB'}`,
    'listen_addresses=',
  ];
  const begin = (): ChildProcess =>
    spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])], {
      ...options,
      stdio: 'ignore',
    });
  let server = begin();
  const addressOf = (name: string): string => `postgres://mien@localhost/${name}?host=${encodeURIComponent(folder)}`;
  const ask = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: addressOf('postgres') });
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const ready = async (): Promise<void> => {
    while (
      !(await ask('select 1').then(
        () => true,
        () => false,
      ))
    ) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await ready();
  let count = 0;
  return {
    async fresh() {
      const name = `test${++count}`;
      await ask(`create database ${name}`);
      return addressOf(name);
    },
    async sizeMb(address) {
      const client = new pg.Client({ connectionString: address });
      await client.connect();
      try {
        const { rows } = await client.query<{ size: string }>('select pg_database_size(current_database()) as size');
        return Number(rows[0]!.size) / 2 ** 20;
      } finally {
        await client.end();
      }
    },
    async crash() {
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
      server = begin();
      await ready();
    },
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
