/** Work in projects over HTTP, in both databases: exactly so many labels, whatever clients and networks do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from 'mienjs/tensor';
import type { AnnotationEvent, Assignment, EventResult, OwnProgress, ProjectSettings } from '../contract/index.ts';
import { newTasks, openProject, type TestProject } from '../testing/annotation.ts';
import { withServer as serve, type Fixture, type FixtureSettings, type Person } from '../testing/fixture.ts';
import { findPostgres, startPostgres, type Postgres } from '../testing/postgres.ts';

const HAPPY = { expression: 'happiness' };
const SAD = { expression: 'sadness' };

interface Next {
  readonly assignments: Assignment[];
  readonly own: OwnProgress;
}
interface Taken {
  readonly results: EventResult[];
  readonly own: OwnProgress;
}

let keys = 0;
const eventOf = (assignment: string, more: Partial<AnnotationEvent> = {}): Partial<AnnotationEvent> => ({
  key: `key-${String(++keys).padStart(8, '0')}`,
  assignment,
  kind: 'answer',
  activeMs: 1000,
  ...(more.kind === undefined || more.kind === 'answer' ? { answer: HAPPY } : {}),
  ...more,
});

class Client {
  constructor(
    readonly fixture: Fixture,
    readonly project: string,
    readonly person: Person,
  ) {}

  async post<T>(path: string, payload: object): Promise<T> {
    const answer = await this.fixture.app.inject({
      method: 'POST',
      url: `/api/projects/${this.project}/${path}`,
      headers: this.person.token,
      payload,
    });
    expect([path, answer.statusCode, answer.body]).toEqual([path, 200, answer.body]);
    return answer.json<T>();
  }

  next = (count = 5, held: readonly string[] = []): Promise<Next> => this.post('next', { count, held });
  send = (...events: Partial<AnnotationEvent>[]): Promise<Taken> => this.post('events', { events });
  /** Labels all that comes. @returns how many */
  async labelAll(answer = HAPPY, most = Infinity): Promise<number> {
    for (let done = 0; ;) {
      const { assignments } = await this.next(Math.min(5, most - done));
      if (assignments.length === 0) return done;
      await this.send(...assignments.map(({ id }) => eventOf(id, { answer })));
      done += assignments.length;
      if (done >= most) return done;
    }
  }
}

const clientsOf = (fixture: Fixture, { project, people }: TestProject): Client[] =>
  people.map((person) => new Client(fixture, project.id, person));

/** Labels that count, by image and member. */
async function counted({ store }: Fixture, { project }: TestProject): Promise<{ images: number[]; members: number[] }> {
  const { tasks, members, answers } = (await store.annotation.collect(project.id))!;
  const images = tasks.filter(({ role }) => role === 'work').map(() => 0);
  const byMember = members.map(() => 0);
  const pairs = new Set<string>();
  for (const { task, member, isCounted } of answers) {
    const pair = `${task} ${member}`;
    expect(pairs.has(pair)).toBe(false);
    pairs.add(pair);
    if (!isCounted) continue;
    images[task]!++;
    byMember[member]!++;
  }
  return { images, members: byMember };
}

const bin = findPostgres();

