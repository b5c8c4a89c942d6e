/** What every place for files does, in a folder and in a bucket of a server that speaks as Amazon S3 does (but checks no signatures). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import S3Server from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileStore } from './file-store.ts';
import { FolderStore } from './folder-store.ts';
import { S3Store } from './s3-store.ts';

let folder: string;
let server: S3Server;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-files-'));
  server = new S3Server({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'faces', configs: [] }],
  });
  const { port } = await server.run();
  // The keys that this server knows
  env = {
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const all = async (keys: AsyncIterable<string>): Promise<string[]> => {
  const found: string[] = [];
  for await (const key of keys) found.push(key);
  return found.sort();
};

describe.each<[string, () => Promise<FileStore>]>([
  ['a folder', () => FolderStore.open(join(folder, 'uploads'))],
  ['a bucket', () => S3Store.open('s3://faces', env)],
  ['a part of a bucket', () => S3Store.open('s3://faces/mien/uploads', env)],
])('files in %s', (_, open) => {
  it('are kept whole, found, listed by age, and removed', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 300_000 }, (_byte, i) => (i * 7) % 256);
    const kept = await store.put(
      Readable.from([Buffer.from(bytes.subarray(0, 1000)), Buffer.from(bytes.subarray(1000))]),
    );
    const empty = await store.put(Readable.from([]));
    expect([kept.bytes, empty.bytes]).toEqual([300_000, 0]);
    expect(Buffer.from((await store.get(kept.key))!).equals(bytes)).toBe(true);
    expect((await store.get(empty.key))!.length).toBe(0);
    // Times of a bucket are whole seconds
    await wait(1100);
    expect(await all(store.olderThan(0))).toEqual([kept.key, empty.key].sort());
    expect(await all(store.olderThan(60_000))).toEqual([]);
    await store.remove(kept.key);
    await store.remove(kept.key);
    expect(await store.get(kept.key)).toBeUndefined();
    expect(await all(store.olderThan(0))).toEqual([empty.key]);
    await store.remove(empty.key);
  });

  it('are not kept when their stream breaks off', async () => {
    const store = await open();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half of it');
        await Promise.resolve();
        throw new Error('the client has gone');
      })(),
    );
    await expect(store.put(broken)).rejects.toThrow('the client has gone');
    await wait(1100);
    expect(await all(store.olderThan(0))).toEqual([]);
  });
});

describe('a bucket', () => {
  it('is listed but for what somebody else has put there', async () => {
    const store = await S3Store.open('s3://faces', env);
    const { key } = await store.put(Readable.from([Buffer.from('ours')]));
    await fetch(`${env['AWS_ENDPOINT_URL']}/faces/report.txt`, { method: 'PUT', body: 'theirs' });
    await fetch(`${env['AWS_ENDPOINT_URL']}/faces/other/${key}`, { method: 'PUT', body: 'theirs' });
    await wait(1100);
    expect(await all(store.olderThan(0))).toEqual([key]);
    await store.remove(key);
  });

  it('that cannot be used is named, with what is wrong', async () => {
    const without = (name: string): Record<string, string> =>
      Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
    await expect(S3Store.open('s3://', env)).rejects.toThrow('expected s3://BUCKET/PREFIX');
    await expect(S3Store.open('s3://faces', without('AWS_SECRET_ACCESS_KEY'))).rejects.toThrow(
      'AWS_SECRET_ACCESS_KEY: is not set',
    );
    await expect(S3Store.open('s3://faces', { ...env, AWS_SESSION_TOKEN: 'for an hour' })).rejects.toThrow(
      'AWS_SESSION_TOKEN: is set',
    );
    await expect(S3Store.open('s3://other', env)).rejects.toThrow('s3://other: is not there');
    await expect(S3Store.open('s3://faces', { ...env, AWS_ACCESS_KEY_ID: 'UNKNOWN' })).rejects.toThrow(
      's3://faces: is not there, or its keys do not open it',
    );
    await expect(S3Store.open('s3://faces', { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).rejects.toThrow(
      /s3:\/\/faces: cannot be reached at http:\/\/127\.0\.0\.1:9: /,
    );
    await expect(S3Store.open('s3://faces', { ...env, AWS_ENDPOINT_URL: 'here' })).rejects.toThrow('AWS_ENDPOINT_URL');
  });
});
