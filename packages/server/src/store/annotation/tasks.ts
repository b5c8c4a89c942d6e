/** Images of projects. */
import type { Answer, ImageAbout, Proposal, TaskRole } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import {
  allowPlanning,
  chunksOf,
  jsonOf,
  lockProject,
  taskOf,
  transact,
  wantedAtFirst,
  WORKING,
  type TaskRecord,
} from './records.ts';

export interface NewTask {
  readonly id: string;
  readonly name: string;
  readonly about: ImageAbout;
  readonly sha256: string;
  /** Perceptual hash, hexadecimal. */
  readonly look: string;
  readonly duplicateOf: string | null;
  readonly fileKey: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

export interface KnownImage {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly look: string;
}

/** Labels of an image. */
export interface TaskFigures {
  counted: number;
  surplus: number;
  readonly votes: Record<string, Record<string, number>>;
}

export interface TaskChange {
  readonly role?: TaskRole | undefined;
  readonly gold?: Answer | null | undefined;
  readonly feedback?: string | null | undefined;
}

export class Tasks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async known(projectId: string): Promise<KnownImage[]> {
    return this.#database.db
      .selectFrom('annotation_tasks')
      .select(['id', 'name', 'sha256', 'look'])
      .where('project_id', '=', projectId)
      .orderBy('number')
      .execute();
  }

