import { join } from 'node:path';
import { Readable } from 'node:stream';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { EXPORTS, type Assignment } from '../contract/index.ts';
import { FolderStore } from '../files/folder-store.ts';
import { newTasks, openProject } from '../testing/annotation.ts';
import { withServer, type Fixture, type Person } from '../testing/fixture.ts';

it('exports are the managers’ of a project, and say what was answered', async () => {
  await withServer({ runs: false }, async (fixture) => {
    const { app } = fixture;
    const { project, people } = await openProject(fixture, { images: 6, people: 3, settings: { labelsPerImage: 3 } });
    const owner = await fixture.person('owner');
    const url = `/api/projects/${project.id}`;
    const get = (query: string, { token }: Person = owner) =>
      app.inject({ method: 'GET', url: `${url}/export${query}`, headers: token });

    expect((await get('?as=manifest')).json()).toMatchObject({
      error: { status: 409, message: expect.stringContaining('no image is labelled yet') as string },
    });
    const outcomes = await labelAll(fixture, url, people);
    expect(outcomes).toEqual(Array(18).fill('counted'));

    const votes = await get('');
    expect(votes.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(votes.headers['content-disposition']).toMatch(/^attachment; filename="[\w-]+-votes\.csv"$/);
    const [header, ...rows] = votes.body.trim().split('\n');
    expect(header).toBe('task,worker,label,time,active_seconds,outside');
    expect(rows).toHaveLength(18);
    expect(rows.every((row) => /^[^,]+,[0-9a-z]+,happiness,2\d{3}-[^,]+Z,1,$/.test(row))).toBe(true);
    // People are members: neither their names nor the ids of their accounts stand in any export
    const known = people.flatMap(({ user }) => [user.id, user.name]);

    const manifest = await get('?as=manifest&method=mv');
    expect(
      manifest.body
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { label: string }).label),
    ).toEqual(Array(6).fill('happiness'));
    const events = await get('?as=events');
    const lines = events.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(18);
    expect(lines[0]).toMatchObject({
      kind: 'answer',
      of: 'work',
      outcome: 'counted',
      answer: { expression: 'happiness' },
    });
    expect(new Set(lines.map(({ key }) => key)).size).toBe(18);
    for (const body of [votes.body, manifest.body, events.body])
      for (const name of known) expect(body).not.toContain(name);
    expect((await get('?as=coco')).json()).toMatchObject({ error: { message: 'the project asks for no points' } });
    expect((await get('?as=manifest&method=magic')).statusCode).toBe(400);
    expect((await get('?as=everything')).statusCode).toBe(400);

    // A manager of other projects, and an annotator of this one
    for (const as of EXPORTS) {
      expect((await get(`?as=${as}`, await fixture.person('manager'))).statusCode).toBe(404);
      expect((await get(`?as=${as}`, people[0])).statusCode).toBe(403);
    }
  });
});

it('an archive has the images, and breaks off where one is gone', async () => {
  await withServer({ runs: false }, async (fixture) => {
    const { app, folder, store } = fixture;
    const { project, people, manager } = await openProject(fixture, {
      images: 0,
      people: 1,
      settings: { labelsPerImage: 1 },
    });
    const files = await FolderStore.open(join(folder, 'uploads'));
    const { key } = await files.put(Readable.from([Buffer.from('an image')]));
    await store.annotation.tasks.add(project.id, [{ ...newTasks(['a/face.png'])[0]!, fileKey: key }]);
    const url = `/api/projects/${project.id}`;
    expect(await labelAll(fixture, url, people)).toEqual(['counted']);
    const archive = () =>
      app.inject({ method: 'GET', url: `${url}/export?as=raf-db&method=mv`, headers: manager.token });
    const { headers, rawPayload } = await archive();
    expect(headers['content-type']).toBe('application/zip');
    const entries = unzipSync(rawPayload);
    expect(Object.keys(entries).sort()).toEqual([
      'basic/EmoLabel/distribution_basic.txt',
      'basic/EmoLabel/list_patition_label.txt',
      'basic/Image/original/train_00001.png',
      'names.csv',
    ]);
    expect(Buffer.from(entries['basic/Image/original/train_00001.png']!).toString()).toBe('an image');
    expect(Buffer.from(entries['names.csv']!).toString()).toBe(
      'subset,file,image,source,license\nbasic,train_00001.png,a/face.png,,\n',
    );
    await files.remove(key);
    await expect(archive()).rejects.toThrow();
  });
});

/** Everybody labels all that they get. @returns the outcomes */
async function labelAll({ app }: Fixture, url: string, people: readonly Person[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const [p, { token }] of people.entries()) {
    const post = (path: string, payload: object) =>
      app.inject({ method: 'POST', url: `${url}/${path}`, headers: token, payload });
    const { assignments } = (await post('next', { count: 20 })).json<{ assignments: Assignment[] }>();
    const events = assignments.map(({ id }, i) => ({
      key: `key-${p}-${String(i).padStart(8, '0')}`,
      assignment: id,
      kind: 'answer',
      answer: { expression: 'happiness' },
      activeMs: 1000,
    }));
    const answer = await post('events', { events });
    for (const { outcome } of answer.json<{ results: { outcome: string }[] }>().results) outcomes.push(outcome);
  }
  return outcomes;
}
