/** The way of somebody who joins: tutorial, test, work. */
import { sql } from 'kysely';
import { newId } from '../../access/secrets.ts';
import type { AssignmentKind } from '../schema.ts';
import { allowPlanning, chunksOf, type Db, type MemberRow, type ProjectRecord } from './records.ts';

/** Ranks of tutorial and test, before all work. */
const RANKS = { tutorial: -2_000_000, test: -1_000_000 } as const;

/**
 * Takes a member to what comes next, and gives the assignments of it.
 * @param member locked, as it is in the database
 */
export async function advance(db: Db, project: ProjectRecord, member: MemberRow): Promise<void> {
  const state = await nextState(db, project, member);
  if (state === 'active') return activate(db, project, member);
  await db
    .updateTable('annotation_members')
    .set({ state, seen_at: project.nowMs })
    .where('id', '=', member.id)
    .execute();
}

/** Lets somebody work. @param member as `advance` */
export async function activate(db: Db, project: ProjectRecord, member: MemberRow): Promise<void> {
  const credit = member.role === 'annotator' ? await creditOf(db, member) : member.credit;
  await db
    .updateTable('annotation_members')
    .set({ state: 'active', credit, seen_at: project.nowMs })
    .where('id', '=', member.id)
    .execute();
  await allowPlanning(db, project.id);
}

async function nextState(db: Db, project: ProjectRecord, member: MemberRow): Promise<MemberRow['state']> {
  if (member.role !== 'annotator') return 'active';
  if (await give(db, project, member, 'tutorial')) return 'tutorial';
  const { passShare, testAttempts } = project.settings;
  if (member.test_share !== null && member.test_share >= passShare) return 'active';
  if (member.attempts >= testAttempts) return 'failed';
  return (await give(db, project, member, 'test')) ? 'test' : 'active';
}

/** @returns whether there is anything to do */
async function give(db: Db, project: ProjectRecord, member: MemberRow, kind: 'tutorial' | 'test'): Promise<boolean> {
  const tasks = await db
    .selectFrom('annotation_tasks')
    .select(['id', 'number'])
    .where('project_id', '=', project.id)
    .where('role', '=', kind)
    .orderBy(kind === 'tutorial' ? sql`number` : sql`random()`)
    .execute();
  for (const some of chunksOf([...tasks.entries()]))
    await db
      .insertInto('annotation_assignments')
      .values(
        some.map(([i, { id, number }]) => ({
          id: newId(),
          task_id: id,
          member_id: member.id,
          number,
          kind,
          state: 'open' as const,
          rank: RANKS[kind] + i,
          lease_until: null,
          answer: null,
          answered_at: null,
        })),
      )
      .onConflict((c) => {
        const again = c.columns(['task_id', 'member_id']).doUpdateSet((eb) => ({
          state: 'open',
          rank: eb.ref('excluded.rank'),
          lease_until: null,
          answer: null,
          answered_at: null,
        }));
        // A tutorial goes on where it was left; a test begins anew
        return kind === 'tutorial'
          ? again.where('annotation_assignments.state', '=', 'withdrawn')
          : again.where('annotation_assignments.kind', '=', 'test');
      })
      .execute();
  return hasOpen(db, member.id, kind);
}

export const hasOpen = async (db: Db, memberId: string, kind: AssignmentKind): Promise<boolean> =>
  (await db
    .selectFrom('annotation_assignments')
    .select('id')
    .where('member_id', '=', memberId)
    .where('state', '=', 'open')
    .where('kind', '=', kind)
    .limit(1)
    .executeTakeFirst()) !== undefined;

/** Whoever comes later shares what is left, and need not make up for what others have done. */
async function creditOf(db: Db, member: MemberRow): Promise<number> {
  const row = await db
    .selectFrom('annotation_members')
    .select((eb) => eb.fn.min<number | null>(eb('credit', '+', eb.ref('done'))).as('least'))
    .where('project_id', '=', member.project_id)
    .where('id', '!=', member.id)
    .where('role', '=', 'annotator')
    .where('state', '=', 'active')
    .executeTakeFirst();
  return Math.max(member.credit, Number(row?.least ?? 0) - member.done);
}
