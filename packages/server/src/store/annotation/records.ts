/** What the rest of the server sees of projects, members and images, and what all statements about them share. */
import { sql, type Kysely, type RawBuilder, type Selectable, type Transaction } from 'kysely';
import type { Answer, MemberState, ProjectSettings, Proposal, TaskRole } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import { isStale } from '../prepared-client.ts';
import type { MembersTable, ProjectsTable, Schema, TasksTable } from '../schema.ts';

export type MemberRow = Selectable<MembersTable>;
export type TaskRow = Selectable<TasksTable>;
export type Db = Kysely<Schema> | Transaction<Schema>;

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly state: ProjectsTable['state'];
  readonly settings: ProjectSettings;
  readonly createdBy: string | null;
  readonly createdMs: number;
  readonly round: number;
  readonly planAfterMs: number;
  /** When it was read, by the database's clock. */
  readonly nowMs: number;
}

/** Parsed settings by their text: the same projects are asked for again and again. */
const parsed = new Map<string, ProjectSettings>();
const MOST_PARSED = 100;

type ProjectRow = Omit<Selectable<ProjectsTable>, 'closed_at' | 'next_number'> & { readonly now: number };

export function projectOf(row: ProjectRow): ProjectRecord {
  let settings = parsed.get(row.settings);
  if (!settings) {
    settings = JSON.parse(row.settings) as ProjectSettings;
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(row.settings, settings);
  }
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    settings,
    createdBy: row.created_by,
    createdMs: row.created_at,
    round: row.round,
    planAfterMs: row.plan_after,
    nowMs: row.now,
  };
}

export interface TaskRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly role: TaskRole;
  readonly fileKey: string | null;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  readonly source: string | null;
  readonly license: string | null;
  readonly keyword: string | null;
  readonly duplicateOf: string | null;
  readonly gold: Answer | null;
  readonly feedback: string | null;
  readonly proposal: Proposal | null;
  readonly wanted: number;
}

export const jsonOf = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));

export const taskOf = (row: TaskRow): TaskRecord => ({
  id: row.id,
  projectId: row.project_id,
  name: row.name,
  role: row.role,
  fileKey: row.file_key,
  contentType: row.content_type,
  width: row.width,
  height: row.height,
  source: row.source,
  license: row.license,
  keyword: row.keyword,
  duplicateOf: row.duplicate_of,
  gold: jsonOf(row.gold),
  feedback: row.feedback,
  proposal: jsonOf(row.proposal),
  wanted: row.wanted,
});

/** Labels that an image wants at first. */
export const wantedAtFirst = ({ labelsPerImage, adaptive }: ProjectSettings): number =>
  adaptive === null ? labelsPerImage : Math.min(adaptive.least, labelsPerImage);

/** Assignments that somebody has left to do, as a value within a statement. */
export const openCount = (memberId: string): RawBuilder<number> =>
  sql<number>`(select count(*) from annotation_assignments where member_id = ${memberId} and state = 'open')`;

/** States in which somebody has something to do. */
export const WORKING: readonly MemberState[] = ['tutorial', 'test', 'active'];

/** Rows of one INSERT, and ids of one list: below what either database takes as parameters. */
export const ROWS = 500;

export function* chunksOf<T>(items: readonly T[], size = ROWS): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Integers of a group, as one text with commas: rows by the million are read this way. */
export const numbersOf = (kind: Database['kind'], column: 'number'): RawBuilder<string> =>
  kind === 'postgres'
    ? sql<string>`string_agg(${sql.ref(column)}::text, ',')`
    : sql<string>`group_concat(${sql.ref(column)}, ',')`;

/** Codes of PostgreSQL by which one of two transactions that wait for each other, or change the same, is ended. */
const AGAIN = new Set(['40P01', '40001']);
const MOST_TRIES = 5;

/** A transaction that is tried again where the database ended it for another's sake. */
export async function transact<T>({ db }: Database, work: (db: Transaction<Schema>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const isWorthIt = AGAIN.has((error as { code?: string }).code ?? '') || isStale(error);
      if (attempt >= MOST_TRIES || !isWorthIt) throw error;
    }
  }
}

/**
 * Makes transactions about one project wait for each other: those that give places to people or take them away. Who needs a member's lock
 * as well takes this one first.
 */
export async function lockProject(db: Db, id: string, now: RawBuilder<number>): Promise<ProjectRecord | undefined> {
  const row = await db
    .updateTable('annotation_projects')
    .set((eb) => ({ round: eb.ref('round') }))
    .where('id', '=', id)
    .returningAll()
    .returning(now.as('now'))
    .executeTakeFirst();
  return row && projectOf(row);
}

/** Makes transactions about one member's assignments wait for each other. */
export const lockMember = (db: Db, id: string): Promise<MemberRow | undefined> =>
  db
    .updateTable('annotation_members')
    .set((eb) => ({ role: eb.ref('role') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();

/** Something happened by which there may be work for somebody. */
export async function allowPlanning(db: Db, projectId: string): Promise<void> {
  await db
    .updateTable('annotation_projects')
    .set({ plan_after: 0 })
    .where('id', '=', projectId)
    .where('plan_after', '>', 0)
    .execute();
}
