/**
 * Passwords, by scrypt (Percival 2009; RFC 7914) of node:crypto at a cost that OWASP's Password Storage Cheat Sheet
 * names. The cost stands in each hash, so that it can be raised later.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;

/** @returns `scrypt$N$r$p$salt$key` */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return formatHash(cost, salt, key);
}

function formatHash({ N, r, p }: Cost, salt: Buffer, key: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * @param hash of the account; undefined where there is none, which takes as long, so that nobody learns which names
 *   there are
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = (hash ?? STRANGER).split('$');
  if (scheme !== 'scrypt' || !salt || !key) throw new Error('an account has a password hash of an unknown kind');
  const expected = Buffer.from(key, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(given, expected) && hash !== undefined;
}

/** A hash of no account. */
const STRANGER = formatHash(COST, Buffer.alloc(16), Buffer.alloc(KEY_BYTES));

/** Each takes 32 MB: more than a few at a time would be a way to exhaust memory. */
const MOST_AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  while (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await new Promise<Buffer>((resolve, reject) =>
      scrypt(
        password.normalize('NFKC'),
        salt,
        KEY_BYTES,
        { N, r, p, maxmem: 256 * r * (N + p) + 2 ** 20 },
        (error, key) => (error ? reject(error) : resolve(key)),
      ),
    );
  } finally {
    running--;
    waiting.shift()?.();
  }
}
