/** Who takes part in a project: joining, leaving, being shut out, and being forgotten. */
import { newId } from '../../access/secrets.ts';
import type { MEMBER_ROLES, Member } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import {
  allowPlanning,
  jsonOf,
  lockMember,
  lockProject,
  transact,
  WORKING,
  type Db,
  type MemberRow,
  type ProjectRecord,
} from './records.ts';
import { activate, advance } from './stages.ts';

export type MemberRole = (typeof MEMBER_ROLES)[number];

export interface MemberChange {
  readonly role?: MemberRole | undefined;
  readonly state?: 'active' | 'left' | 'excluded' | undefined;
  readonly returnWork: boolean;
}

/** A member as the list of members has it. */
export interface MemberRecord extends MemberRow {
  readonly userName: string | null;
  /** Images that are theirs and not labelled yet. */
  readonly open: number;
}

/** Figures of a member that come of all answers together. */
export type MemberQuality = Pick<Member, 'reliability' | 'kappa' | 'flags'>;

export class Members {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Memberships in all projects that somebody is in. */
  async allOfUser(userId: string): Promise<MemberRow[]> {
    return this.#database.db.selectFrom('annotation_members').selectAll().where('user_id', '=', userId).execute();
  }

  async find(projectId: string, id: string): Promise<MemberRow | undefined> {
    return this.#database.db
      .selectFrom('annotation_members')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async list(projectId: string): Promise<MemberRecord[]> {
    const { db } = this.#database;
    const rows = await db
      .selectFrom('annotation_members as m')
      .leftJoin('users as u', 'u.id', 'm.user_id')
      .selectAll('m')
      .select('u.name as userName')
      .where('m.project_id', '=', projectId)
      .orderBy('m.id')
      .execute();
    const open = await db
      .selectFrom('annotation_assignments')
      .select('member_id')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('member_id', 'in', (eb) =>
        eb.selectFrom('annotation_members').select('annotation_members.id').where('project_id', '=', projectId),
      )
      .where('state', '=', 'open')
      .where('kind', 'in', ['work', 'arbitration'])
      .groupBy('member_id')
      .execute();
    const openOf = new Map(open.map(({ member_id: id, count }) => [id, Number(count)]));
    return rows.map((row) => ({ ...row, open: openOf.get(row.id) ?? 0 }));
  }

  /** Assignments of a member that are open, silent items among them. */
  async countOpen(id: string): Promise<number> {
    const { count } = await this.#database.db
      .selectFrom('annotation_assignments')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('member_id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Those who are members already stay as they are. */
  async add(projectId: string, users: readonly string[], role: MemberRole): Promise<void> {
    await transact(this.#database, async (db) => {
      for (const userId of users) await this.#insert(db, projectId, userId, role);
    });
  }

  async #insert(db: Db, projectId: string, userId: string, role: MemberRole): Promise<void> {
    await db
      .insertInto('annotation_members')
      .values({
        id: newId(),
        project_id: projectId,
        user_id: userId,
        role,
        // Who manages need not consent to anything
        state: role === 'manager' ? 'active' : 'new',
        joined_at: this.#database.now,
        consented_at: null,
        seen_at: null,
        test_share: null,
        reliability: null,
        kappa: null,
      })
      .onConflict((c) => c.columns(['project_id', 'user_id']).doNothing())
      .execute();
  }

  /**
   * Begins with tutorial, test or work, or goes on there.
   * @returns 'refused': the person failed, or was shut out
   */
  async join(projectId: string, userId: string): Promise<'joined' | 'refused' | 'unknown'> {
    return transact(this.#database, async (db) => {
      const project = await lockProject(db, projectId, this.#database.now);
      if (!project) return 'unknown';
      await this.#insert(db, projectId, userId, 'annotator');
      const { id } = await db
        .selectFrom('annotation_members')
        .select('id')
        .where('project_id', '=', projectId)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      const member = (await lockMember(db, id))!;
      if (member.state === 'excluded' || member.state === 'failed') return 'refused';
      if (member.state !== 'new' && member.state !== 'left') return 'joined';
      await db.updateTable('annotation_members').set({ consented_at: project.nowMs }).where('id', '=', id).execute();
      await advance(db, project, member);
      return 'joined';
    });
  }

  async change(projectId: string, id: string, { role, state, returnWork }: MemberChange): Promise<boolean> {
    return this.#locked(projectId, id, async (db, project, member) => {
      const now = { ...member, role: role ?? member.role };
      const isOther = now.role !== member.role;
      if (!isOther && (state === undefined || state === member.state)) {
        if (state === 'excluded' && returnWork) await giveBack(db, id);
      } else {
        await withdraw(db, id);
        if (state === 'excluded' && returnWork) await giveBack(db, id);
        await db
          .updateTable('annotation_members')
          .set({ role: now.role, ...(state === undefined || state === 'active' ? {} : { state }) })
          .where('id', '=', id)
          .execute();
        const begins = state === 'active' || (state === undefined && isOther && WORKING.includes(member.state));
        // Nobody works who did not consent; who manages need not
        if (now.role === 'manager' && (begins || state === undefined)) await activate(db, project, now);
        else if (begins && member.consented_at === null)
          await db.updateTable('annotation_members').set({ state: 'new' }).where('id', '=', id).execute();
        else if (state === 'active') await activate(db, project, now);
        // Who had begun goes on in the other role
        else if (begins) await advance(db, project, now);
      }
      await allowPlanning(db, projectId);
    });
  }

  /**
   * Forgets who a member was. By the project's settings their labels stay, under another random id, or are asked for again.
   * @returns false: there is no such member, or they are erased already
   */
  async erase(projectId: string, id: string): Promise<boolean> {
    return this.#locked(projectId, id, async (db, { settings }, member) => {
      const isKept = settings.onErase === 'keep';
      const stranger = newId();
      await db
        .insertInto('annotation_members')
        .values({
          ...member,
          id: stranger,
          user_id: null,
          state: 'left',
          consented_at: null,
          seen_at: null,
          ...(isKept ? {} : { done: 0, arbitrated: 0, surplus: 0 }),
        })
        .execute();
      if (isKept) {
        await db
          .updateTable('annotation_assignments')
          .set({ member_id: stranger })
          .where('member_id', '=', id)
          .where('answer', 'is not', null)
          .where('state', '!=', 'open')
          .execute();
        await db
          .updateTable('annotation_events')
          .set({ member_id: stranger, client_at: null })
          .where('member_id', '=', id)
          .execute();
      }
      // With all that was not moved
      await db.deleteFrom('annotation_members').where('id', '=', id).execute();
      await allowPlanning(db, projectId);
    });
  }

  async #locked(
    projectId: string,
    id: string,
    work: (db: Db, project: ProjectRecord, member: MemberRow) => Promise<void>,
  ): Promise<boolean> {
    return transact(this.#database, async (db) => {
      const project = await lockProject(db, projectId, this.#database.now);
      const member = await lockMember(db, id);
      if (!project || member?.project_id !== projectId || member.user_id === null) return false;
      await work(db, project, member);
      return true;
    });
  }

  /** All that a project has of a member, for themselves. */
  async own(projectId: string, id: string): Promise<object | undefined> {
    const { db } = this.#database;
    const member = await this.find(projectId, id);
    if (!member) return undefined;
    const answers = await db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .select(['a.id', 't.name', 'a.answer', 'a.answered_at', 'a.active_ms'])
      .where('a.member_id', '=', id)
      .where('a.answer', 'is not', null)
      .orderBy('a.answered_at')
      .execute();
    const events = await db
      .selectFrom('annotation_events')
      .select(['key', 'assignment_id', 'kind', 'answer', 'active_ms', 'client_at', 'at', 'outcome'])
      .where('member_id', '=', id)
      .orderBy('sequence')
      .execute();
    const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
    return {
      member: {
        id,
        role: member.role,
        state: member.state,
        joinedAt: time(member.joined_at),
        consentedAt: time(member.consented_at),
        seenAt: time(member.seen_at),
        activeSeconds: member.active_ms / 1000,
      },
      answers: answers.map((row) => ({
        assignment: row.id,
        image: row.name,
        answer: jsonOf(row.answer),
        answeredAt: time(row.answered_at),
        activeMs: row.active_ms,
      })),
      events: events.map((row) => ({
        key: row.key,
        assignment: row.assignment_id,
        kind: row.kind,
        answer: jsonOf(row.answer),
        activeMs: row.active_ms,
        at: time(row.at),
        clientAt: time(row.client_at),
        outcome: row.outcome,
      })),
    };
  }

  /** Keeps figures of members for their list. */
  async setQuality(quality: ReadonlyMap<string, MemberQuality>): Promise<void> {
    await transact(this.#database, async (db) => {
      // In the order of ids, as all who change several
      for (const [id, { reliability, kappa, flags }] of [...quality].sort(([a], [b]) => (a < b ? -1 : 1)))
        await db
          .updateTable('annotation_members')
          .set({ reliability, kappa, flags: JSON.stringify(flags) })
          .where('id', '=', id)
          .execute();
    });
  }
}

/** Gives open places back. */
async function withdraw(db: Db, memberId: string): Promise<void> {
  await db
    .updateTable('annotation_assignments')
    .set({ state: 'withdrawn' })
    .where('member_id', '=', memberId)
    .where('state', '=', 'open')
    .execute();
}

/** Labels that were given count no longer, and are asked for again. */
async function giveBack(db: Db, memberId: string): Promise<void> {
  await db
    .updateTable('annotation_assignments')
    .set({ state: 'void' })
    .where('member_id', '=', memberId)
    .where('state', 'in', ['done', 'surplus'])
    .where('kind', 'in', ['work', 'gold', 'arbitration'])
    .execute();
  await db
    .updateTable('annotation_members')
    .set({ done: 0, arbitrated: 0, surplus: 0 })
    .where('id', '=', memberId)
    .execute();
}
