/** Projects: their settings and states, and how far they are. */
import { newId } from '../../access/secrets.ts';
import type { ProjectSettings } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { ProjectsTable } from '../schema.ts';
import {
  lockProject,
  projectOf,
  transact,
  wantedAtFirst,
  type Db,
  type MemberRow,
  type ProjectRecord,
} from './records.ts';

export interface ProjectChange {
  readonly name?: string | undefined;
  readonly state?: ProjectsTable['state'] | undefined;
  readonly settings?: ProjectSettings | undefined;
}

/** Why a change is refused. */
export type ProjectRefusal = 'unknown' | 'was open' | 'has answers';

export interface Figures {
  readonly images: number;
  readonly given: number;
  readonly wanted: number;
}

export class Projects {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(name: string, settings: ProjectSettings, createdBy: string): Promise<ProjectRecord> {
    const { db, now } = this.#database;
    const row = await db
      .insertInto('annotation_projects')
      .values({
        id: newId(),
        name,
        state: 'draft',
        settings: JSON.stringify(settings),
        created_by: createdBy,
        created_at: now,
        closed_at: null,
      })
      .returningAll()
      .returning(now.as('now'))
      .executeTakeFirstOrThrow();
    return projectOf(row);
  }

  async find(id: string): Promise<ProjectRecord | undefined> {
    const { db, now } = this.#database;
    const row = await db
      .selectFrom('annotation_projects')
      .selectAll()
      .select(now.as('now'))
      .where('id', '=', id)
      .executeTakeFirst();
    return row && projectOf(row);
  }

  /** A project, and a user's place in it if there is one: what nearly every request begins with. */
  async findFor(
    id: string,
    userId: string,
  ): Promise<{ readonly project: ProjectRecord; readonly member: MemberRow | undefined } | undefined> {
    const { db, now } = this.#database;
    const row = await db
      .selectFrom('annotation_projects as p')
      .leftJoin('annotation_members as m', (join) =>
        join.onRef('m.project_id', '=', 'p.id').on('m.user_id', '=', userId),
      )
      .selectAll('m')
      .select(['p.name', 'p.state as project_state', 'p.settings', 'p.created_by', 'p.created_at'])
      .select(['p.round', 'p.plan_after', now.as('now')])
      .where('p.id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    return {
      project: projectOf({ ...row, id, state: row.project_state }),
      member: row.id === null ? undefined : (row as MemberRow),
    };
  }

  /** Newest first. */
  async list(): Promise<ProjectRecord[]> {
    const { db, now } = this.#database;
    const rows = await db
      .selectFrom('annotation_projects')
      .selectAll()
      .select(now.as('now'))
      .orderBy('id', 'desc')
      .execute();
    return rows.map(projectOf);
  }

