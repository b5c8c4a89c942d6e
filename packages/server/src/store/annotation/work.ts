/**
 * What annotators do: images handed out under leases, and events taken, each batch in one transaction. Whatever is written of a member is
 * written under that member's lock; places of images change hands under the project's.
 */
import { sql } from 'kysely';
import type { AnnotationEvent, Answer, EventResult, OwnProgress } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { AssignmentKind } from '../schema.ts';
import { Batch, NeedsLock, openOf } from './batch.ts';
import type { Planning } from './planning.ts';
import {
  allowPlanning,
  jsonOf,
  openCount,
  transact,
  WORKING,
  type Db,
  type MemberRow,
  type ProjectRecord,
  type TaskRecord,
} from './records.ts';

export interface HandedOut {
  readonly id: string;
  readonly kind: AssignmentKind;
  readonly task: Pick<TaskRecord, 'id' | 'width' | 'height' | 'proposal'>;
  readonly answer: Answer | null;
  /** Answers that an arbitration shows. */
  readonly others: readonly Answer[] | null;
}

/** With fewer left than that the next round is planned, while there is something to do. */
const FEW_LEFT = 10;
/** `seen_at` is written at most so often, and several times before its member is absent. */
const SEEN_EVERY_MS = 10_000;

export class Work {
  readonly #database: Database;
  readonly #planning: Planning;

  constructor(database: Database, planning: Planning) {
    this.#database = database;
    this.#planning = planning;
  }

  /**
   * Hands out what comes next, and holds what the client has for longer.
   * @param held assignments that the client has
   */
  async next(
    project: ProjectRecord,
    member: MemberRow,
    count: number,
    held: readonly string[],
  ): Promise<{ readonly assignments: HandedOut[]; readonly own: OwnProgress }> {
    const { settings, nowMs } = project;
    const isBack = await this.#see(member, project);
    const isAtWork = project.state === 'open' && WORKING.includes(member.state);
    const limit = count + held.length;
    let { rows, open } = await this.#open(member.id, limit);
    const fresh = (): typeof rows => (isAtWork ? rows.filter(({ id }) => !held.includes(id)).slice(0, count) : []);
    const mayPlan = isAtWork && member.state === 'active' && (isBack || project.planAfterMs <= nowMs);
    if (mayPlan && open - limit < FEW_LEFT) {
      let planned = this.#planning.plan(project.id, project.round);
      // What goes wrong with a round that nobody waits for, goes wrong again for whoever does
      if (fresh().length === count) planned.catch(() => undefined);
      while (fresh().length < count) {
        const round = await planned;
        if (round === undefined) break;
        ({ rows, open } = await this.#open(member.id, limit));
        if (fresh().length < count) planned = this.#planning.plan(project.id, round);
      }
    }
    const chosen = fresh();
    const leased = await this.#lease(
      member.id,
      chosen.map(({ id }) => id),
      held,
      settings.leaseSeconds,
    );
    const given = chosen.filter(({ id }) => leased.has(id));
    const others = await this.#others(given.filter(({ kind }) => kind === 'arbitration').map((row) => row.task_id));
    return {
      assignments: given.map((row) => ({
        id: row.id,
        kind: row.kind,
        task: { id: row.task_id, width: row.width, height: row.height, proposal: jsonOf(row.proposal) },
        answer: jsonOf(row.answer),
        others: row.kind === 'arbitration' ? (others.get(row.task_id) ?? []) : null,
      })),
      own: await this.#own(this.#database.db, project, member, open),
    };
  }

  /** What somebody has done and has left. */
  async own(project: ProjectRecord, member: MemberRow): Promise<OwnProgress> {
    return this.#own(this.#database.db, project, member, await openOf(this.#database.db, member.id));
  }

