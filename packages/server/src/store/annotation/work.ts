/**
 * What annotators do: images handed out under leases, and events taken, each batch in one transaction. Whatever is written of a member is
 * written under that member's lock; places of images change hands under the project's.
 */
import { faultOf, canonicalOf, isRight } from '../../annotation/answers.ts';
import type { AnnotationEvent, Answer, EventResult, OwnProgress } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { AssignmentKind, AssignmentState } from '../schema.ts';
import type { Planning } from './planning.ts';
import {
  allowPlanning,
  jsonOf,
  lockProject,
  transact,
  WORKING,
  type Db,
  type MemberRow,
  type ProjectRecord,
  type TaskRecord,
} from './records.ts';
import { advance, hasOpen } from './stages.ts';

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
/** Active times of so many labels are kept for their median. */
const RECENT = 101;

interface Row {
  readonly id: string;
  readonly task_id: string;
  readonly member_id: string;
  readonly number: number;
  readonly kind: AssignmentKind;
  readonly rank: number;
  state: AssignmentState;
  lease_until: number | null;
  answer: string | null;
  answered_at: number | null;
  active_ms: number;
  readonly gold: string | null;
  readonly feedback: string | null;
  readonly wanted: number;
  readonly width: number;
  readonly height: number;
}

/** The transaction begins again, with the project's lock. */
class NeedsLock extends Error {}

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
    const leased = await this.#lease(member.id, [...chosen.map(({ id }) => id), ...held], settings.leaseSeconds);
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
      .select(({ selectFrom }) =>
        selectFrom('annotation_assignments as b')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('b.member_id', '=', memberId)
          .where('b.state', '=', 'open')
          .as('open'),
      )
      .where('a.member_id', '=', memberId)
      .where('a.state', '=', 'open')
      .orderBy('a.rank')
      .limit(limit)
      .execute();
    return { rows, open: Number(rows[0]?.open ?? 0) };
  }

  /** @returns those that are still the member's */
  async #lease(memberId: string, ids: readonly string[], seconds: number): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const { db, now } = this.#database;
    const rows = await db
      .updateTable('annotation_assignments')
      .set((eb) => ({ lease_until: eb(now, '+', seconds * 1000) }))
      .where('id', 'in', [...ids])
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
    const { results, member, freesPlaces } = taken;
    // In its own statement: who sends labels does not wait for who plans. Were it lost, planning is tried again of itself.
    if (freesPlaces) await allowPlanning(this.#database.db, project.id);
    return { results, own: await this.own(project, member) };
  }
}

