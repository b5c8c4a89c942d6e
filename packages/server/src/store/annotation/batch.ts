/**
 * Events of one annotator, taken in one transaction under the member's lock, and under the project's where places of images change hands.
 */
import { canonicalOf, faultOf, isRight } from '../../annotation/answers.ts';
import type { AnnotationEvent, Answer, EventResult } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { AssignmentKind, AssignmentState } from '../schema.ts';
import { jsonOf, lockProject, openCount, type Db, type MemberRow, type ProjectRecord } from './records.ts';
import { advance, hasOpen } from './stages.ts';

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
export class NeedsLock extends Error {}

export const openOf = async (db: Db, memberId: string): Promise<number> => {
  const { open } = await db.selectNoFrom(openCount(memberId).as('open')).executeTakeFirstOrThrow();
  return Number(open);
};

const TAKEN: Pick<EventResult, 'message' | 'isRight' | 'feedback'> = { message: null, isRight: null, feedback: null };
const refused = (message: string): Omit<EventResult, 'key'> => ({ ...TAKEN, outcome: 'refused', message });
const ANSWERED = 'it is answered already: undo that first';

/** One request's events, in a transaction. */
export class Batch {
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
  ): Promise<{ results: EventResult[]; member: MemberRow; open: number; freesPlaces: boolean } | undefined> {
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
    // Nearly all events are new: what was taken before is looked up where the first statement finds any of it
    const mayRepeat = await this.#load(events);
    const results = mayRepeat ? await this.#earlier(events) : new Map<string, EventResult>();

    const taken: { readonly event: AnnotationEvent; readonly result: EventResult }[] = [];
    for (const event of events) {
      if (results.has(event.key)) continue;
      const result = { key: event.key, ...(await this.#one(event)) };
      results.set(event.key, result);
      taken.push({ event, result });
    }
    let open = taken.length > 0 ? await this.#write(taken) : undefined;
    const { hasMoved, member: last } = await this.#advance();
    if (open === undefined || hasMoved) open = await openOf(this.#db, last.id);
    return { results: events.map(({ key }) => results.get(key)!), member: last, open, freesPlaces: this.#freesPlaces };
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

  /** Reads the assignments that events are about. @returns whether some of the events may have been taken before */
  async #load(events: readonly AnnotationEvent[]): Promise<boolean> {
    const rows = await this.#db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .selectAll('a')
      .select(['t.gold', 't.feedback', 't.wanted', 't.width', 't.height'])
      .select(({ selectFrom }) =>
        selectFrom('annotation_events as e')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('e.member_id', '=', this.#memberId)
          .where(
            'e.key',
            'in',
            events.map(({ key }) => key),
          )
          .as('repeated'),
      )
      .where('a.id', 'in', [...new Set(events.map(({ assignment }) => assignment))])
      .where('a.member_id', '=', this.#memberId)
      // Nobody takes them back until they are written. In SQLite whoever writes is alone.
      .$if(this.#database.kind === 'postgres', (query) => query.forUpdate('a'))
      .execute();
    for (const { repeated: _, ...row } of rows) this.#rows.set(row.id, row);
    return rows.length === 0 || Number(rows[0]!.repeated) > 0;
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

  /** @returns how many assignments the member has left */
  async #write(taken: readonly { readonly event: AnnotationEvent; readonly result: EventResult }[]): Promise<number> {
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
    const { open } = await this.#db
      .updateTable('annotation_members')
      .set({ events, done, arbitrated, surplus, skipped, gold_seen, gold_right, active_ms, recent_ms })
      .where('id', '=', this.#memberId)
      .returning(openCount(this.#memberId).as('open'))
      .executeTakeFirstOrThrow();
    return Number(open);
  }

  /** Ends a tutorial or a test that was finished. @returns the member as they are now, and whether they go on */
  async #advance(): Promise<{ readonly member: MemberRow; readonly hasMoved: boolean }> {
    const { recent: _, ...member } = this.#member;
    const { state } = member;
    const stays = { member, hasMoved: false };
    if (this.#changed.size === 0 || (state !== 'tutorial' && state !== 'test')) return stays;
    if (await hasOpen(this.#db, member.id, state)) return stays;
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
    return {
      member: await this.#db
        .selectFrom('annotation_members')
        .selectAll()
        .where('id', '=', member.id)
        .executeTakeFirstOrThrow(),
      hasMoved: true,
    };
  }
}

/** A member whose counters go on. */
type MutableMember = MemberRow & { recent: number[] };
