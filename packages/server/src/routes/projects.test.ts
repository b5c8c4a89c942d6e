/** Projects from outside: who sees what of whom, and what their states and settings allow. */
import { describe, expect, it } from 'vitest';
import type { Assignment, Project } from '../contract/index.ts';
import { openProject, QUESTION, settingsOf } from '../testing/annotation.ts';
import { withServer, type Fixture, type Person } from '../testing/fixture.ts';

const asker =
  ({ app }: Fixture, { token }: Person) =>
  async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, headers: token, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.body };
  };

/** Every request about a project, its image, its member and its work. */
const requestsOf = (project: string, task: string, member: string, assignment: string) =>
  [
    ['GET', `/api/projects/${project}`],
    ['PATCH', `/api/projects/${project}`, { name: 'mine' }],
    ['DELETE', `/api/projects/${project}`],
    ['POST', `/api/projects/${project}/images`, {}],
    ['GET', `/api/projects/${project}/tasks`],
    ['PATCH', `/api/projects/${project}/tasks/${task}`, { feedback: 'mine' }],
    ['GET', `/api/projects/${project}/tasks/${task}/image`],
    ['POST', `/api/projects/${project}/proposals`],
    ['POST', `/api/projects/${project}/join`, { consents: true }],
    ['GET', `/api/projects/${project}/members`],
    ['POST', `/api/projects/${project}/members`, { users: ['0'.repeat(26)] }],
    ['PATCH', `/api/projects/${project}/members/${member}`, { state: 'left' }],
    ['DELETE', `/api/projects/${project}/members/${member}`],
    ['GET', `/api/projects/${project}/own`],
    ['GET', `/api/projects/${project}/quality`],
    ['GET', `/api/projects/${project}/export`],
    ['POST', `/api/projects/${project}/next`, {}],
    [
      'POST',
      `/api/projects/${project}/events`,
      { events: [{ key: 'key-of-a-stranger', assignment, kind: 'answer', answer: { expression: 'sadness' } }] },
    ],
  ] as const;