describe.each([
  { database: 'SQLite', isMissing: false },
  { database: 'PostgreSQL', isMissing: bin === undefined },
])('with $database', ({ database, isMissing }) => {
  let postgres: Postgres | undefined;
  beforeAll(async () => {
    if (database === 'PostgreSQL' && bin !== undefined) postgres = await startPostgres(bin);
  });
  afterAll(() => postgres?.stop());

  const withServer = async (test: (fixture: Fixture) => Promise<void>, settings: FixtureSettings = {}): Promise<void> =>
    serve({ runs: false, ...settings, ...(postgres ? { where: { postgres: await postgres.fresh() } } : {}) }, test);
  const withProject = (
    made: { images: number; people: number; settings?: Partial<ProjectSettings> },
    test: (fixture: Fixture, project: TestProject, clients: Client[]) => Promise<void>,
  ): Promise<void> =>
    withServer(async (fixture) => {
      const project = await openProject(fixture, made);
      await test(fixture, project, clientsOf(fixture, project));
    });

  describe.skipIf(isMissing)('work', () => {
    it('gives each image its labels, loads within one of each other, in an order of one’s own', async () => {
      await withProject(
        { images: 23, people: 5, settings: { labelsPerImage: 3 } },
        async (fixture, project, clients) => {
          const orders = [];
          for (const client of clients) orders.push((await client.next(5)).assignments.map(({ image }) => image));
          expect(new Set(orders.map(String)).size).toBe(5);
          for (const client of clients) await client.labelAll();
          const { images, members } = await counted(fixture, project);
          expect(new Set(images)).toEqual(new Set([3]));
          expect(Math.max(...members) - Math.min(...members)).toBeLessThanOrEqual(1);
          const { own, assignments } = await clients[0]!.next();
          expect([own.isWaiting, assignments, own.done]).toEqual([false, [], members[0]]);
        },
      );
    });

    it('is exact where all label all, and where everybody asks at once', async () => {
      await withProject(
        { images: 7, people: 4, settings: { labelsPerImage: 4 } },
        async (fixture, project, clients) => {
          await Promise.all(clients.map((client) => client.labelAll()));
          expect(await counted(fixture, project)).toEqual({ images: Array(7).fill(4), members: [7, 7, 7, 7] });
        },
      );
    });

    it('stores once what is sent often, at once and later, and answers the same', async () => {
      await withProject(
        { images: 4, people: 1, settings: { labelsPerImage: 1 } },
        async (fixture, project, [client]) => {
          const { assignments } = await client!.next(4);
          const [first, ...rest] = assignments.map(({ id }) => eventOf(id));
          const same = await Promise.all([client!.send(first!), client!.send(first!), client!.send(first!, first!)]);
          for (const { results } of same)
            for (const result of results) expect(result).toMatchObject({ key: first!.key, outcome: 'counted' });
          expect((await client!.send(first!, ...rest)).own.done).toBe(4);
          expect((await client!.send(first!, ...rest)).own).toMatchObject({ done: 4, activeSeconds: 4 });
          expect(await counted(fixture, project)).toEqual({ images: [1, 1, 1, 1], members: [4] });
        },
      );
    });

    it('gives again what did not arrive, and other images where it did', async () => {
      await withProject({ images: 9, people: 1 }, async (_, __, [client]) => {
        const idsOf = ({ assignments }: Next): string[] => assignments.map(({ id }) => id);
        const first = idsOf(await client!.next(3));
        expect(idsOf(await client!.next(3))).toEqual(first);
        const more = idsOf(await client!.next(3, first));
        expect(new Set([...first, ...more]).size).toBe(6);
      });
    });

    it('takes an undo, and asks again with what was answered', async () => {
      await withProject(
        { images: 3, people: 1, settings: { labelsPerImage: 1 } },
        async (fixture, project, [client]) => {
          const { assignments } = await client!.next(1);
          const { id } = assignments[0]!;
          await client!.send(eventOf(id));
          const again = eventOf(id, { answer: SAD });
          expect((await client!.send(again)).results[0]).toMatchObject({ outcome: 'refused' });
          const { results, own } = await client!.send(eventOf(id, { kind: 'undo' }));
          expect([results[0]!.outcome, own.done]).toEqual(['noted', 0]);
          expect((await client!.next(1)).assignments[0]).toMatchObject({ id, answer: HAPPY });
          // What was refused stays so: its key is taken
          expect((await client!.send(again)).results[0]).toMatchObject({ outcome: 'refused' });
          expect((await client!.send(eventOf(id, { answer: SAD }))).results[0]).toMatchObject({ outcome: 'counted' });
          await client!.labelAll();
          expect((await counted(fixture, project)).images).toEqual([1, 1, 1]);
          const { answers } = (await fixture.store.annotation.collect(project.project.id))!;
          expect(answers.filter(({ answer }) => answer['expression'] === 'sadness')).toHaveLength(1);
        },
      );
    });

    it('gives what is skipped to somebody else, and never again to who skipped it', async () => {
      await withProject(
        { images: 2, people: 2, settings: { labelsPerImage: 1 } },
        async (fixture, project, clients) => {
          const [one, other] = clients;
          const { assignments } = await one!.next(1);
          const { id, image } = assignments[0]!;
          expect((await one!.send(eventOf(id, { kind: 'skip' }))).results[0]!.outcome).toBe('noted');
          await other!.labelAll();
          await one!.labelAll();
          expect((await counted(fixture, project)).images).toEqual([1, 1]);
          // Somebody else has it now
          const late = await one!.send(eventOf(id, { kind: 'undo' }), eventOf(id));
          expect(late.results.map(({ outcome }) => outcome)).toEqual(['refused', 'surplus']);
          expect((await counted(fixture, project)).images).toEqual([1, 1]);
          expect(image).toMatch(/^\/api\/projects\/\w+\/tasks\/\w+\/image$/);
        },
      );
    });

    it('refuses answers that no question has, one by one', async () => {
      await withProject({ images: 3, people: 2 }, async (_, __, [client, other]) => {
        const { assignments } = await client!.next(2);
        const [a, b] = assignments.map(({ id }) => id);
        const foreign = (await other!.next(1)).assignments[0]!.id;
        const { results } = await client!.send(
          eventOf(a!, { answer: { expression: 'joy' } }),
          eventOf(a!, { answer: { smile: 'yes' } }),
          eventOf(a!, { answer: {} }),
          eventOf(foreign),
          eventOf('0'.repeat(26)),
          eventOf(b!),
        );
        expect(results.map(({ outcome }) => outcome)).toEqual([...Array<string>(5).fill('refused'), 'counted']);
        expect(results[0]!.message).toBe('expression: joy is not one of the options');
        expect(results[3]!.message).toBe('there is no such assignment of yours');
      });
    });
  });

  describe.skipIf(isMissing)('people who come and go', () => {
    it('leave places to others; what they send late counts only where it is wanted', async () => {
      const settings = { labelsPerImage: 2, absentSeconds: 1, leaseSeconds: 1 };
      await withProject({ images: 6, people: 3, settings }, async (fixture, project, clients) => {
        const [absent, ...others] = clients;
        const { assignments } = await absent!.next(2);
        for (const client of others) await client.labelAll();
        expect((await others[0]!.next()).own.isWaiting).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 2200));
        for (let round = 0; round < 3; round++) for (const client of others) await client.labelAll();
        expect((await counted(fixture, project)).images).toEqual([2, 2, 2, 2, 2, 2]);
        const { results } = await absent!.send(...assignments.map(({ id }) => eventOf(id)));
        expect(results.map(({ outcome }) => outcome)).toEqual(['surplus', 'surplus']);
        expect((await counted(fixture, project)).images).toEqual([2, 2, 2, 2, 2, 2]);
      });
    });

    it('come back to what nobody else can do', async () => {
      const settings = { labelsPerImage: 2, absentSeconds: 1, leaseSeconds: 1 };
      await withProject({ images: 4, people: 2, settings }, async (fixture, project, clients) => {
        const [absent, other] = clients;
        await absent!.next(2);
        await new Promise((resolve) => setTimeout(resolve, 1200));
        await other!.labelAll();
        expect((await other!.next()).own.isWaiting).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 1100));
        await absent!.labelAll();
        expect((await counted(fixture, project)).images).toEqual([2, 2, 2, 2]);
      });
    });

    it('keep what their page has, though they were away and somebody joins', async () => {
      const settings = { labelsPerImage: 2, absentSeconds: 1, leaseSeconds: 600 };
      await withProject({ images: 8, people: 2, settings }, async (fixture, project, [absent, other]) => {
        const held = (await absent!.next(3)).assignments.map(({ id }) => id);
        await new Promise((resolve) => setTimeout(resolve, 1300));
        await other!.labelAll();
        // Their places were given back meanwhile, and are planned anew; the page says that it has them
        await absent!.next(1, held);
        const late = await fixture.person('annotator');
        const { url, headers } = { url: `/api/projects/${project.project.id}`, headers: project.manager.token };
        await fixture.app.inject({
          method: 'POST',
          url: `${url}/members`,
          headers,
          payload: { users: [late.user.id] },
        });
        const third = new Client(fixture, project.project.id, late);
        await third.post('join', { consents: true });
        expect(await third.labelAll()).toBeGreaterThan(0);
        const { results } = await absent!.send(...held.map((id) => eventOf(id)));
        expect(results.map(({ outcome }) => outcome)).toEqual(['counted', 'counted', 'counted']);
      });
    });

    it('share what is left with who joins later', async () => {
      await withProject(
        { images: 60, people: 1, settings: { labelsPerImage: 1 } },
        async (fixture, project, [first]) => {
          await first!.labelAll(HAPPY, 20);
          const late = await fixture.person('annotator');
          const { url, headers } = { url: `/api/projects/${project.project.id}`, headers: project.manager.token };
          const payload = { users: [late.user.id] };
          await fixture.app.inject({ method: 'POST', url: `${url}/members`, headers, payload });
          const second = new Client(fixture, project.project.id, late);
          await second.post('join', { consents: true });
          expect(await second.labelAll()).toBe(20);
          await first!.labelAll();
          expect(await counted(fixture, project)).toEqual({ images: Array(60).fill(1), members: [40, 20] });
        },
      );
    });
  });

  describe.skipIf(isMissing)('everything at once', () => {
    it('ends with exactly the labels that are wanted', { timeout: 60_000 }, async () => {
      const settings = { labelsPerImage: 4, absentSeconds: 2, leaseSeconds: 1 };
      await withProject({ images: 40, people: 7, settings }, async (fixture, project, clients) => {
        const { id } = project.project;
        const acknowledged = new Map<string, string>();
        const simulate = async (client: Client, i: number): Promise<void> => {
          const random = new Random(i, 'client');
          const leavesAfter = i === 0 ? 10 : Infinity;
          let done = 0;
          for (let idle = 0; idle < 60;) {
            const { assignments, own } = await client.next(1 + random.int(4));
            // The response is lost
            if (random.int(10) === 0) continue;
            if (assignments.length === 0) {
              if (!own.isWaiting) return;
              idle++;
              await new Promise((resolve) => setTimeout(resolve, 100));
              continue;
            }
            const events = assignments.map((one) => eventOf(one.id, random.int(12) === 0 ? { kind: 'skip' } : {}));
            const sent = [client.send(...events)];
            if (random.int(3) === 0) sent.push(client.send(...events));
            const [taken, again] = await Promise.all(sent);
            if (again) expect(again.results).toEqual(taken!.results);
            for (const { key, outcome } of taken!.results) acknowledged.set(key, outcome);
            done += assignments.length;
            if (done >= leavesAfter) return;
          }
        };
        await Promise.all(clients.map(simulate));
        const { images } = await counted(fixture, project);
        const { answers } = (await fixture.store.annotation.collect(id))!;
        const outcomes = [...acknowledged.values()];
        const countOf = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
        expect(answers.filter(({ isCounted }) => isCounted)).toHaveLength(countOf('counted'));
        expect(answers.filter(({ isCounted }) => !isCounted)).toHaveLength(countOf('surplus'));
        expect(Math.max(...images)).toBe(4);
        expect(
          await fixture.store.annotation.planning.peopleWanted((await fixture.store.annotation.projects.find(id))!),
        ).toBe(images.some((count) => count < 4) ? 4 - Math.min(...images) : 0);
      });
    });
  });

  describe.skipIf(isMissing)('tutorial, test and silent items', () => {
    it('come in this order, and who fails works no more', async () => {
      await withServer(async (fixture) => {
        const project = await openProject(fixture, {
          images: 10,
          people: 0,
          settings: { passShare: 0.6, goldShare: 0.5 },
        });
        const { id } = project.project;
        const { tasks } = fixture.store.annotation;
        await tasks.add(id, newTasks(['tutorial'], { role: 'tutorial', gold: HAPPY, feedback: 'look at the mouth' }));
        await tasks.add(id, newTasks(['test 1', 'test 2'], { role: 'test', gold: HAPPY }));
        await tasks.add(id, newTasks(['gold 1', 'gold 2'], { role: 'gold', gold: SAD }));
        const join = async (): Promise<Client> => {
          const person = await fixture.person('annotator');
          await fixture.store.annotation.members.add(id, [person.user.id], 'annotator');
          return new Client(fixture, id, person);
        };
        const [good, bad] = [await join(), await join()];
        expect((await good.next()).own).toMatchObject({ state: 'new', planned: 0 });
        expect(await good.post('join', { consents: true })).toMatchObject({ state: 'tutorial' });
        const tutorial = (await good.next()).assignments;
        expect(tutorial.map(({ kind }) => kind)).toEqual(['tutorial']);
        const first = await good.send(eventOf(tutorial[0]!.id, { answer: SAD }));
        expect(first.results[0]).toMatchObject({ outcome: 'noted', isRight: false, feedback: 'look at the mouth' });
        expect(first.own.state).toBe('test');
        const test = (await good.next()).assignments;
        expect(test.map(({ kind }) => kind)).toEqual(['test', 'test']);
        const passed = await good.send(...test.map((one) => eventOf(one.id)));
        expect(passed.results.map(({ isRight }) => isRight)).toEqual([null, null]);
        expect(passed.own).toMatchObject({ state: 'active', done: 0, test: { share: 1, attemptsLeft: 1 } });
        // Silent items look like work
        const work = (await good.next(100)).assignments;
        expect(work.map(({ kind }) => kind)).toEqual(Array(12).fill('work'));
        const all = await good.send(...work.map((one) => eventOf(one.id)));
        expect(new Set(all.results.map(({ outcome, isRight }) => `${outcome} ${isRight}`))).toEqual(
          new Set(['counted null']),
        );
        expect(all.own.done).toBe(12);
        const [member] = await fixture.store.annotation.members.list(id);
        expect(member).toMatchObject({ done: 10, gold_seen: 2, gold_right: 0 });

        await bad.post('join', { consents: true });
        await bad.labelAll(SAD);
        const failed = await bad.next();
        expect([failed.own.state, failed.own.test, failed.assignments]).toEqual([
          'failed',
          { share: 0, attemptsLeft: 0 },
          [],
        ]);
      });
    });
  });

  describe.skipIf(isMissing)('managers', () => {
    const memberUrl = async (fixture: Fixture, { project }: TestProject, who: Person): Promise<string> =>
      `/api/projects/${project.id}/members/${(await fixture.store.annotation.projects.findFor(project.id, who.user.id))!.member!.id}`;

    it('shut somebody out, and have the labels given anew if they want', async () => {
      await withProject(
        { images: 6, people: 3, settings: { labelsPerImage: 2 } },
        async (fixture, project, clients) => {
          const [bad, ...others] = clients;
          await bad!.labelAll();
          const url = await memberUrl(fixture, project, bad!.person);
          const payload = { state: 'excluded', returnWork: true };
          const answer = await fixture.app.inject({ method: 'PATCH', url, headers: project.manager.token, payload });
          expect(answer.json()).toMatchObject({ state: 'excluded', done: 0, planned: 0 });
          expect((await bad!.next()).assignments).toEqual([]);
          for (const client of others) await client.labelAll();
          expect(await counted(fixture, project)).toEqual({ images: Array(6).fill(2), members: [0, 6, 6] });
        },
      );
    });

    it('let nobody work who did not consent, and whom they want without a test', async () => {
      await withServer(async (fixture) => {
        const project = await openProject(fixture, { images: 3, people: 1 });
        const { id } = project.project;
        const [worker] = clientsOf(fixture, project);
        const patch = async (who: Person, payload: object): Promise<string> => {
          const url = await memberUrl(fixture, project, who);
          const answer = await fixture.app.inject({ method: 'PATCH', url, headers: project.manager.token, payload });
          return answer.json<{ state: string }>().state;
        };
        expect(await patch(worker!.person, { state: 'excluded' })).toBe('excluded');
        expect(await patch(worker!.person, { state: 'active' })).toBe('active');
        expect((await worker!.next(5)).assignments).toHaveLength(3);
        const stranger = await fixture.person('annotator');
        await fixture.store.annotation.members.add(id, [stranger.user.id], 'annotator');
        expect(await patch(stranger, { state: 'active' })).toBe('new');
        expect((await new Client(fixture, id, stranger).next()).assignments).toEqual([]);

        await fixture.store.annotation.tasks.add(id, newTasks(['test'], { role: 'test', gold: HAPPY }));
        const client = new Client(fixture, id, stranger);
        expect(await client.post('join', { consents: true })).toMatchObject({ state: 'test' });
        expect(await patch(stranger, { state: 'active' })).toBe('active');
        expect((await client.next(5)).assignments.map(({ kind }) => kind)).toEqual(['work', 'work', 'work']);
        await fixture.app.inject({
          method: 'PATCH',
          url: `/api/projects/${id}`,
          headers: project.manager.token,
          payload: { state: 'paused' },
        });
        expect((await client.next(5)).own.isWaiting).toBe(true);
      });
    });

    it.each(['keep', 'reopen'] as const)('forget somebody (%s)', async (onErase) => {
      const settings = { labelsPerImage: 2, onErase };
      await withProject({ images: 6, people: 3, settings }, async (fixture, project, clients) => {
        const [gone, ...others] = clients;
        await gone!.labelAll();
        const url = await memberUrl(fixture, project, gone!.person);
        const before = (await fixture.store.annotation.collect(project.project.id))!;
        const erased = await fixture.app.inject({ method: 'DELETE', url, headers: gone!.person.token });
        expect(erased.statusCode).toBe(204);
        const after = (await fixture.store.annotation.collect(project.project.id))!;
        expect(after.answers).toHaveLength(onErase === 'keep' ? before.answers.length : 0);
        // Under another id than before
        expect(after.members.filter((id) => before.members.includes(id))).toHaveLength(2);
        const { members } = (
          await fixture.app.inject({
            url: `/api/projects/${project.project.id}/members`,
            headers: project.manager.token,
          })
        ).json<{ members: { user: unknown; seenAt: unknown }[] }>();
        expect(members.filter(({ user }) => user === null)).toMatchObject([{ seenAt: null }]);
        for (const client of others) await client.labelAll();
        expect((await counted(fixture, project)).images).toEqual(Array(6).fill(2));
        // Nothing of the person themselves is left
        const own = await fixture.app.inject({
          url: `/api/projects/${project.project.id}/own`,
          headers: gone!.person.token,
        });
        expect(own.statusCode).toBe(404);
      });
    });

    it('ask for more labels of images that need them', async () => {
      const settings = { labelsPerImage: 3, adaptive: { certainty: 0.99, least: 1 } };
      await withProject({ images: 5, people: 3, settings }, async (fixture, project, clients) => {
        for (const client of clients) await client.labelAll();
        expect((await counted(fixture, project)).images).toEqual([1, 1, 1, 1, 1]);
        const { tasks } = (await fixture.store.annotation.collect(project.project.id))!;
        await fixture.store.annotation.setWanted(project.project.id, new Map([[tasks[2]!.id, 3]]));
        for (const client of clients) await client.labelAll();
        expect((await counted(fixture, project)).images).toEqual([1, 1, 3, 1, 1]);
      });
    });

    it('have an arbiter settle what two say differently, and nothing else', async () => {
      await withProject(
        { images: 4, people: 3, settings: { labelsPerImage: 2, arbitration: true } },
        async (fixture, project, clients) => {
          const [one, other, arbiter] = clients;
          const url = await memberUrl(fixture, project, arbiter!.person);
          await fixture.app.inject({
            method: 'PATCH',
            url,
            headers: project.manager.token,
            payload: { role: 'arbiter' },
          });
          await one!.labelAll();
          const { assignments } = await other!.next(4);
          await other!.send(...assignments.map(({ id }, i) => eventOf(id, { answer: i < 2 ? SAD : HAPPY })));
          const disputed = (await arbiter!.next(5)).assignments;
          expect(disputed).toHaveLength(2);
          expect(disputed[0]).toMatchObject({ kind: 'arbitration', others: [HAPPY, SAD] });
          await arbiter!.labelAll(SAD);
          const { answers } = (await fixture.store.annotation.collect(project.project.id))!;
          expect(answers.filter(({ isArbitration }) => isArbitration).map(({ answer }) => answer)).toEqual([SAD, SAD]);
          expect(answers.filter(({ isArbitration }) => !isArbitration)).toHaveLength(8);
        },
      );
    });
  });
});
