/** The figures of projects: made anew by one server at a time, and read by all. */
import type { Database } from '../database.ts';

export interface KeptFigures {
  readonly atMs: number;
  /** Events of the project that they are of. */
  readonly events: number;
  /** JSON */
  readonly figures: string;
}

export class FiguresOfProjects {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(projectId: string): Promise<KeptFigures | undefined> {
    const row = await this.#database.db
      .selectFrom('annotation_figures')
      .selectAll()
      .where('project_id', '=', projectId)
      .executeTakeFirst();
    return row?.figures == null ? undefined : { atMs: row.at!, events: row.events, figures: row.figures };
  }

  /** Everything that happened in a project so far, as a number that only grows. */
  async events(projectId: string): Promise<number> {
    const { events } = await this.#database.db
      .selectFrom('annotation_members')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('events'), eb.lit(0)).as('events'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow();
    return Number(events);
  }

  /** Projects that are open, and what their figures lack. */
  async stale(): Promise<{ readonly projectId: string; readonly events: number; readonly known: number }[]> {
    const rows = await this.#database.db
      .selectFrom('annotation_projects as p')
      .innerJoin('annotation_members as m', 'm.project_id', 'p.id')
      .leftJoin('annotation_figures as f', 'f.project_id', 'p.id')
      .select('p.id')
      .select((eb) => [eb.fn.sum<number>('m.events').as('events'), eb.fn.max<number>('f.events').as('known')])
      .where('p.state', '=', 'open')
      .groupBy('p.id')
      .execute();
    return rows
      .map(({ id, events, known }) => ({
        projectId: id,
        events: Number(events),
        known: known === null ? 0 : Number(known),
      }))
      .filter(({ events, known }) => events > known);
  }

  /** @returns whether this server is the one to make them, for so long */
  async claim(projectId: string, ms: number): Promise<boolean> {
    const { db, now } = this.#database;
    await db
      .insertInto('annotation_figures')
      .values({ project_id: projectId, at: null, figures: null })
      .onConflict((c) => c.column('project_id').doNothing())
      .execute();
    const { numUpdatedRows } = await db
      .updateTable('annotation_figures')
      .set((eb) => ({ claimed_until: eb(now, '+', ms) }))
      .where('project_id', '=', projectId)
      .where('claimed_until', '<', now)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Ends the claim. @param figures undefined: they could not be made */
  async release(projectId: string, figures?: { readonly events: number; readonly text: string }): Promise<void> {
    const { db, now } = this.#database;
    await db
      .updateTable('annotation_figures')
      .set({ claimed_until: 0, ...(figures ? { events: figures.events, figures: figures.text, at: now } : {}) })
      .where('project_id', '=', projectId)
      .execute();
  }
}
