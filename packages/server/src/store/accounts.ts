/** People, their sessions and tokens, and invitations. Secrets come in as hashes. */
import type { Database } from './database.ts';
import type { Role, User } from '../contract/index.ts';
import { newId } from '../access/secrets.ts';
import type { InvitationsTable, TokensTable, UsersTable } from './schema.ts';

export interface Account extends User {
  readonly passwordHash: string;
}

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

const DAY_MS = 86_400_000;
/** A session ends so long after it began. */
export const SESSION_MS = 14 * DAY_MS;
/** A token's last use is noted at most so often. */
const USE_NOTED_EVERY_MS = 60_000;

export const isoOf = (ms: number): string => new Date(ms).toISOString();
const loginOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase();

const userOf = (row: UsersTable): Account => ({
  id: row.id,
  name: row.name,
  role: row.role,
  createdAt: isoOf(row.created_at),
  disabled: row.disabled_at !== null,
  passwordHash: row.password_hash,
});

/** What could not be done because of what is there. */
export type Refusal = 'name taken' | 'used' | 'last owner' | 'unknown';

export class Accounts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hasOwner(): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'owner')
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async list(): Promise<User[]> {
    return (await this.#database.db.selectFrom('users').selectAll().orderBy('id').execute()).map(userOf);
  }

  async find(id: string): Promise<Account | undefined> {
    const row = await this.#database.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    return row && userOf(row);
  }

  async findByName(name: string): Promise<Account | undefined> {
    const row = await this.#database.db
      .selectFrom('users')
      .selectAll()
      .where('login', '=', loginOf(name))
      .executeTakeFirst();
    return row && userOf(row);
  }

  /** The first owner is made by an invitation as everybody is. */
  async create(user: NewUser): Promise<User | 'name taken'> {
    return this.#database.db.transaction().execute((db) => this.#insert({ ...this.#database, db }, user));
  }

  async #insert(
    { db, now }: Pick<Database, 'db' | 'now'>,
    { name, role, passwordHash }: NewUser,
  ): Promise<User | 'name taken'> {
    const row = await db
      .insertInto('users')
      .values({
        id: newId(),
        name: name.trim(),
        login: loginOf(name),
        role,
        password_hash: passwordHash,
        created_at: now,
        disabled_at: null,
      })
      .onConflict((c) => c.column('login').doNothing())
      .returningAll()
      .executeTakeFirst();
    return row ? userOf(row) : 'name taken';
  }

  /**
   * Changes a person's role, or whether they may sign in; then their sessions end. There is always an owner who may sign
   * in.
   */
  async change(
    id: string,
    { role, disabled }: { readonly role?: Role; readonly disabled?: boolean },
  ): Promise<User | Refusal> {
    return this.#database.db.transaction().execute(async (db) => {
      // One change at a time, so that two owners cannot remove each other
      await lockMark(db, 'owners');
      const before = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      if (!before) return 'unknown';
      const row = await db
        .updateTable('users')
        .set({
          ...(role === undefined ? {} : { role }),
          ...(disabled === undefined ? {} : { disabled_at: disabled ? this.#database.now : null }),
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const owners = await db
        .selectFrom('users')
        .select('id')
        .where('role', '=', 'owner')
        .where('disabled_at', 'is', null)
        .limit(1)
        .executeTakeFirst();
      if (!owners) {
        await db
          .updateTable('users')
          .set({ role: before.role, disabled_at: before.disabled_at })
          .where('id', '=', id)
          .execute();
        return 'last owner';
      }
      if (disabled === true || role !== undefined) await db.deleteFrom('sessions').where('user_id', '=', id).execute();
      return userOf(row);
    });
  }

  /** Ends all sessions of the person but one. */
  async setPassword(id: string, passwordHash: string, keep?: string): Promise<void> {
    await this.#database.db.transaction().execute(async (db) => {
      await db.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', id).execute();
      await db
        .deleteFrom('sessions')
        .where('user_id', '=', id)
        .where('secret_hash', '!=', keep ?? '')
        .execute();
    });
  }

  async openSession(userId: string, secretHash: string, csrfToken: string): Promise<void> {
    const { db, now } = this.#database;
    await db
      .insertInto('sessions')
      .values(({ eb }) => ({
        secret_hash: secretHash,
        user_id: userId,
        csrf_token: csrfToken,
        created_at: now,
        expires_at: eb(now, '+', SESSION_MS),
      }))
      .execute();
  }

  async session(secretHash: string): Promise<{ user: User; csrfToken: string } | undefined> {
    const { db, now } = this.#database;
    const row = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .selectAll('users')
      .select('sessions.csrf_token')
      .where('sessions.secret_hash', '=', secretHash)
      .where('sessions.expires_at', '>', now)
      .where('users.disabled_at', 'is', null)
      .executeTakeFirst();
    return row && { user: userOf(row), csrfToken: row.csrf_token };
  }

  async closeSession(secretHash: string): Promise<void> {
    await this.#database.db.deleteFrom('sessions').where('secret_hash', '=', secretHash).execute();
  }

  async createToken(userId: string, name: string, secretHash: string, days: number | undefined): Promise<TokensTable> {
    const { db, now } = this.#database;
    return db
      .insertInto('tokens')
      .values(({ eb }) => ({
        id: newId(),
        secret_hash: secretHash,
        user_id: userId,
        name,
        created_at: now,
        used_at: null,
        expires_at: days === undefined ? null : eb(now, '+', days * DAY_MS),
      }))
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async tokens(userId: string): Promise<TokensTable[]> {
    return this.#database.db
      .selectFrom('tokens')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id', 'desc')
      .execute();
  }

  async revokeToken(userId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database.db
      .deleteFrom('tokens')
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0;
  }

  /** Whose token it is; notes that it was used. */
  async userOfToken(secretHash: string): Promise<User | undefined> {
    const { db, now } = this.#database;
    const row = await db
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.user_id')
      .selectAll('users')
      .select(['tokens.used_at', now.as('now')])
      .where('tokens.secret_hash', '=', secretHash)
      .where('users.disabled_at', 'is', null)
      .where((eb) => eb.or([eb('tokens.expires_at', 'is', null), eb('tokens.expires_at', '>', now)]))
      .executeTakeFirst();
    if (!row) return undefined;
    if (row.used_at === null || row.used_at < row.now - USE_NOTED_EVERY_MS)
      await db.updateTable('tokens').set({ used_at: now }).where('secret_hash', '=', secretHash).execute();
    return userOf(row);
  }

  async invite(
    secretHash: string,
    { role, days, createdBy }: { readonly role: Role; readonly days: number; readonly createdBy: string | null },
  ): Promise<InvitationsTable> {
    const { db, now } = this.#database;
    return db
      .insertInto('invitations')
      .values(({ eb }) => ({
        id: newId(),
        secret_hash: secretHash,
        role,
        created_by: createdBy,
        created_at: now,
        expires_at: eb(now, '+', days * DAY_MS),
        used_at: null,
      }))
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** Those that can still be used. */
  async invitations(): Promise<InvitationsTable[]> {
    const { db, now } = this.#database;
    return db
      .selectFrom('invitations')
      .selectAll()
      .where('used_at', 'is', null)
      .where('created_by', 'is not', null)
      .where('expires_at', '>', now)
      .orderBy('id', 'desc')
      .execute();
  }

  async invitation(id: string): Promise<InvitationsTable | undefined> {
    return this.#database.db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async withdrawInvitation(id: string): Promise<void> {
    await this.#database.db.deleteFrom('invitations').where('id', '=', id).execute();
  }

  /** The server's own invitations, for its first owner: each start makes a new one. */
  async withdrawFirstInvitations(): Promise<void> {
    await this.#database.db
      .deleteFrom('invitations')
      .where('created_by', 'is', null)
      .where('used_at', 'is', null)
      .execute();
  }

  /** Makes the one account that an invitation is for. */
  async join(secretHash: string, user: Omit<NewUser, 'role'>): Promise<User | Refusal> {
    return this.#database.db.transaction().execute(async (db) => {
      const { now } = this.#database;
      // Taken first, so that of two who come at once one gets it
      const invitation = await db
        .updateTable('invitations')
        .set({ used_at: now })
        .where('secret_hash', '=', secretHash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .returning(['id', 'role', 'created_by'])
        .executeTakeFirst();
      if (!invitation) return 'used';
      const made = await this.#insert({ db, now }, { ...user, role: invitation.role });
      if (made === 'name taken')
        await db.updateTable('invitations').set({ used_at: null }).where('id', '=', invitation.id).execute();
      else if (invitation.created_by === null)
        await db.deleteFrom('invitations').where('created_by', 'is', null).where('used_at', 'is', null).execute();
      return made;
    });
  }

  /** Removes sessions, tokens and invitations that are over. */
  async sweep(): Promise<void> {
    const { db, now } = this.#database;
    await db.deleteFrom('sessions').where('expires_at', '<', now).execute();
    await db.deleteFrom('tokens').where('expires_at', '<', now).execute();
    await db.deleteFrom('invitations').where('expires_at', '<', now).execute();
  }
}

/** Makes transactions that name the same mark wait for each other. */
async function lockMark(db: Database['db'], name: string): Promise<void> {
  await db
    .insertInto('marks')
    .values({ name, value: '' })
    .onConflict((c) => c.column('name').doUpdateSet({ value: '' }))
    .execute();
}