  async change(id: string, { name, state, settings }: ProjectChange): Promise<ProjectRecord | ProjectRefusal> {
    const { now } = this.#database;
    return transact(this.#database, async (db) => {
      const before = await lockProject(db, id, now);
      if (!before) return 'unknown';
      if (state === 'draft' && before.state !== 'draft') return 'was open';
      if (settings && shapeOf(settings) !== shapeOf(before.settings) && (await hasAnswers(db, id)))
        return 'has answers';
      const row = await db
        .updateTable('annotation_projects')
        .set({
          ...(name === undefined ? {} : { name }),
          ...(state === undefined || state === before.state
            ? {}
            : { state, closed_at: state === 'closed' ? now : null }),
          ...(settings ? { settings: JSON.stringify(settings) } : {}),
          plan_after: 0,
        })
        .where('id', '=', id)
        .returningAll()
        .returning(now.as('now'))
        .executeTakeFirstOrThrow();
      if (settings) await this.#changeWanted(db, id, before.settings, settings);
      return projectOf(row);
    });
  }

  async #changeWanted(db: Db, id: string, before: ProjectSettings, after: ProjectSettings): Promise<void> {
    const [from, to] = [wantedAtFirst(before), wantedAtFirst(after)];
    if (after.adaptive === null) {
      // Whatever an image wanted while the number was adaptive
      if (from !== to || before.adaptive !== null)
        await db.updateTable('annotation_tasks').set({ wanted: to }).where('project_id', '=', id).execute();
      return;
    }
    await db
      .updateTable('annotation_tasks')
      .set({ wanted: to })
      .where('project_id', '=', id)
      .where('wanted', '<', to)
      .execute();
    await db
      .updateTable('annotation_tasks')
      .set({ wanted: after.labelsPerImage })
      .where('project_id', '=', id)
      .where('wanted', '>', after.labelsPerImage)
      .execute();
  }

  /** @returns keys of the files of its images */
  async remove(id: string): Promise<string[]> {
    return transact(this.#database, async (db) => {
      const files = await db
        .selectFrom('annotation_tasks')
        .select('file_key')
        .where('project_id', '=', id)
        .where('file_key', 'is not', null)
        .execute();
      await db.deleteFrom('annotation_projects').where('id', '=', id).execute();
      return files.map(({ file_key: key }) => key!);
    });
  }

  /** By project. @param ids of those that are wanted */
  async figures(ids: readonly string[]): Promise<Map<string, Figures>> {
    const { db } = this.#database;
    if (ids.length === 0) return new Map();
    const [tasks, members] = await Promise.all([
      db
        .selectFrom('annotation_tasks')
        .select(['project_id', 'role'])
        .select((eb) => [eb.fn.countAll<number>().as('images'), eb.fn.sum<number>('wanted').as('wanted')])
        .where('project_id', 'in', [...ids])
        .groupBy(['project_id', 'role'])
        .execute(),
      db
        .selectFrom('annotation_members')
        .select('project_id')
        .select((eb) => eb.fn.sum<number>('done').as('done'))
        .where('project_id', 'in', [...ids])
        .groupBy('project_id')
        .execute(),
    ]);
    return new Map(
      ids.map((id) => {
        const own = tasks.filter((task) => task.project_id === id);
        return [
          id,
          {
            images: own.reduce((sum, { images }) => sum + Number(images), 0),
            wanted: own.reduce((sum, { role, wanted }) => sum + (role === 'work' ? Number(wanted) : 0), 0),
            given: Number(members.find((m) => m.project_id === id)?.done ?? 0),
          },
        ];
      }),
    );
  }

  /** Forgets the files of projects that were closed so long ago as they say. @returns their keys */
  async sweep(): Promise<string[]> {
    const { db, now } = this.#database;
    const closed = await db
      .selectFrom('annotation_projects')
      .selectAll()
      .select(now.as('now'))
      .where('state', '=', 'closed')
      .where('closed_at', 'is not', null)
      .execute();
    const keys: string[] = [];
    for (const row of closed) {
      const { retentionDays } = projectOf(row).settings;
      if (retentionDays === null || row.closed_at! > row.now - retentionDays * DAY_MS) continue;
      const files = await db
        .selectFrom('annotation_tasks')
        .select('file_key')
        .where('project_id', '=', row.id)
        .where('file_key', 'is not', null)
        .execute();
      await db.updateTable('annotation_tasks').set({ file_key: null }).where('project_id', '=', row.id).execute();
      keys.push(...files.map(({ file_key: key }) => key!));
    }
    return keys;
  }
}

const DAY_MS = 86_400_000;

/** What answers depend on: not titles and helps. */
const shapeOf = ({ questions }: ProjectSettings): string =>
  JSON.stringify(
    questions.map((question) => ({
      key: question.key,
      kind: question.kind,
      ...(question.kind === 'choice'
        ? { options: question.options.map(({ value }) => value), multiple: question.multiple === true }
        : {}),
      ...(question.kind === 'points' ? { points: question.points.map(({ value }) => value) } : {}),
    })),
  );

const hasAnswers = async (db: Db, projectId: string): Promise<boolean> =>
  (await db
    .selectFrom('annotation_events')
    .innerJoin('annotation_members', 'annotation_members.id', 'annotation_events.member_id')
    .select('annotation_events.key')
    .where('annotation_members.project_id', '=', projectId)
    .limit(1)
    .executeTakeFirst()) !== undefined;