const openOf = async (db: Db, memberId: string): Promise<number> => {
  const { count } = await db
    .selectFrom('annotation_assignments')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('member_id', '=', memberId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(count);
};

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

const TAKEN: Pick<EventResult, 'message' | 'isRight' | 'feedback'> = { message: null, isRight: null, feedback: null };
const refused = (message: string): Omit<EventResult, 'key'> => ({ ...TAKEN, outcome: 'refused', message });
const ANSWERED = 'it is answered already: undo that first';

/** One request's events, in a transaction. */
class Batch {
  readonly #db: Db;
  readonly #database: Database;
  readonly #project: ProjectRecord;
  readonly #memberId: string;
  /** Whether the project's lock is held. */
  readonly #locks: boolean;
  readonly #rows = new Map<string, Row>();
  readonly #changed = new Set<Row>();
  /** Taken places, by image and kind. */
  readonly #places = new Map<string, number>();
  #member!: MutableMember;
  #nowMs = 0;
  #freesPlaces = false;

  constructor(db: Db, database: Database, project: ProjectRecord, memberId: string, locks: boolean) {
    this.#db = db;
    this.#database = database;
    this.#project = project;
    this.#memberId = memberId;
    this.#locks = locks;
  }

  async take(
    events: readonly AnnotationEvent[],
  ): Promise<{ results: EventResult[]; member: MemberRow; freesPlaces: boolean } | undefined> {
    const { now } = this.#database;
    if (this.#locks) await lockProject(this.#db, this.#project.id, now);
    const found = await this.#db
      .updateTable('annotation_members')
      .set({ seen_at: now })
      .where('id', '=', this.#memberId)
      .returningAll()
      .returning(now.as('now'))
      .executeTakeFirst();
    if (!found) return undefined;
    const { now: nowMs, ...member } = found;
    this.#nowMs = nowMs;
    this.#member = { ...member, recent: JSON.parse(member.recent_ms) as number[] };
    const results = await this.#earlier(events);
    await this.#load(events.filter(({ key }) => !results.has(key)).map(({ assignment }) => assignment));

    const taken: { readonly event: AnnotationEvent; readonly result: EventResult }[] = [];
    for (const event of events) {
      if (results.has(event.key)) continue;
      const result = { key: event.key, ...(await this.#one(event)) };
      results.set(event.key, result);
      taken.push({ event, result });
    }
    if (taken.length > 0) await this.#write(taken);
    return {
      results: events.map(({ key }) => results.get(key)!),
      member: await this.#advance(),
      freesPlaces: this.#freesPlaces,
    };
  }

  /** What was answered to events that were taken before. */
  async #earlier(events: readonly AnnotationEvent[]): Promise<Map<string, EventResult>> {
    const rows = await this.#db
      .selectFrom('annotation_events as e')
      .leftJoin('annotation_assignments as a', 'a.id', 'e.assignment_id')
      .leftJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .select(['e.key', 'e.outcome', 'e.message', 'e.is_right', 'a.kind', 't.feedback'])
      .where('e.member_id', '=', this.#memberId)
      .where(
        'e.key',
        'in',
        events.map(({ key }) => key),
      )
      .execute();
    return new Map(
      rows.map((row) => [
        row.key,
        {
          key: row.key,
          outcome: row.outcome,
          message: row.message,
          isRight: row.is_right === null ? null : row.is_right === 1,
          feedback: row.kind === 'tutorial' && row.outcome === 'noted' ? row.feedback : null,
        },
      ]),
    );
  }

  async #load(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await this.#db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .selectAll('a')
      .select(['t.gold', 't.feedback', 't.wanted', 't.width', 't.height'])
      .where('a.id', 'in', [...new Set(ids)])
      .where('a.member_id', '=', this.#memberId)
      .execute();
    for (const row of rows) this.#rows.set(row.id, row);
  }

  async #one(event: AnnotationEvent): Promise<Omit<EventResult, 'key'>> {
    const row = this.#rows.get(event.assignment);
    if (!row) return refused('there is no such assignment of yours');
    const result = await (event.kind === 'answer'
      ? this.#answer(row, event.answer!, event.activeMs)
      : event.kind === 'skip'
        ? this.#skip(row)
        : this.#undo(row));
    if (result.outcome !== 'refused') {
      this.#changed.add(row);
      this.#member.active_ms += event.activeMs;
    }
    return result;
  }

  async #answer(row: Row, answer: Answer, activeMs: number): Promise<Omit<EventResult, 'key'>> {
    const { questions } = this.#project.settings;
    if (row.state === 'done' || row.state === 'surplus') return refused(ANSWERED);
    if (row.state === 'void') return refused('its label was given back');
    const fault = faultOf(questions, answer);
    if (fault !== undefined) return refused(fault);
    const isItem = row.kind === 'tutorial' || row.kind === 'test';
    let state: 'done' | 'surplus' = 'done';
    if (row.state !== 'open') {
      if (isItem) return refused('its tutorial or test is over');
      if (row.kind !== 'gold' && !(await this.#takePlace(row))) state = 'surplus';
    }
    if (row.state === 'skipped') this.#member.skipped--;
    row.state = state;
    row.answer = canonicalOf(questions, answer);
    row.answered_at = this.#nowMs;
    row.active_ms += activeMs;
    row.lease_until = null;
    if (isItem)
      return row.kind === 'tutorial'
        ? { outcome: 'noted', message: null, isRight: this.#isRight(row), feedback: row.feedback }
        : { ...TAKEN, outcome: 'noted' };
    this.#count(row, 1);
    this.#member.recent.push(row.active_ms);
    // Two who differ are an arbiter's work
    if (this.#project.settings.arbitration) this.#freesPlaces = true;
    return { ...TAKEN, outcome: state === 'done' ? 'counted' : 'surplus' };
  }

  async #skip(row: Row): Promise<Omit<EventResult, 'key'>> {
    if (row.kind === 'tutorial' || row.kind === 'test') return refused('it cannot be skipped');
    if (row.state !== 'open')
      return refused(row.state === 'done' || row.state === 'surplus' ? ANSWERED : 'it is not to be answered any more');
    row.state = 'skipped';
    row.lease_until = null;
    this.#member.skipped++;
    this.#freesPlaces = true;
    return { ...TAKEN, outcome: 'noted' };
  }

  async #undo(row: Row): Promise<Omit<EventResult, 'key'>> {
    const isAnswered = row.state === 'done' || row.state === 'surplus';
    if (row.kind === 'tutorial' && isAnswered) return refused('in the tutorial nothing is taken back');
    if (row.kind === 'test' && isAnswered && this.#member.state !== 'test') return refused('the test is over');
    if (isAnswered) {
      this.#count(row, -1);
      row.state = row.state === 'done' ? 'open' : 'withdrawn';
    } else if (row.state === 'skipped') {
      if (row.kind !== 'gold' && !(await this.#takePlace(row))) return refused('the image went to somebody else');
      row.state = 'open';
      this.#member.skipped--;
    } else return refused('there is nothing to undo');
    row.answered_at = null;
    row.lease_until = row.state === 'open' ? this.#nowMs + this.#project.settings.leaseSeconds * 1000 : null;
    return { ...TAKEN, outcome: 'noted' };
  }

  /** Counters of the member, of a label that is given or taken back. */
  #count(row: Row, sign: 1 | -1): void {
    const member = this.#member;
    if (row.kind === 'gold') {
      member.gold_seen += sign;
      if (this.#isRight(row) === true) member.gold_right += sign;
    } else if (row.state === 'surplus') member.surplus += sign;
    else if (row.kind === 'arbitration') member.arbitrated += sign;
    else if (row.kind === 'work') member.done += sign;
  }

  #isRight({ gold, answer, width, height }: Row): boolean | null {
    const known = jsonOf<Answer>(gold);
    return known && isRight(this.#project.settings.questions, known, jsonOf<Answer>(answer)!, { width, height });
  }

  /** A place of the image, if one is free and the member may still take it. @throws {NeedsLock} */
  async #takePlace(row: Row): Promise<boolean> {
    if (!this.#locks) throw new NeedsLock();
    if (this.#member.state === 'excluded') return false;
    const key = `${row.kind}:${row.task_id}`;
    const taken = this.#places.get(key) ?? (await this.#countPlaces(row));
    const isFree = taken < (row.kind === 'arbitration' ? 1 : row.wanted);
    this.#places.set(key, taken + Number(isFree));
    return isFree;
  }

  async #countPlaces({ task_id: task, kind }: Row): Promise<number> {
    const { count } = await this.#db
      .selectFrom('annotation_assignments')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('task_id', '=', task)
      .where('kind', '=', kind)
      .where('state', 'in', ['open', 'done'])
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async #write(taken: readonly { readonly event: AnnotationEvent; readonly result: EventResult }[]): Promise<void> {
    const { recent, ...member } = this.#member;
    await this.#db
      .insertInto('annotation_events')
      .values(
        taken.map(({ event, result }, i) => ({
          member_id: this.#memberId,
          key: event.key,
          sequence: member.events + i,
          assignment_id: event.assignment,
          kind: event.kind,
          answer: event.answer ? canonicalOf(this.#project.settings.questions, event.answer) : null,
          active_ms: event.activeMs,
          client_at: event.at === undefined ? null : Date.parse(event.at),
          at: this.#nowMs,
          outcome: result.outcome,
          message: result.message,
          is_right: result.isRight === null ? null : Number(result.isRight),
        })),
      )
      .execute();
    if (this.#changed.size > 0)
      await this.#db
        .insertInto('annotation_assignments')
        .values(
          [...this.#changed].map((row) => ({
            id: row.id,
            task_id: row.task_id,
            member_id: row.member_id,
            number: row.number,
            kind: row.kind,
            state: row.state,
            rank: row.rank,
            lease_until: row.lease_until,
            answer: row.answer,
            answered_at: row.answered_at,
            active_ms: row.active_ms,
          })),
        )
        // All are there: so are many changed by one statement, in either database
        .onConflict((c) =>
          c.column('id').doUpdateSet((eb) => ({
            state: eb.ref('excluded.state'),
            lease_until: eb.ref('excluded.lease_until'),
            answer: eb.ref('excluded.answer'),
            answered_at: eb.ref('excluded.answered_at'),
            active_ms: eb.ref('excluded.active_ms'),
          })),
        )
        .execute();
    member.events += taken.length;
    member.recent_ms = JSON.stringify(recent.slice(-RECENT));
    this.#member = { ...member, recent };
    const { events, done, arbitrated, surplus, skipped, gold_seen, gold_right, active_ms, recent_ms } = member;
    await this.#db
      .updateTable('annotation_members')
      .set({ events, done, arbitrated, surplus, skipped, gold_seen, gold_right, active_ms, recent_ms })
      .where('id', '=', this.#memberId)
      .execute();
  }

  /** Ends a tutorial or a test that was finished. @returns the member as they are now */
  async #advance(): Promise<MemberRow> {
    const { recent: _, ...member } = this.#member;
    const { state } = member;
    if (this.#changed.size === 0 || (state !== 'tutorial' && state !== 'test')) return member;
    if (await hasOpen(this.#db, member.id, state)) return member;
    if (state === 'test') {
      const rows = await this.#db
        .selectFrom('annotation_assignments as a')
        .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
        .selectAll('a')
        .select(['t.gold', 't.feedback', 't.wanted', 't.width', 't.height'])
        .where('a.member_id', '=', member.id)
        .where('a.kind', '=', 'test')
        .where('a.state', '=', 'done')
        .execute();
      member.attempts++;
      member.test_share = rows.filter((row) => this.#isRight(row) !== false).length / rows.length;
      const { attempts, test_share } = member;
      await this.#db
        .updateTable('annotation_members')
        .set({ attempts, test_share })
        .where('id', '=', member.id)
        .execute();
    }
    await advance(this.#db, { ...this.#project, nowMs: this.#nowMs }, member);
    return this.#db.selectFrom('annotation_members').selectAll().where('id', '=', member.id).executeTakeFirstOrThrow();
  }
}

/** A member whose counters go on. */
type MutableMember = MemberRow & { recent: number[] };