describe('a project', () => {
  it('is unknown to annotators who are not members, and to other managers; owners manage all', async () => {
    await withServer({}, async (fixture) => {
      const made = await openProject(fixture, { images: 2, people: 1 });
      const { id } = made.project;
      const { annotation } = fixture.store;
      const member = (await annotation.projects.findFor(id, made.people[0]!.user.id))!.member!;
      const { assignments } = JSON.parse(
        (await asker(fixture, made.people[0]!)('POST', `/api/projects/${id}/next`, {})).body,
      ) as { assignments: Assignment[] };
      const task = assignments[0]!.image.split('/')[5]!;
      const requests = requestsOf(id, task, member.id, assignments[0]!.id);
      const before = JSON.stringify(await annotation.collect(id));
      for (const role of ['annotator', 'manager'] as const) {
        const ask = asker(fixture, await fixture.person(role));
        for (const [method, url, payload] of requests) {
          const { status, body } = await ask(method, url, payload);
          // What a role may never do is refused before the project is looked for
          expect([method, url, status]).toEqual([method, url, role === 'annotator' && status === 403 ? 403 : 404]);
          expect(body).not.toContain(made.project.name);
        }
        expect(JSON.parse((await ask('GET', '/api/projects')).body)).toEqual({ projects: [] });
      }
      expect(JSON.stringify(await annotation.collect(id))).toBe(before);
      expect((await annotation.members.list(id)).map(({ state }) => state)).toEqual(['active']);
      const asOwner = asker(fixture, await fixture.person('owner'));
      expect((await asOwner('GET', `/api/projects/${id}/tasks`)).status).toBe(200);
      expect(JSON.parse((await asOwner('GET', '/api/projects')).body)).toMatchObject({
        projects: [{ id, manages: true }],
      });
    });
  });

  it('shows a member their own work, and neither others’ answers and names nor what is silent', async () => {
    await withServer({}, async (fixture) => {
      const settings = { labelsPerImage: 1, goldShare: 0.3 };
      const made = await openProject(fixture, { images: 2, people: 2, settings });
      const url = `/api/projects/${made.project.id}`;
      const [one, other] = made.people as [Person, Person];
      const [askOne, askOther] = [asker(fixture, one), asker(fixture, other)];
      const next = async (ask: typeof askOne): Promise<Assignment> =>
        (JSON.parse((await ask('POST', `${url}/next`, {})).body) as { assignments: Assignment[] }).assignments[0]!;
      const [first, second] = [await next(askOne), await next(askOther)];
      // One image each: the other's is not shown
      expect((await askOne('GET', second.image)).status).toBe(404);
      expect((await askOther('GET', first.image)).status).toBe(404);
      const sad = { kind: 'answer', answer: { expression: 'sadness' } };
      const stolen = await askOther('POST', `${url}/events`, {
        events: [{ ...sad, key: 'key-1234', assignment: first.id }],
      });
      expect(JSON.parse(stolen.body)).toMatchObject({ results: [{ outcome: 'refused' }] });
      await askOne('POST', `${url}/events`, { events: [{ ...sad, key: 'key-1234', assignment: first.id }] });

      const member = (await fixture.store.annotation.projects.findFor(made.project.id, one.user.id))!.member!;
      for (const path of [`${url}/members`, `${url}/tasks`]) expect((await askOther('GET', path)).status).toBe(403);
      for (const method of ['PATCH', 'DELETE'] as const)
        expect((await askOther(method, `${url}/members/${member.id}`, { state: 'left' })).status).toBe(404);
      const seen = await Promise.all(['/api/projects', url, `${url}/own`].map((path) => askOther('GET', path)));
      for (const { status, body } of seen) {
        expect(status).toBe(200);
        for (const secret of [one.user.id, one.user.name, member.id]) expect(body).not.toContain(secret);
      }
      expect(JSON.parse(seen[1]!.body)).toMatchObject({ labels: null, manages: false, settings: { goldShare: 0 } });
      const own = JSON.parse((await askOne('GET', `${url}/own`)).body) as object;
      expect(own).toMatchObject({
        member: { id: member.id, state: 'active' },
        answers: [{ answer: { expression: 'sadness' } }],
        events: [{ key: 'key-1234', outcome: 'counted' }],
      });
      // About oneself one may only say that one leaves
      expect((await askOne('PATCH', `${url}/members/${member.id}`, { role: 'manager' })).status).toBe(409);
      expect((await askOne('PATCH', `${url}/members/${member.id}`, { state: 'left' })).status).toBe(200);
      expect((await askOne('GET', first.image)).status).toBe(404);
    });
  });

  it('is managed by members whom its manager makes managers, if they are such on this server', async () => {
    await withServer({}, async (fixture) => {
      const made = await openProject(fixture, { images: 1, people: 0 });
      const url = `/api/projects/${made.project.id}`;
      const ask = asker(fixture, made.manager);
      const [manager, annotator, viewer] = [
        await fixture.person('manager'),
        await fixture.person('annotator'),
        await fixture.person('viewer'),
      ];
      const add = async ({ user }: Person, role: string): Promise<number> =>
        (await ask('POST', `${url}/members`, { users: [user.id], role })).status;
      expect([await add(manager, 'manager'), await add(annotator, 'manager'), await add(viewer, 'annotator')]).toEqual([
        200, 409, 409,
      ]);
      expect((await ask('POST', `${url}/members`, { users: ['0'.repeat(26)] })).status).toBe(400);
      expect((await asker(fixture, manager)('GET', `${url}/members`)).status).toBe(200);
    });
  });

  it('asks for consent, and is open to whom it says', async () => {
    await withServer({}, async (fixture) => {
      const made = await openProject(fixture, {
        images: 1,
        people: 0,
        settings: { openTo: 'annotators', consent: 'We keep…' },
      });
      const url = `/api/projects/${made.project.id}`;
      const ask = asker(fixture, await fixture.person('annotator'));
      expect(JSON.parse((await ask('GET', url)).body)).toMatchObject({ own: null });
      expect((await ask('POST', `${url}/next`, {})).status).toBe(404);
      expect((await ask('POST', `${url}/join`, { consents: false })).status).toBe(400);
      expect((await ask('POST', `${url}/join`, { consents: true })).status).toBe(200);
      expect(JSON.parse((await ask('POST', `${url}/next`, {})).body)).toMatchObject({
        assignments: [{ kind: 'work' }],
      });
      await asker(fixture, made.manager)('PATCH', url, { state: 'paused' });
      expect(JSON.parse((await ask('POST', `${url}/next`, {})).body)).toMatchObject({ assignments: [] });
    });
  });

  it('keeps its questions once they have answers; what cannot be is refused', async () => {
    await withServer({}, async (fixture) => {
      const made = await openProject(fixture, { images: 2, people: 1 });
      const url = `/api/projects/${made.project.id}`;
      const ask = asker(fixture, made.manager);
      const settings = settingsOf({ questions: [{ ...QUESTION, key: 'other' }] });
      expect((await ask('PATCH', url, { settings })).status).toBe(200);
      expect((await ask('PATCH', url, { settings: settingsOf({ labelsPerImage: 3 }) })).status).toBe(200);
      expect(JSON.parse((await ask('GET', url)).body) as Project).toMatchObject({ labels: { given: 0, wanted: 6 } });
      const work = asker(fixture, made.people[0]!);
      const { assignments } = JSON.parse((await work('POST', `${url}/next`, {})).body) as { assignments: Assignment[] };
      const events = [
        { key: 'key-1234', assignment: assignments[0]!.id, kind: 'answer', answer: { expression: 'sadness' } },
      ];
      await work('POST', `${url}/events`, { events });
      expect((await ask('PATCH', url, { settings })).status).toBe(409);
      const retitled = settingsOf({ questions: [{ ...QUESTION, title: 'What do you see?' }] });
      expect((await ask('PATCH', url, { settings: retitled })).status).toBe(200);
      expect((await ask('PATCH', url, { state: 'draft' })).status).toBe(409);
      for (const wrong of [
        { questions: [QUESTION, QUESTION] },
        { arbitration: true, labelsPerImage: 3 },
        { questions: [{ ...QUESTION, options: [QUESTION.options[0]!, QUESTION.options[0]!] }] },
      ])
        expect((await ask('POST', '/api/projects', { name: 'x', settings: settingsOf(wrong as object) })).status).toBe(
          400,
        );
    });
  });
});
