/**
 * The tables, as Kysely sees them; migrations/ makes them. The same in SQLite and PostgreSQL: ids and JSON are text,
 * times are milliseconds since 1970 of the database's own clock, flags do not occur.
 */
import type { ColumnType } from 'kysely';
import type { EventResult, MemberState, Role, TaskRole } from '../contract/index.ts';

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
  /** Hash of the cookie. */
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
  /** Lease of the attempt that runs: only it can finish the item. */
  lease: string | null;
  lease_until: number | null;
  /** JSON */
  result: string | null;
  finished_at: number | null;
}

export interface ProjectsTable {
  id: string;
  name: string;
  state: 'draft' | 'open' | 'paused' | 'closed';
  /** JSON */
  settings: string;
  /** null: an account that is gone. */
  created_by: string | null;
  created_at: number;
  closed_at: number | null;
  /** Rounds of assignments that were planned. */
  round: ColumnType<number, number | undefined, number>;
  /** Until then there is nothing to plan, unless something happens. */
  plan_after: ColumnType<number, number | undefined, number>;
  /** Number of the next image. */
  next_number: ColumnType<number, number | undefined, number>;
}

/** Somebody in a project. Counters are of what is in the assignments. */
export interface MembersTable {
  /** The pseudonym. */
  id: string;
  project_id: string;
  /** null: erased. */
  user_id: string | null;
  role: 'annotator' | 'arbiter' | 'manager';
  state: MemberState;
  joined_at: number;
  consented_at: number | null;
  seen_at: number | null;
  /** What the load of who came later begins with: others had done so much, and the rest is shared. */
  credit: ColumnType<number, number | undefined, number>;
  /** Tests that were finished. */
  attempts: ColumnType<number, number | undefined, number>;
  test_share: number | null;
  events: ColumnType<number, number | undefined, number>;
  /** Labels that count. */
  done: ColumnType<number, number | undefined, number>;
  arbitrated: ColumnType<number, number | undefined, number>;
  surplus: ColumnType<number, number | undefined, number>;
  skipped: ColumnType<number, number | undefined, number>;
  gold_seen: ColumnType<number, number | undefined, number>;
  gold_right: ColumnType<number, number | undefined, number>;
  active_ms: ColumnType<number, number | undefined, number>;
  /** JSON: active times of the latest labels. */
  recent_ms: ColumnType<string, string | undefined, string>;
  /** From the latest figures of quality. */
  reliability: number | null;
  kappa: number | null;
  /** JSON */
  flags: ColumnType<string, string | undefined, string>;
}

export interface TasksTable {
  id: string;
  project_id: string;
  /** In the project, from 0. */
  number: number;
  name: string;
  role: TaskRole;
  sha256: string;
  /** Perceptual hash, hexadecimal. */
  look: string;
  duplicate_of: string | null;
  /** null once the image is removed. */
  file_key: string | null;
  content_type: string;
  width: number;
  height: number;
  source: string | null;
  license: string | null;
  keyword: string | null;
  /** JSON */
  gold: string | null;
  feedback: string | null;
  /** JSON */
  proposal: string | null;
  wanted: number;
  created_at: number;
}

/**
 * `open` and `done` take one of the places that an image has for labels; the others do not: an answer that came when all were taken is
 * `surplus`, a place that was given back is `withdrawn`, labels that were given back are `void`.
 */
export type AssignmentState = 'open' | 'done' | 'surplus' | 'skipped' | 'withdrawn' | 'void';
export type AssignmentKind = 'work' | 'gold' | 'tutorial' | 'test' | 'arbitration';

export interface AssignmentsTable {
  id: string;
  task_id: string;
  member_id: string;
  /** The task's, so that planning need not look it up. */
  number: number;
  kind: AssignmentKind;
  state: AssignmentState;
  /** In the member's order. */
  rank: number;
  /** null: not handed out yet. */
  lease_until: number | null;
  /** JSON; of an open one: what an undo took back. */
  answer: string | null;
  answered_at: number | null;
  active_ms: ColumnType<number, number | undefined, number>;
}

/** Only added to. */
export interface EventsTable {
  member_id: string;
  /** The client's. */
  key: string;
  /** Number of the member's event, from 0. */
  sequence: number;
  assignment_id: string;
  kind: 'answer' | 'skip' | 'undo';
  /** JSON */
  answer: string | null;
  active_ms: number;
  client_at: number | null;
  at: number;
  outcome: EventResult['outcome'];
  message: string | null;
  is_right: number | null;
}

/** Figures of a project, made of all its answers beside the server's work. */
export interface FiguresTable {
  project_id: string;
  /** Events of the project that they are of; −1: there are none yet. */
  events: ColumnType<number, number | undefined, number>;
  at: number | null;
  /** JSON */
  figures: string | null;
  /** Some server makes them anew until then. */
  claimed_until: ColumnType<number, number | undefined, number>;
}

export interface Schema {
  users: UsersTable;
  sessions: SessionsTable;
  tokens: TokensTable;
  invitations: InvitationsTable;
  audit: AuditTable;
  jobs: JobsTable;
  items: ItemsTable;
  annotation_projects: ProjectsTable;
  annotation_members: MembersTable;
  annotation_tasks: TasksTable;
  annotation_assignments: AssignmentsTable;
  annotation_events: EventsTable;
  annotation_figures: FiguresTable;
  /** Names of things that all processes of a server must agree on, such as its first owner. */
  marks: { name: string; value: string };
}
