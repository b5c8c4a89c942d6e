/** The audit log: who did what, when, from where. Entries are only added. */
import { newId } from '../access/secrets.ts';
import type { Database } from './database.ts';
import type { AuditTable } from './schema.ts';

export interface AuditEvent {
  readonly actor: { readonly id: string; readonly name: string } | null;
  readonly action: string;
  readonly subject?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly address?: string;
}

export class Audit {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add({ actor, action, subject, detail = {}, address }: AuditEvent): Promise<void> {
    const { db, now } = this.#database;
    await db
      .insertInto('audit')
      .values({
        id: newId(),
        at: now,
        actor_id: actor?.id ?? null,
        actor_name: actor?.name ?? null,
        action,
        subject: subject ?? null,
        detail: JSON.stringify(detail),
        address: address ?? null,
      })
      .execute();
  }

  /** Newest first. @param before the id of an entry */
  async list(limit: number, before?: string): Promise<AuditTable[]> {
    let query = this.#database.db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit);
    if (before !== undefined) query = query.where('id', '<', before);
    return query.execute();
  }
}