  /**
   * Adds images, all or none. One whose bytes or name the project has got meanwhile is left out.
   * @returns ids of those that were added, by name; undefined: the project is gone
   */
  async add(projectId: string, images: readonly NewTask[]): Promise<Map<string, string> | undefined> {
    const { now } = this.#database;
    return transact(this.#database, async (db) => {
      const project = await lockProject(db, projectId, now);
      if (!project) return undefined;
      const { next_number: first } = await db
        .selectFrom('annotation_projects')
        .select('next_number')
        .where('id', '=', projectId)
        .executeTakeFirstOrThrow();
      const added = new Map<string, string>();
      for (const some of chunksOf([...images.entries()], 200)) {
        const rows = await db
          .insertInto('annotation_tasks')
          .values(
            some.map(([i, image]) => ({
              id: image.id,
              project_id: projectId,
              number: first + i,
              name: image.name,
              role: image.about.role ?? ('work' as const),
              sha256: image.sha256,
              look: image.look,
              duplicate_of: image.duplicateOf,
              file_key: image.fileKey,
              content_type: image.contentType,
              width: image.width,
              height: image.height,
              source: image.about.source ?? null,
              license: image.about.license ?? null,
              keyword: image.about.keyword ?? null,
              gold: image.about.gold ? JSON.stringify(image.about.gold) : null,
              feedback: image.about.feedback ?? null,
              proposal: null,
              wanted: wantedAtFirst(project.settings),
              created_at: project.nowMs,
            })),
          )
          .onConflict((c) => c.doNothing())
          .returning(['id', 'name'])
          .execute();
        for (const { id, name } of rows) added.set(name, id);
      }
      await db
        .updateTable('annotation_projects')
        .set({ next_number: first + images.length, plan_after: 0 })
        .where('id', '=', projectId)
        .execute();
      return added;
    });
  }

  async find(projectId: string, id: string): Promise<TaskRecord | undefined> {
    const row = await this.#database.db
      .selectFrom('annotation_tasks')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && taskOf(row);
  }

  /** Newest first. */
  async list(
    projectId: string,
    limit: number,
    { before, role }: { readonly before?: string | undefined; readonly role?: TaskRole | undefined },
  ): Promise<TaskRecord[]> {
    let query = this.#database.db
      .selectFrom('annotation_tasks')
      .selectAll()
      .where('project_id', '=', projectId)
      .orderBy('number', 'desc')
      .limit(limit);
    if (role !== undefined) query = query.where('role', '=', role);
    if (before !== undefined)
      query = query.where('number', '<', (eb) =>
        eb.selectFrom('annotation_tasks as b').select('b.number').where('b.id', '=', before),
      );
    return (await query.execute()).map(taskOf);
  }

  /** Figures of choices; what was drawn is only counted. */
  async figures(ids: readonly string[]): Promise<Map<string, TaskFigures>> {
    const figures = new Map<string, TaskFigures>(ids.map((id) => [id, { counted: 0, surplus: 0, votes: {} }]));
    if (ids.length === 0) return figures;
    const rows = await this.#database.db
      .selectFrom('annotation_assignments')
      .select(['task_id', 'state', 'answer'])
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('task_id', 'in', [...ids])
      .where('kind', 'in', ['work', 'gold'])
      .where('state', 'in', ['done', 'surplus'])
      .groupBy(['task_id', 'state', 'answer'])
      .execute();
    for (const { task_id: id, state, answer, count } of rows) {
      const of = figures.get(id)!;
      if (state === 'surplus') of.surplus += Number(count);
      else {
        of.counted += Number(count);
        for (const [key, value] of Object.entries(jsonOf<Answer>(answer) ?? {}))
          for (const option of Array.isArray(value) ? value : [value]) {
            if (typeof option !== 'string') continue;
            const votes = (of.votes[key] ??= {});
            votes[option] = (votes[option] ?? 0) + Number(count);
          }
      }
    }
    return figures;
  }

  async change(projectId: string, id: string, { role, gold, feedback }: TaskChange): Promise<boolean> {
    return transact(this.#database, async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('annotation_tasks')
        .set({
          id,
          ...(role === undefined ? {} : { role }),
          ...(gold === undefined ? {} : { gold: gold === null ? null : JSON.stringify(gold) }),
          ...(feedback === undefined ? {} : { feedback }),
        })
        .where('project_id', '=', projectId)
        .where('id', '=', id)
        .executeTakeFirst();
      if (role !== undefined) await allowPlanning(db, projectId);
      return numUpdatedRows > 0n;
    });
  }

  /** Whether anybody was given it. */
  async isAssigned(id: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('annotation_assignments')
      .select('id')
      .where('task_id', '=', id)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** An image's file, where it was given to somebody who is still at work in its project. */
  async fileFor(
    projectId: string,
    id: string,
    userId: string,
  ): Promise<Pick<TaskRecord, 'fileKey' | 'contentType'> | undefined> {
    return this.#database.db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_members as m', 'm.id', 'a.member_id')
      .innerJoin('annotation_projects as p', 'p.id', 'm.project_id')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .select(['t.file_key as fileKey', 't.content_type as contentType'])
      .where('a.task_id', '=', id)
      .where('m.user_id', '=', userId)
      .where('m.state', 'in', [...WORKING])
      .where('p.id', '=', projectId)
      .where('p.state', '!=', 'draft')
      .executeTakeFirst();
  }

  /** Images for which nothing was proposed. */
  async withoutProposal(projectId: string): Promise<string[]> {
    const rows = await this.#database.db
      .selectFrom('annotation_tasks')
      .select('id')
      .where('project_id', '=', projectId)
      .where('proposal', 'is', null)
      .where('file_key', 'is not', null)
      .orderBy('number')
      .execute();
    return rows.map(({ id }) => id);
  }

  async setProposal(id: string, proposal: Proposal): Promise<void> {
    await this.#database.db
      .updateTable('annotation_tasks')
      .set({ proposal: JSON.stringify(proposal) })
      .where('id', '=', id)
      .execute();
  }

  /** Changes how many labels images want. @param wanted by image */
  async setWanted(projectId: string, wanted: ReadonlyMap<string, number>): Promise<void> {
    const byNumber = new Map<number, string[]>();
    for (const [id, number] of wanted) {
      const ids = byNumber.get(number);
      if (ids) ids.push(id);
      else byNumber.set(number, [id]);
    }
    await transact(this.#database, async (db) => {
      await lockProject(db, projectId, this.#database.now);
      for (const [number, tasks] of byNumber)
        for (const some of chunksOf(tasks))
          await db
            .updateTable('annotation_tasks')
            .set({ wanted: number })
            .where('project_id', '=', projectId)
            .where('id', 'in', some)
            .execute();
      await allowPlanning(db, projectId);
    });
  }

  /** Whether an image's file is a project's. */
  async needsFile(key: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('annotation_tasks')
      .select('id')
      .where('file_key', '=', key)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}
