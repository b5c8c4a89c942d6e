/** Jobs: none is lost, none is done twice, whatever happens to those who work on them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stopped } from '../recognition/recognition.ts';
import { form, until, withServer as serve, type Fixture, type FixtureSettings } from '../testing/fixture.ts';
import { findPostgres, startPostgres, type Postgres } from '../testing/postgres.ts';
import { JobRunner, MOST_ATTEMPTS, type Handler } from './runner.ts';

const photosOf = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, i % 5 === 4 ? 'bad' : 'photo']));

interface JobAnswer {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

async function upload({ app }: Fixture, count: number, headers: Record<string, string> = {}): Promise<JobAnswer> {
  const photos = form(photosOf(count));
  const answer = await app.inject({
    method: 'POST',
    url: '/api/jobs',
    ...photos,
    headers: { ...photos.headers, ...headers },
  });
  expect([200, 202]).toContain(answer.statusCode);
  return answer.json<JobAnswer>();
}

const find = async ({ app }: Fixture, id: string): Promise<JobAnswer> =>
  (await app.inject(`/api/jobs/${id}`)).json<JobAnswer>();

const finished = (fixture: Fixture, id: string): Promise<void> =>
  until(async () => (await find(fixture, id)).state === 'done');

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

  const withServer = async (settings: FixtureSettings, test: (fixture: Fixture) => Promise<void>): Promise<void> =>
    serve({ ...settings, ...(postgres ? { where: { postgres: await postgres.fresh() } } : {}) }, test);

  describe.skipIf(isMissing)('a batch', () => {
    it('is recognised in the background, in order, and its photos are removed', async () => {
      await withServer({}, async (fixture) => {
        const { id, total } = await upload(fixture, 12);
        expect(total).toBe(12);
        await finished(fixture, id);
        expect(await find(fixture, id)).toMatchObject({ state: 'done', done: 10, failed: 2 });
        const { model, images } = (await fixture.app.inject(`/api/jobs/${id}/results`)).json<{
          model: string;
          images: { file: string; error?: string }[];
        }>();
        expect([model, images.map(({ file }) => file)]).toEqual(['stub', Object.keys(photosOf(12))]);
        expect(images[4]!.error).toBe('4.jpg: is not an image');
        const csv = await fixture.app.inject(`/api/jobs/${id}/results?format=csv`);
        expect(csv.body.trimEnd().split('\n')).toHaveLength(13);
        await until(async () => (await fixture.uploads()).length === 0);
        expect((await fixture.app.inject({ method: 'DELETE', url: `/api/jobs/${id}` })).statusCode).toBe(204);
        expect((await fixture.app.inject(`/api/jobs/${id}`)).statusCode).toBe(404);
      });
    });

    it('gives the results that are there, before it is finished, on demand only', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const { id } = await upload(fixture, 3);
        const refused = await fixture.app.inject(`/api/jobs/${id}/results`);
        expect([refused.statusCode, refused.json()]).toEqual([
          409,
          { error: { status: 409, message: expect.stringContaining('0 of 3 photos') as string } },
        ]);
        const partial = await fixture.app.inject(`/api/jobs/${id}/results?partial=true`);
        expect(partial.json()).toEqual({ model: 'stub', images: [] });
      });
    });

    it('is made once, however often the request is repeated', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const key = { 'idempotency-key': 'this one' };
        const first = await upload(fixture, 2, key);
        expect((await upload(fixture, 2, key)).id).toBe(first.id);
        const both = await Promise.all([
          upload(fixture, 2, { 'idempotency-key': 'other' }),
          upload(fixture, 2, { 'idempotency-key': 'other' }),
        ]);
        expect(both[0]!.id).toBe(both[1]!.id);
        expect((await upload(fixture, 2)).id).not.toBe(first.id);
        expect(await fixture.uploads()).toHaveLength(6);
      });
    });

    it('that is cancelled does nothing more, and leaves no photo', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const { id } = await upload(fixture, 3);
        const [taken] = await fixture.store.jobs.claim(1, 60_000);
        const canceled = await fixture.app.inject({ method: 'POST', url: `/api/jobs/${id}/cancel` });
        expect(canceled.json()).toMatchObject({ state: 'canceled', total: 3, done: 0 });
        expect(await fixture.uploads()).toEqual([]);
        // Who was at work on it finds that it is over
        expect(await fixture.store.jobs.finish(taken!, { ok: true, result: {} })).toBe(false);
        expect(await fixture.store.jobs.claim(10, 60_000)).toEqual([]);
        expect((await fixture.app.inject({ method: 'POST', url: `/api/jobs/${id}/cancel` })).statusCode).toBe(409);
      });
    });

    it('whose upload breaks off leaves nothing', async () => {
      await withServer({ runs: false, limits: { photoBytes: 100 } }, async ({ app, store, uploads }) => {
        const whole = form({ 'a.jpg': 'photo', 'b.jpg': 'photo' });
        const cut = { ...whole, payload: (whole.payload as Buffer).subarray(0, -40) };
        const large = form({ 'a.jpg': 'photo', 'b.jpg': 'x'.repeat(101) });
        const statuses = [];
        for (const request of [cut, large])
          statuses.push((await app.inject({ method: 'POST', url: '/api/jobs', ...request })).statusCode);
        expect(statuses).toEqual([400, 413]);
        expect([await uploads(), await store.jobs.list(10, {})]).toEqual([[], []]);
      });
    });
  });

  describe.skipIf(isMissing)('a lease', () => {
    it('is one at a time, ends, and only its holder finishes the item', async () => {
      await withServer({ runs: false }, async (fixture) => {
        await upload(fixture, 1);
        const { jobs } = fixture.store;
        // Held for no time, as if its holder had been killed long ago
        const [first] = await jobs.claim(5, -1);
        const [second] = await jobs.claim(5, 60_000);
        expect([second!.id, second!.attempt]).toEqual([first!.id, 2]);
        expect(await jobs.claim(5, 60_000)).toEqual([]);
        expect(await jobs.finish(first!, { ok: true, result: { from: 'first' } })).toBe(false);
        expect(await jobs.finish(second!, { ok: true, result: { from: 'second' } })).toBe(true);
        expect(await jobs.finish(second!, { ok: true, result: { from: 'again' } })).toBe(false);
        const results = [];
        for await (const result of jobs.results(second!.jobId)) results.push(result);
        expect(results).toEqual([{ from: 'second' }]);
      });
    });

    it('is renewed while the work goes on', async () => {
      await withServer({ runs: false }, async (fixture) => {
        await upload(fixture, 1);
        const [item] = await fixture.store.jobs.claim(1, -1);
        await fixture.store.jobs.renew([item!.lease], 60_000);
        expect(await fixture.store.jobs.claim(1, 60_000)).toEqual([]);
      });
    });
  });

  describe.skipIf(isMissing)('work', () => {
    const runWith = async (fixture: Fixture, handler: Handler, test: () => Promise<void>): Promise<void> => {
      const runner = new JobRunner({
        store: fixture.store,
        handlers: { recognize: handler },
        width: 2,
        onProblem: (message) => fixture.logs.push(message),
      });
      runner.start();
      try {
        await test();
      } finally {
        await runner.stop();
      }
    };

    it('that fails is tried again, and then given up', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const { id } = await upload(fixture, 2);
        const tries: unknown[] = [];
        const handler: Handler = {
          work({ payload, attempt }) {
            const { file } = payload as { file: string };
            tries.push([file, attempt]);
            if (file === '0.jpg') throw new Error('it broke');
            return Promise.resolve({ ok: true, result: { file } });
          },
          giveUp: (_, reason) => ({ ok: false, result: { reason } }),
        };
        await runWith(fixture, handler, () => finished(fixture, id));
        expect(tries.filter((one) => (one as string[])[0] === '0.jpg')).toEqual(
          Array.from({ length: MOST_ATTEMPTS }, (_, i) => ['0.jpg', i + 1]),
        );
        const results = [];
        for await (const result of fixture.store.jobs.results(id)) results.push(result);
        expect(results).toEqual([{ reason: 'it broke' }, { file: '1.jpg' }]);
      });
    });

    it('that is not begun because the server stops goes on later, and counts as no attempt', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const { id } = await upload(fixture, 1);
        let begun = 0;
        fixture.recognition.before = () => {
          begun++;
          return Promise.reject(new Stopped());
        };
        fixture.runner.start();
        await until(() => begun > 0 && fixture.runner.inWork === 0);
        await fixture.runner.stop();
        expect((await find(fixture, id)).state).toBe('queued');
        const [again] = await fixture.store.jobs.claim(1, 60_000);
        expect(again!.attempt).toBe(1);
      });
    });

    it('of several who share it is done once each', async () => {
      await withServer({ runs: false }, async (fixture) => {
        const { id } = await upload(fixture, 60);
        const counts = new Map<string, number>();
        const handler: Handler = {
          async work({ payload }) {
            const { file } = payload as { file: string };
            counts.set(file, (counts.get(file) ?? 0) + 1);
            await new Promise((resolve) => setImmediate(resolve));
            return { ok: true, result: { file } };
          },
          giveUp: () => ({ ok: false, result: {} }),
        };
        await runWith(fixture, handler, () => runWith(fixture, handler, () => finished(fixture, id)));
        expect([counts.size, Math.max(...counts.values())]).toEqual([60, 1]);
      });
    });
  });
});
