/**
 * Rounds of assignments in the database: who is there, what is open, what annotation/planner.ts makes of it. One round of a project
 * is planned at a time, by whichever process; nobody's answers wait for it.
 */
import { sql } from 'kysely';
import { Random } from 'mienjs/tensor';
import { newId } from '../../access/secrets.ts';
import { chooseSame } from '../../annotation/answers.ts';
import { planRound, strew, wordsOf } from '../../annotation/planner.ts';
import type { Answer } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { AssignmentKind, AssignmentState } from '../schema.ts';
import { chunksOf, lockProject, numbersOf, transact, type Db, type ProjectRecord } from './records.ts';

/** Ranks of a round come after those of the one before. */
const RANKS = 1_000_000;
/** Where nothing could be planned, it is tried again after part of the time after which absent people's work is given to others. */
const PAUSES = { part: 1 / 4, leastMs: 1000, mostMs: 30_000 };
/** How many people are wanted is counted again after a multiple of the time that it took. */
const REST = 10;
const MOST_KNOWN = 100;

interface NewAssignment {
  readonly task: string;
  readonly member: string;
  readonly number: number;
  readonly kind: AssignmentKind;
  readonly rank: number;
}

interface Image {
  readonly id: string;
  readonly number: number;
  readonly role: string;
  readonly wanted: number;
}

/** Who has which images. */
interface Held {
  readonly member: string;
  readonly kind: AssignmentKind;
  readonly state: AssignmentState;
  readonly numbers: Int32Array;
}

const TAKES_PLACE: readonly AssignmentState[] = ['open', 'done'];

export class Planning {
  readonly #database: Database;
  readonly #running = new Map<string, Promise<number | undefined>>();
  readonly #wanted = new Map<string, { readonly people: number; readonly untilMs: number }>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Plans a round, once, however many ask at the same time.
   * @param seenRound the project's when it was seen that there is too little to do: a round that was planned since is as good
   * @returns the round that the project is in then; undefined: there is nothing to plan
   */
  plan(projectId: string, seenRound: number): Promise<number | undefined> {
    const running = this.#running.get(projectId);
    if (running) return running;
    const planned = transact(this.#database, (db) => this.#plan(db, projectId, seenRound)).finally(() =>
      this.#running.delete(projectId),
    );
    this.#running.set(projectId, planned);
    return planned;
  }

  async #plan(db: Db, projectId: string, seenRound: number): Promise<number | undefined> {
    const project = await lockProject(db, projectId, this.#database.now);
    if (!project) return undefined;
    const { nowMs } = project;
    if (project.round !== seenRound) return project.round;
    if (project.state !== 'open' || project.planAfterMs > nowMs) return undefined;
    await this.#withdrawAbsent(db, project);
    const given = [...(await this.#round(db, project)), ...(await this.#arbitration(db, project))];
    await insert(this.#database, db, given);
    const pauseMs = Math.min(
      Math.max(project.settings.absentSeconds * 1000 * PAUSES.part, PAUSES.leastMs),
      PAUSES.mostMs,
    );
    await db
      .updateTable('annotation_projects')
      .set(given.length > 0 ? { round: project.round + 1 } : { plan_after: nowMs + pauseMs })
      .where('id', '=', projectId)
      .execute();
    return given.length > 0 ? project.round + 1 : undefined;
  }

  /** Takes back what people who were not seen for long have not done, but for what they hold. */
  async #withdrawAbsent(db: Db, project: ProjectRecord): Promise<void> {
    // Locked, so that nobody of them is just sending labels
    const absent = await db
      .updateTable('annotation_members')
      .set((eb) => ({ role: eb.ref('role') }))
      .where('project_id', '=', project.id)
      .where('state', '=', 'active')
      .where((eb) => eb(eb.fn.coalesce('seen_at', 'joined_at'), '<', goneBefore(project)))
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('annotation_assignments')
            .select('annotation_assignments.id')
            .whereRef('annotation_assignments.member_id', '=', 'annotation_members.id')
            .where('annotation_assignments.state', '=', 'open'),
        ),
      )
      .returning('id')
      .execute();
    for (const some of chunksOf(absent))
      await db
        .updateTable('annotation_assignments')
        .set({ state: 'withdrawn' })
        .where(
          'member_id',
          'in',
          some.map(({ id }) => id),
        )
        .where('state', '=', 'open')
        .where('kind', 'in', ['work', 'gold', 'arbitration'])
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', project.nowMs)]))
        .execute();
  }

