/** Uploads in a bucket of Amazon S3 or of what speaks like it (MinIO, Ceph, R2, …), for servers on several machines. */
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { InputError } from 'mienjs';
import { S3mini } from 's3mini';
import { newId } from '../access/secrets.ts';
import { FILE_KEY, type FileStore } from './file-store.ts';

const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
const REGION = 'us-east-1';
/** Names are looked at page by page. */
const PAGE = 1000;

type Environment = Readonly<Record<string, string | undefined>>;

export class S3Store implements FileStore {
  readonly #bucket: S3mini;
  /** Empty, or with `/` at its end. */
  readonly #prefix: string;

  private constructor(bucket: S3mini, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /**
   * Looks whether the bucket is there.
   * @param address `s3://BUCKET` or `s3://BUCKET/PREFIX`
   * @param env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where they apply, AWS_REGION and AWS_ENDPOINT_URL_S3 or
   *   AWS_ENDPOINT_URL, as the tools of AWS read them
   * @throws {InputError} naming what is missing, or wrong with it
   */
  static async open(address: string, env: Environment = process.env): Promise<S3Store> {
    const [, name, prefix = ''] = ADDRESS.exec(address) ?? [];
    if (name === undefined) throw new InputError(address, 'is not a place for files, expected s3://BUCKET/PREFIX');
    const [accessKeyId, secretAccessKey] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((variable) => {
      const value = env[variable];
      if (!value) throw new InputError(variable, `is not set: ${address} is reached by it`);
      return value;
    }) as [string, string];
    if (env['AWS_SESSION_TOKEN'])
      throw new InputError('AWS_SESSION_TOKEN', 'is set, and keys that hold for a session only cannot be used here');
    const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || REGION;
    const server = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || `https://s3.${region}.amazonaws.com`;
    if (!URL.canParse(server)) throw new InputError('AWS_ENDPOINT_URL', `is not the address of a server: ${server}`);
    const bucket = new S3mini({
      accessKeyId,
      secretAccessKey,
      region,
      endpoint: `${server.replace(/\/+$/, '')}/${name}`,
    });
    const found = await bucket.bucketExists().catch((cause: unknown) => {
      throw new InputError(address, `cannot be reached at ${server}: ${reasonOf(cause)}`, { cause });
    });
    if (!found) throw new InputError(address, `is not there, or its keys do not open it, at ${server}`);
    return new S3Store(bucket, prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);
  }

  async put(stream: Readable): Promise<{ key: string; bytes: number }> {
    // Its signature covers the bytes: they are held in memory, and a photo's are limited
    const bytes = await buffer(stream);
    const key = newId();
    await this.#bucket.putObject(this.#prefix + key, bytes, 'application/octet-stream');
    return { key, bytes: bytes.length };
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#bucket.getObjectArrayBuffer(this.#prefix + key);
    return bytes ? new Uint8Array(bytes) : undefined;
  }

  async remove(key: string): Promise<void> {
    await this.#bucket.deleteObject(this.#prefix + key);
  }

  async *olderThan(ageMs: number): AsyncGenerator<string> {
    const before = Date.now() - ageMs;
    for (let token: string | undefined; ;) {
      const page = await this.#bucket.listObjectsPaged('/', this.#prefix, PAGE, token);
      for (const { Key: name, LastModified: at } of page?.objects ?? []) {
        const key = name.slice(this.#prefix.length);
        if (FILE_KEY.test(key) && new Date(at).getTime() < before) yield key;
      }
      token = page?.nextContinuationToken;
      if (token === undefined) return;
    }
  }
}

/** `fetch` says only that it failed; why, its cause does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? reasonOf(cause) : message;
}
