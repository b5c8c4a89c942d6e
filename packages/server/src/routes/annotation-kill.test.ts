/**
 * Two processes on one PostgreSQL database plan, hand out and take labels, and are killed with -9 again and again: what was acknowledged
 * is stored once, and every image gets exactly its labels. With MIEN_KILL_IMAGES and MIEN_KILLS in the environment it takes longer.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore } from '../store/index.ts';
import { newTasks, settingsOf } from '../testing/annotation.ts';
import { findPostgres, startPostgres } from '../testing/postgres.ts';

const IMAGES = Number(process.env['MIEN_KILL_IMAGES'] ?? 60);
const KILLS = Number(process.env['MIEN_KILLS'] ?? 6);
const LABELS = 4;
const PEOPLE = 6;

const bin = findPostgres();
const built = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);

/** Annotators of one process: it tells each label that was acknowledged, and ends when there is nothing to do. */
const WORKER = `
const { openStore } = await import(${built('store/index.js')});
const [address, project, ...users] = process.argv.slice(1);
const store = await openStore({ postgres: address });
const { annotation } = store;
const annotate = async (user) => {
  for (let idle = 0; idle < 40; ) {
    const { project: own, member } = await annotation.projects.findFor(project, user);
    const { assignments, own: progress } = await annotation.work.next(own, member, 2, []);
    if (assignments.length === 0) {
      if (!progress.isWaiting) return;
      idle++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const events = assignments.map(({ id }) => ({
      key: process.pid + '-' + id, assignment: id, kind: 'answer', answer: { expression: 'happiness' }, activeMs: 1,
    }));
    const { results } = await annotation.work.take(own, member.id, events);
    for (const { key, outcome } of results) process.stdout.write(key + ' ' + outcome + '\\n');
  }
};
await Promise.all(users.map(annotate));
await store.close();
`;

describe.skipIf(bin === undefined)(`${IMAGES} images, ${PEOPLE} annotators and two processes`, () => {
  it('come to exactly the labels that are wanted, whichever process is killed', { timeout: 10 * 60_000 }, async () => {
    const postgres = await startPostgres(bin!);
    const address = await postgres.fresh();
    const store = await openStore({ postgres: address });
    const workers: ChildProcess[] = [];
    const acknowledged: string[] = [];
    try {
      const { annotation, accounts } = store;
      const users: string[] = [];
      for (let i = 0; i <= PEOPLE; i++) {
        const user = await accounts.create({ name: `person ${i}`, role: 'annotator', passwordHash: '' });
        if (typeof user !== 'string') users.push(user.id);
      }
      const [maker, ...people] = users;
      const { id } = await annotation.projects.create('a project', settingsOf({ labelsPerImage: LABELS }), maker!);
      await annotation.tasks.add(id, newTasks(Array.from({ length: IMAGES }, (_, i) => String(i))));
      await annotation.projects.change(id, { state: 'open' });
      for (const user of people) await annotation.members.join(id, user);

      const start = (half: number): ChildProcess => {
        const own = people.filter((_, i) => i % 2 === half);
        const child = spawn(process.execPath, ['--input-type=module', '--eval', WORKER, address, id, ...own], {
          cwd: fileURLToPath(new URL('.', import.meta.url)),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        createInterface({ input: child.stdout! }).on('line', (line) => acknowledged.push(line));
        workers.push(child);
        return child;
      };
      const running = [start(0), start(1)];
      for (let kill = 0; kill < KILLS; kill++) {
        const victim = running[kill % 2]!;
        const ended = once(victim, 'exit');
        // In the midst of its work, or when it is done with it
        await Promise.race([once(victim.stdout!, 'data'), ended]);
        victim.kill('SIGKILL');
        if (victim.exitCode === null && victim.signalCode === null) await ended;
        running[kill % 2] = start(kill % 2);
      }
      await Promise.all(
        running.map(async (child) => child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0]),
      );

      const { answers, tasks } = (await annotation.collect(id))!;
      const counts = tasks.map((_, i) => answers.filter(({ task, isCounted }) => task === i && isCounted).length);
      expect(new Set(counts)).toEqual(new Set([LABELS]));
      expect(new Set(answers.map(({ task, member }) => `${task} ${member}`)).size).toBe(answers.length);
      const loads = (await annotation.members.list(id)).map(({ done }) => done);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      // What was acknowledged is there; what a killed process could not acknowledge may be, too
      expect(new Set(acknowledged.map((line) => line.split(' ')[1]))).toEqual(new Set(['counted']));
      expect(new Set(acknowledged.map((line) => line.split(/[- ]/)[1])).size).toBe(acknowledged.length);
      expect(acknowledged.length).toBeLessThanOrEqual(answers.length);
    } finally {
      for (const child of workers) child.kill('SIGKILL');
      await store.close();
      await postgres.stop();
    }
  });
});
