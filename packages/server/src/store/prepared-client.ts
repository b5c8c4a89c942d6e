/**
 * A connection to PostgreSQL that prepares the statements which come again and again: planning statements as short as
 * ours takes longer than running them.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

/** Uses of a statement before it is prepared. */
const OFTEN = 5;
/** Prepared statements take memory in each connection. */
const MOST_NAMES = 150;
/** Statements whose uses are counted; lists of many lengths make many. */
const MOST_COUNTED = 2000;
/** Long ones are of many rows, and seldom the same again. */
const LONGEST = 3000;

/** Names of prepared statements, the same in all connections of the process. */
class Names {
  /** Whether anything is prepared: not any more where the database, or a pooler before it, forgot a statement. */
  isOn = true;
  readonly #names = new Map<string, string>();
  readonly #uses = new Map<string, number>();

  of(text: string): string | undefined {
    if (!this.isOn || text.length > LONGEST) return undefined;
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MOST_NAMES) return known;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < OFTEN) {
      if (this.#uses.size >= MOST_COUNTED) this.#uses.clear();
      this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    // Of its text: behind a pooler another process's statement of the same name is the same statement
    const name = `mien_${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
    this.#names.set(text, name);
    return name;
  }
}

/**
 * Whether a statement failed only because it was prepared: a later version of Mien has changed a table meanwhile, or a
 * pooler hands each transaction to another connection.
 */
export function isStale(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/.test(message ?? ''));
}

type Query = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

/** For `Client` of a pool: a class of clients that share their names of statements. */
export function preparedClient(): typeof pg.Client {
  const names = new Names();
  class PreparedClient extends pg.Client {
    // The one of the many forms that the query builder uses: `query(text, values)`
    override query(...args: readonly unknown[]): never {
      const [text, values] = args;
      const name = typeof text === 'string' && Array.isArray(values) && args.length === 2 ? names.of(text) : undefined;
      const query = super.query.bind(this) as unknown as Query & ((...all: readonly unknown[]) => never);
      if (name === undefined) return query(...args);
      const plain = { text: text as string, values: values as unknown[] };
      return query({ name, ...plain }).catch((error: unknown) => {
        if (!isStale(error)) throw error;
        names.isOn = false;
        // A transaction has failed as a whole
        if (this.getTransactionStatus() !== 'I') throw error;
        return query(plain);
      }) as never;
    }
  }
  return PreparedClient;
}