  async #round(db: Db, project: ProjectRecord): Promise<NewAssignment[]> {
    const members = await this.#present(db, project, 'annotator');
    if (members.length === 0) return [];
    const images = await imagesOf(db, project.id);
    const held = await this.#held(db, project.id);
    await others();
    const standing = standingOf(members, images, held);
    await others();
    const { open } = standing;
    let movable: readonly Movable[] = [];
    const base = { images: standing.images, annotators: members.length, open, seed: project.round };
    const first = {
      ...base,
      has: standing.has.slice(),
      loads: standing.loads.slice(),
      movable: columnsOf([], standing),
    };
    let plan = planRound(first);
    if (Math.max(...first.loads) - Math.min(...first.loads) > 1) {
      // What nobody was handed yet may go to others
      movable = await movableOf(
        db,
        members.map(({ id }) => id),
      );
      if (movable.length > 0)
        plan = planRound({ ...base, has: standing.has, loads: standing.loads, movable: columnsOf(movable, standing) });
    }
    await others();
    const numbersFor = members.map((): number[] => []);
    for (const [i, number] of open.entries()) if (plan.added[i]! >= 0) numbersFor[plan.added[i]!]!.push(number);
    const moved = movable.flatMap(({ id, number, member }, i) => {
      const to = plan.moved[i]!;
      return members[to]!.id === member ? [] : [{ id, number, to }];
    });
    const taken = await takeBack(
      db,
      moved.map(({ id }) => id),
    );
    for (const { id, number, to } of moved) if (taken.has(id)) numbersFor[to]!.push(number);

