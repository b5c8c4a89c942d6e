/** Ids, and secrets that are kept as their SHA-256 only: whoever reads the database cannot use them. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret of 256 random bits: guessing it is hopeless, so that a fast hash suffices. */
export const newSecret = (prefix = ''): string => prefix + randomBytes(32).toString('base64url');

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

let lastMs = 0;
let counter = 0;

/** Random bytes for ids, fetched for many at a time: tens of thousands of assignments are made at once. */
let pool = Buffer.alloc(0);
function randomId(): bigint {
  if (pool.length === 0) pool = randomBytes(4096);
  const id = pool.readBigUInt64BE();
  pool = pool.subarray(8);
  return id;
}

/** An id whose order is that of its making, within a process and, to the millisecond, between processes. */
export function newId(): string {
  const now = Math.max(Date.now(), lastMs);
  counter = now === lastMs ? counter + 1 : 0;
  lastMs = now;
  return (
    now.toString(36).padStart(9, '0') +
    counter.toString(36).padStart(4, '0') +
    randomId().toString(36).padStart(13, '0')
  );
}

/** Compares without telling by its time where texts differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