  /**
   * Somebody is there.
   * @returns whether they were absent: places may be theirs that nobody else could take
   */
  async #see({ id, seen_at: seenMs }: MemberRow, project: ProjectRecord): Promise<boolean> {
    const { nowMs, settings } = project;
    const absentMs = settings.absentSeconds * 1000;
    if (seenMs !== null && nowMs - seenMs < Math.min(SEEN_EVERY_MS, absentMs / 4)) return false;
    const { db } = this.#database;
    await db.updateTable('annotation_members').set({ seen_at: nowMs }).where('id', '=', id).execute();
    if (seenMs !== null && nowMs - seenMs <= absentMs) return false;
    await allowPlanning(db, project.id);
    return true;
  }

  /** The first of a member's open assignments, and how many there are. */
  async #open(memberId: string, limit: number) {
    const rows = await this.#database.db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .select(['a.id', 'a.task_id', 'a.kind', 'a.answer', 't.width', 't.height', 't.proposal'])
      .select(openCount(memberId).as('open'))
      .where('a.member_id', '=', memberId)
      .where('a.state', '=', 'open')
      .orderBy('a.rank')
      .limit(limit)
      .execute();
    return { rows, open: Number(rows[0]?.open ?? 0) };
  }

  /** @returns those of `ids` that are still the member's */
  async #lease(
    memberId: string,
    ids: readonly string[],
    held: readonly string[],
    seconds: number,
  ): Promise<Set<string>> {
    if (ids.length + held.length === 0) return new Set();
    const { db, now } = this.#database;
    const until = (ms: number) => sql<number>`${now} + ${ms}`;
    const rows = await db
      .updateTable('annotation_assignments')
      .set({ lease_until: until(seconds * 1000) })
      .where((eb) =>
        eb.or([
          ...(ids.length > 0 ? [eb('id', 'in', [...ids])] : []),
          // Those whose time is half over, or that were planned anew while the client had them
          ...(held.length > 0
            ? [
                eb.and([
                  eb('id', 'in', [...held]),
                  eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', until(seconds * 500))]),
                ]),
              ]
            : []),
        ]),
      )
      .where('member_id', '=', memberId)
      .where('state', '=', 'open')
      .returning('id')
      .execute();
    return new Set(rows.map(({ id }) => id));
  }

  /** Labels of coders, by image. */
  async #others(tasks: readonly string[]): Promise<Map<string, Answer[]>> {
    if (tasks.length === 0) return new Map();
    const rows = await this.#database.db
      .selectFrom('annotation_assignments')
      .select(['task_id', 'answer'])
      .where('task_id', 'in', [...tasks])
      .where('kind', '=', 'work')
      .where('state', '=', 'done')
      // Nobody learns whose is whose
      .orderBy('answer')
      .execute();
    const others = new Map<string, Answer[]>();
    for (const { task_id: id, answer } of rows) others.set(id, [...(others.get(id) ?? []), jsonOf<Answer>(answer)!]);
    return others;
  }

  async #own(db: Db, project: ProjectRecord, member: MemberRow, open: number): Promise<OwnProgress> {
    const { settings } = project;
    // Silent items are labels like others to whoever gives them
    const done = member.done + member.surplus + member.gold_seen + member.arbitrated;
    const takesPart = WORKING.includes(member.state) && member.role !== 'manager' && project.state !== 'closed';
    const isOut = open === 0 && member.state === 'active';
    return {
      state: member.state,
      role: member.role,
      done,
      planned: done + (member.state === 'active' ? open : 0),
      activeSeconds: member.active_ms / 1000,
      isWaiting: takesPart && (project.state !== 'open' || (isOut && !(await isComplete(db, project)))),
      test:
        member.test_share === null
          ? null
          : { share: member.test_share, attemptsLeft: Math.max(0, settings.testAttempts - member.attempts) },
    };
  }

  /** Takes what somebody did, in its order; what was taken before is answered as it was. */
  async take(
    project: ProjectRecord,
    memberId: string,
    events: readonly AnnotationEvent[],
  ): Promise<{ readonly results: EventResult[]; readonly own: OwnProgress } | undefined> {
    const take = (locks: boolean) =>
      transact(this.#database, (db) => new Batch(db, this.#database, project, memberId, locks).take(events));
    const taken = await take(false).catch((error: unknown) => {
      if (error instanceof NeedsLock) return take(true);
      throw error;
    });
    if (!taken) return undefined;
    const { results, member, open, freesPlaces } = taken;
    // In its own statement: who sends labels does not wait for who plans. Were it lost, planning is tried again of itself.
    if (freesPlaces) await allowPlanning(this.#database.db, project.id);
    return { results, own: await this.#own(this.#database.db, project, member, open) };
  }
}

/** Whether no image can want another label, unless more images come. */
async function isComplete(db: Db, { id, settings }: ProjectRecord): Promise<boolean> {
  // Figures may yet ask for more labels
  if (settings.adaptive !== null || settings.arbitration) return false;
  const [{ wanted }, { done }] = await Promise.all([
    db
      .selectFrom('annotation_tasks')
      .select((eb) => eb.fn.sum<number | null>('wanted').as('wanted'))
      .where('project_id', '=', id)
      .where('role', '=', 'work')
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('annotation_members')
      .select((eb) => eb.fn.sum<number | null>('done').as('done'))
      .where('project_id', '=', id)
      .executeTakeFirstOrThrow(),
  ]);
  return Number(wanted) > 0 && Number(done) >= Number(wanted);
}