    const random = new Random(project.round, `annotation/order/${project.id}`);
    const byNumber = new Map(images.map((image) => [image.number, image]));
    const gold = images.filter(({ role }) => role === 'gold');
    return members.flatMap(({ id }, m) => {
      const work = numbersFor[m]!;
      const silent = work.length === 0 ? [] : goldFor(id, work.length, gold, held, project.settings.goldShare, random);
      const all = [...work, ...silent];
      return [...strew(work.length, silent.length, random)].map((place, i): NewAssignment => {
        const number = all[place]!;
        return {
          task: byNumber.get(number)!.id,
          member: id,
          number,
          kind: place < work.length ? 'work' : 'gold',
          rank: (project.round + 1) * RANKS + i,
        };
      });
    });
  }

  /** Images that two coders see differently and that no arbiter has, to arbiters. */
  async #arbitration(db: Db, project: ProjectRecord): Promise<NewAssignment[]> {
    const { arbitration, questions } = project.settings;
    if (!arbitration) return [];
    const arbiters = await this.#present(db, project, 'arbiter');
    if (arbiters.length === 0) return [];
    const disputed = await db
      .selectFrom('annotation_assignments as a')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .select(['a.task_id', 'a.number'])
      .select((eb) => [eb.fn.min<string>('a.answer').as('one'), eb.fn.max<string>('a.answer').as('other')])
      .where('t.project_id', '=', project.id)
      .where('t.role', '=', 'work')
      .where('a.kind', '=', 'work')
      .where('a.state', '=', 'done')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('annotation_assignments as b')
              .select('b.id')
              .whereRef('b.task_id', '=', 'a.task_id')
              .where('b.kind', '=', 'arbitration')
              .where('b.state', 'in', [...TAKES_PLACE]),
          ),
        ),
      )
      .groupBy(['a.task_id', 'a.number'])
      .having((eb) => eb(eb.fn.countAll(), '>=', 2))
      .having((eb) => eb(eb.fn.min('a.answer'), '<>', eb.fn.max('a.answer')))
      .execute();
    const open = disputed.filter(
      ({ one, other }) => !chooseSame(questions, JSON.parse(one) as Answer, JSON.parse(other) as Answer),
    );
    const held = await this.#held(db, project.id);
    const given: NewAssignment[] = [];
    const state = arbiters.map(({ id }) => ({
      id,
      seen: new Set(
        held.filter(({ member, state }) => member === id && state !== 'withdrawn').flatMap((h) => [...h.numbers]),
      ),
      load: held
        .filter(({ member, kind, state }) => member === id && kind === 'arbitration' && TAKES_PLACE.includes(state))
        .reduce((sum, { numbers }) => sum + numbers.length, 0),
    }));
    const random = new Random(project.round, `annotation/arbitration/${project.id}`);
    for (const at of random.permutation(open.length)) {
      const { task_id: task, number } = open[at]!;
      const [least] = state.filter(({ seen }) => !seen.has(number)).sort((a, b) => a.load - b.load);
      if (!least) continue;
      least.load++;
      given.push({
        task,
        member: least.id,
        number,
        kind: 'arbitration',
        rank: (project.round + 1) * RANKS + given.length,
      });
    }
    return given;
  }

  /**
   * Annotators without whom the project cannot be finished, beyond those who are there: the most labels that an image wants and nobody
   * there can give.
   */
  async peopleWanted(project: ProjectRecord): Promise<number> {
    const known = this.#wanted.get(project.id);
    if (known && performance.now() < known.untilMs) return known.people;
    const startedMs = performance.now();
    const people = await this.#peopleWanted(project);
    const endedMs = performance.now();
    // In a large project it takes long, and it is asked for again and again
    if (this.#wanted.size >= MOST_KNOWN) this.#wanted.clear();
    this.#wanted.set(project.id, { people, untilMs: endedMs + REST * (endedMs - startedMs) });
    return people;
  }

  async #peopleWanted(project: ProjectRecord): Promise<number> {
    const { db } = this.#database;
    const members = await this.#present(db, project, 'annotator');
    const images = await imagesOf(db, project.id);
    const { has, places } = standingOf(members, images, await this.#held(db, project.id));
    const words = wordsOf(members.length);
    let most = 0;
    for (const { number, role, wanted } of images) {
      if (role !== 'work') continue;
      let seen = 0;
      for (let m = 0; m < members.length; m++) if ((has[number * words + (m >> 5)]! & (1 << (m & 31))) !== 0) seen++;
      most = Math.max(most, wanted - places[number]! - (members.length - seen));
    }
    return most;
  }

  #present(db: Db, project: ProjectRecord, role: 'annotator' | 'arbiter'): Promise<{ id: string; credit: number }[]> {
    return db
      .selectFrom('annotation_members')
      .select(['id', 'credit'])
      .where('project_id', '=', project.id)
      .where('role', '=', role)
      .where('state', '=', 'active')
      .where((eb) => eb(eb.fn.coalesce('seen_at', 'joined_at'), '>=', goneBefore(project)))
      .orderBy('id')
      .execute();
  }

  async #held(db: Db, projectId: string): Promise<Held[]> {
    const rows = await db
      .selectFrom('annotation_assignments')
      .select(['member_id', 'kind', 'state', numbersOf(this.#database.kind, 'number').as('numbers')])
      .where('member_id', 'in', (eb) =>
        eb.selectFrom('annotation_members').select('annotation_members.id').where('project_id', '=', projectId),
      )
      .groupBy(['member_id', 'kind', 'state'])
      .execute();
    return rows.map(({ member_id: member, kind, state, numbers }) => ({
      member,
      kind,
      state,
      numbers: parse(numbers),
    }));
  }
}

/** Lets other requests have their turn: tens of thousands of images are gone through. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Who was not seen since is absent. */
const goneBefore = ({ nowMs, settings }: ProjectRecord): number => nowMs - settings.absentSeconds * 1000;

/** `1,22,3`, or a single number as SQLite gives it. */
function parse(text: string | number): Int32Array {
  if (typeof text === 'number') return Int32Array.of(text);
  let count = 1;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 44) count++;
  const numbers = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44) at++;
    else numbers[at] = numbers[at]! * 10 + code - 48;
  }
  return numbers;
}

interface Standing {
  /** Numbers of images are below it. */
  readonly images: number;
  readonly has: Uint32Array;
  readonly loads: Int32Array;
  /** Taken, by image. */
  readonly places: Int32Array;
  /** Numbers of images with an open place. */
  readonly open: Int32Array;
  readonly columnOf: ReadonlyMap<string, number>;
}

function standingOf(
  members: readonly { readonly id: string; readonly credit: number }[],
  images: readonly Image[],
  held: readonly Held[],
): Standing {
  const count = 1 + images.reduce((most, { number }) => Math.max(most, number), -1);
  const words = wordsOf(members.length);
  const columnOf = new Map(members.map(({ id }, column) => [id, column]));
  const has = new Uint32Array(count * words);
  const loads = Int32Array.from(members, ({ credit }) => credit);
  const places = new Int32Array(count);
  for (const { member, kind, state, numbers } of held) {
    const column = columnOf.get(member);
    const takesPlace = kind === 'work' && TAKES_PLACE.includes(state);
    if (takesPlace) for (const number of numbers) places[number]!++;
    if (column === undefined) continue;
    if (takesPlace) loads[column]! += numbers.length;
    // What was taken from somebody who came back may be given to them again
    if (state !== 'withdrawn') for (const number of numbers) has[number * words + (column >> 5)]! |= 1 << (column & 31);
  }
  const open = Int32Array.from(
    images
      .filter(({ role, wanted, number }) => role === 'work' && places[number]! < wanted)
      .map(({ number }) => number),
  );
  return { images: count, has, loads, places, open, columnOf };
}

