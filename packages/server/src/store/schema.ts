/**
 * The tables, as Kysely sees them; migrations/ makes them. The same in SQLite and PostgreSQL: ids and JSON are text,
 * times are milliseconds since 1970 of the database's own clock, flags do not occur.
 */
import type { ColumnType } from 'kysely';
import type { Role } from '../contract/index.ts';

export interface UsersTable {
  id: string;
  name: string;
  /** The name in lower case, unique. */
  login: string;
  role: Role;
  password_hash: string;
  created_at: number;
  disabled_at: number | null;
}

export interface SessionsTable {
  /** Of the cookie. */
  secret_hash: string;
  user_id: string;
  csrf_token: string;
  created_at: number;
  expires_at: number;
}

export interface TokensTable {
  id: string;
  secret_hash: string;
  user_id: string;
  name: string;
  created_at: number;
  used_at: number | null;
  expires_at: number | null;
}

export interface InvitationsTable {
  id: string;
  secret_hash: string;
  role: Role;
  /** null: the server itself, for its first owner. */
  created_by: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface AuditTable {
  id: string;
  at: number;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  subject: string | null;
  /** JSON */
  detail: string;
  address: string | null;
}

export type ItemState = 'queued' | 'running' | 'done' | 'failed' | 'canceled';

export interface JobsTable {
  id: string;
  /** Which handler does its items. */
  kind: string;
  /** null: somebody without an account. */
  owner_id: string | null;
  state: 'open' | 'done' | 'canceled';
  /** JSON: what the handler needs besides the items. */
  settings: string;
  /** The client's, so that a repeated request makes no second job. */
  idempotency_key: string | null;
  created_at: number;
  finished_at: number | null;
}

/** A piece of a job that is done at one go: the unit that is leased, retried and counted. */
export interface ItemsTable {
  id: string;
  job_id: string;
  /** In the job, from 0. */
  position: number;
  state: ItemState;
  /** JSON: what is to be done. */
  payload: string;
  /** In the store of files; null once it is gone. */
  file_key: string | null;
  attempts: ColumnType<number, number | undefined, number>;
  /** Of the attempt that runs: only it can finish the item. */
  lease: string | null;
  lease_until: number | null;
  /** JSON */
  result: string | null;
  finished_at: number | null;
}

export interface Schema {
  users: UsersTable;
  sessions: SessionsTable;
  tokens: TokensTable;
  invitations: InvitationsTable;
  audit: AuditTable;
  jobs: JobsTable;
  items: ItemsTable;
  /** Names of things that all processes of a server must agree on, such as its first owner. */
  marks: { name: string; value: string };
}
