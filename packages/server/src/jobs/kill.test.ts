/**
 * Several processes on one PostgreSQL database, killed with -9 again and again: no item is lost, none is done twice. With
 * MIEN_KILL_ITEMS=1000 and MIEN_KILLS=40 in the environment it takes minutes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore } from '../store/index.ts';
import { until } from '../testing/fixture.ts';
import { findPostgres, startPostgres } from '../testing/postgres.ts';

const ITEMS = Number(process.env['MIEN_KILL_ITEMS'] ?? 200);
const KILLS = Number(process.env['MIEN_KILLS'] ?? 6);

const bin = findPostgres();
const built = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);

/** A server that only works on jobs; it says when it has finished an item. */
const WORKER = `
const { openStore } = await import(${built('store/index.js')});
const { JobRunner } = await import(${built('jobs/runner.js')});
const store = await openStore({ postgres: process.argv[1] });
const handler = {
  async work({ payload }) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return { ok: true, result: { ...payload, by: process.pid } };
  },
  giveUp: (_, reason) => ({ ok: false, result: { reason } }),
  clear: async () => process.stdout.write('.'),
};
new JobRunner({ store, handlers: { count: handler }, width: 4, leaseMs: 400, pollMs: 50, onProblem: () => undefined }).start();
`;

describe.skipIf(bin === undefined)(`${ITEMS} items and two processes`, () => {
  it('are done once each, whichever process is killed', { timeout: 20 * 60_000 }, async () => {
    const postgres = await startPostgres(bin!);
    const address = await postgres.fresh();
    const store = await openStore({ postgres: address });
    const workers: ChildProcess[] = [];
    const start = (): ChildProcess => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', WORKER, address], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      workers.push(child);
      return child;
    };
    try {
      const { id } = await store.jobs.create({
        kind: 'count',
        ownerId: null,
        settings: {},
        items: Array.from({ length: ITEMS }, (_, number) => ({ payload: { number }, fileKey: null })),
      });
      const running = [start(), start()];
      for (let kill = 0; kill < KILLS; kill++) {
        const victim = running[kill % 2]!;
        // In the midst of its work
        await Promise.race([
          once(victim.stdout!, 'data'),
          until(async () => (await store.jobs.find(id))!.state === 'done'),
        ]);
        const ended = once(victim, 'exit');
        victim.kill('SIGKILL');
        await ended;
        running[kill % 2] = start();
      }
      await until(async () => (await store.jobs.find(id))!.state === 'done');
      expect(await store.jobs.find(id)).toMatchObject({ total: ITEMS, done: ITEMS, failed: 0 });
      const numbers = [];
      for await (const result of store.jobs.results(id)) numbers.push((result as { number: number }).number);
      expect(numbers).toEqual(Array.from({ length: ITEMS }, (_, number) => number));
    } finally {
      for (const child of workers) child.kill('SIGKILL');
      await store.close();
      await postgres.stop();
    }
  });
});