interface Movable {
  readonly id: string;
  readonly number: number;
  readonly member: string;
}

const columnsOf = (
  movable: readonly Movable[],
  { columnOf }: Standing,
): { readonly image: Int32Array; readonly annotator: Int32Array } => ({
  image: Int32Array.from(movable, ({ number }) => number),
  annotator: Int32Array.from(movable, ({ member }) => columnOf.get(member)!),
});

async function movableOf(db: Db, members: readonly string[]): Promise<Movable[]> {
  const all: Movable[] = [];
  for (const some of chunksOf(members))
    all.push(
      ...(await db
        .selectFrom('annotation_assignments')
        .select(['id', 'number', 'member_id as member'])
        .where('member_id', 'in', some)
        .where('state', '=', 'open')
        .where('kind', '=', 'work')
        .where('lease_until', 'is', null)
        // What an undo reopened is its annotator's
        .where('answer', 'is', null)
        .execute()),
    );
  return all;
}

/** @returns those that nobody was handed meanwhile */
async function takeBack(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const some of chunksOf(ids))
    for (const { id } of await db
      .deleteFrom('annotation_assignments')
      .where('id', 'in', some)
      .where('state', '=', 'open')
      .where('lease_until', 'is', null)
      .returning('id')
      .execute())
      taken.add(id);
  return taken;
}

const imagesOf = (db: Db, projectId: string): Promise<Image[]> =>
  db
    .selectFrom('annotation_tasks')
    .select(['id', 'number', 'role', 'wanted'])
    .where('project_id', '=', projectId)
    .where('role', 'in', ['work', 'gold'])
    .execute();

/** Items of known answer that an annotator has not seen, as many as their share asks for. */
function goldFor(
  member: string,
  newWork: number,
  gold: readonly Image[],
  held: readonly Held[],
  share: number,
  random: Random,
): number[] {
  if (gold.length === 0) return [];
  const own = held.filter((h) => h.member === member);
  const countOf = (kind: AssignmentKind): number =>
    own.reduce((sum, h) => sum + (h.kind === kind && h.state !== 'withdrawn' ? h.numbers.length : 0), 0);
  const seen = new Set(own.flatMap(({ numbers }) => [...numbers]));
  const unseen = gold.filter(({ number }) => !seen.has(number));
  const due = Math.round((countOf('work') + newWork) * share) - countOf('gold');
  const order = random.permutation(unseen.length);
  return [...order.subarray(0, Math.max(0, due))].map((i) => unseen[i]!.number);
}

/** Rows of one statement, which is one parameter. */
const INSERT_ROWS = 2000;

async function insert({ kind }: Database, db: Db, given: readonly NewAssignment[]): Promise<void> {
  for (const some of chunksOf(given, INSERT_ROWS)) {
    const rows = JSON.stringify(some.map((one) => [newId(), one.task, one.member, one.number, one.kind, one.rank]));
    await db
      .insertInto('annotation_assignments')
      .columns(['id', 'task_id', 'member_id', 'number', 'kind', 'rank', 'state'])
      // Tens of thousands of rows: parameters for each of their cells would keep the process from all else
      .expression(
        kind === 'postgres'
          ? sql`select r->>0, r->>1, r->>2, (r->>3)::integer, r->>4, (r->>5)::bigint, 'open'
                from json_array_elements(${rows}::json) as r where true`
          : sql`select r.value->>0, r.value->>1, r.value->>2, r.value->>3, r.value->>4, r.value->>5, 'open'
                from json_each(${rows}) as r where true`,
      )
      .onConflict((c) =>
        c
          .columns(['task_id', 'member_id'])
          .doUpdateSet((eb) => ({
            kind: eb.ref('excluded.kind'),
            state: eb.ref('excluded.state'),
            rank: eb.ref('excluded.rank'),
            lease_until: null,
          }))
          .where('annotation_assignments.state', '=', 'withdrawn'),
      )
      .execute();
  }
}
