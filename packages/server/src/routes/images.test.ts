/** Images of projects: what comes in, what is refused, who sees them, and what is left when they go. */
import { zipSync } from 'fflate';
import { rawImage } from 'mienjs';
import { encodeImage } from 'mienjs/image/node';
import type { FaceResult } from 'mienjs/results';
import { Random } from 'mienjs/tensor';
import type { z } from 'zod';
import { expect, it } from 'vitest';
import type { AnnotationTask, ImportAbout, importSchema } from '../contract/index.ts';
import { openProject, QUESTION, settingsOf, type TestProject } from '../testing/annotation.ts';
import { form, until, withServer, type Fixture } from '../testing/fixture.ts';

/** Blocks of random grey, which look different from one another. */
async function picture(seed: number, side = 64): Promise<Buffer> {
  const random = new Random(seed, 'picture');
  const blocks = Uint8Array.from({ length: 64 }, () => random.int(256));
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return blocks[Math.floor((y * 8) / side) * 8 + Math.floor((x * 8) / side)]!;
  });
  return Buffer.from(await encodeImage(rawImage(side, side, 1, data), 'png'));
}

type Outcome = z.infer<typeof importSchema>;

async function send(
  { app }: Fixture,
  { project, manager }: TestProject,
  files: Readonly<Record<string, Buffer | string>>,
  about?: object,
): Promise<{ status: number; outcome: Outcome }> {
  const { headers, payload } = form(files);
  const border = 'border-of-the-test';
  const field = `--${border}\r\nContent-Disposition: form-data; name="about"\r\n\r\n${JSON.stringify(about)}\r\n`;
  const answer = await app.inject({
    method: 'POST',
    url: `/api/projects/${project.id}/images`,
    headers: { ...headers, ...manager.token },
    payload: about === undefined ? payload! : Buffer.concat([Buffer.from(field), payload as Buffer]),
  });
  return { status: answer.statusCode, outcome: answer.json<Outcome>() };
}

async function list({ app }: Fixture, { project, manager }: TestProject, query = ''): Promise<AnnotationTask[]> {
  const url = `/api/projects/${project.id}/tasks${query}`;
  return (await app.inject({ url, headers: manager.token })).json<{ tasks: AnnotationTask[] }>().tasks;
}

it('takes files and archives; the wrong ones are named, and the others go on', async () => {
  await withServer({ limits: { photoBytes: 20_000 } }, async (fixture) => {
    const project = await openProject(fixture, { images: 0, people: 0 });
    const [a, b, c] = await Promise.all([picture(1), picture(2), picture(3)]);
    const archive = Buffer.from(
      zipSync({ 'folder/b.png': b, 'notes.txt': Buffer.from('text'), 'inner.zip': zipSync({ 'x.png': b }) }),
    );
    const about: ImportAbout = {
      all: { source: 'a search', license: 'CC BY 4.0' },
      files: { 'a.png': { keyword: 'joyful' }, 'c.ppm': { role: 'gold' } },
    };
    const ppm = Buffer.concat([Buffer.from('P6 2 2 255\n'), Buffer.from([...Array(12).keys()])]);
    const { status, outcome } = await send(
      fixture,
      project,
      {
        'a.png': a,
        'more.zip': archive,
        'cut.png': c.subarray(0, 200),
        'large.png': Buffer.alloc(20_001),
        'a/../../c.png': c,
        'c.ppm': ppm,
        'evil.zip': Buffer.from(zipSync({ '../x.png': c })),
        'd.ppm': ppm,
      },
      about,
    );
    expect(status).toBe(200);
    expect(outcome).toMatchObject({ added: 3, duplicates: [] });
    const reasons = Object.fromEntries(outcome.refused.map(({ file, error }) => [file, error]));
    expect(reasons).toEqual({
      'notes.txt': expect.stringMatching(/^is not an image/) as string,
      'inner.zip': 'is an archive within an archive',
      'cut.png': expect.stringMatching(/truncated or damaged/) as string,
      'large.png': 'has more than the limit of 20000 bytes',
      'a/../../c.png': 'has a name that cannot be kept',
      'c.ppm': 'is to be a gold item, but has no known answer',
      'evil.zip': expect.stringMatching(/^is not an archive that can be read/) as string,
    });
    const tasks = await list(fixture, project);
    expect(tasks.map(({ name, keyword, width }) => [name, keyword, width])).toEqual([
      ['d.ppm', null, 2],
      ['folder/b.png', null, 64],
      ['a.png', 'joyful', 64],
    ]);
    expect(tasks[0]).toMatchObject({ source: 'a search', license: 'CC BY 4.0', role: 'work', wanted: 40, counted: 0 });
    expect(await fixture.uploads()).toHaveLength(3);
    // What browsers do not show is stored as PNG
    const url = `/api/projects/${project.project.id}/tasks/${tasks[0]!.id}/image`;
    const shown = await fixture.app.inject({ url, headers: project.manager.token });
    expect([shown.statusCode, shown.headers['content-type'], shown.rawPayload.subarray(1, 4).toString()]).toEqual([
      200,
      'image/png',
      'PNG',
    ]);
    expect(shown.headers['cache-control']).toMatch(/^private, /);
  });
});

it('adds the same bytes once, and marks what looks the same', async () => {
  await withServer({}, async (fixture) => {
    const project = await openProject(fixture, { images: 0, people: 0 });
    const [small, large, other] = [await picture(1, 64), await picture(1, 128), await picture(2)];
    const first = await send(fixture, project, { 'small.png': small, 'again.png': small, 'other.png': other });
    expect(first.outcome).toEqual({ added: 2, duplicates: [{ file: 'again.png', of: 'small.png' }], refused: [] });
    const second = await send(fixture, project, { 'other.png': other, 'large.png': large, 'small.png': large });
    expect(second.outcome).toEqual({
      added: 1,
      duplicates: [
        { file: 'other.png', of: 'other.png' },
        { file: 'large.png', of: 'small.png' },
        { file: 'small.png', of: 'large.png' },
      ],
      refused: [],
    });
    const tasks = await list(fixture, project);
    const small_ = tasks.find(({ name }) => name === 'small.png')!;
    expect(tasks.map(({ name, duplicateOf }) => [name, duplicateOf])).toEqual([
      ['large.png', small_.id],
      ['other.png', null],
      ['small.png', null],
    ]);
    expect((await list(fixture, project, '?limit=1')).map(({ name }) => name)).toEqual(['large.png']);
    expect((await list(fixture, project, `?before=${tasks[1]!.id}`)).map(({ name }) => name)).toEqual(['small.png']);
    const clash = await send(fixture, project, { 'other.png': await picture(9) });
    expect(clash.outcome.refused).toEqual([
      { file: 'other.png', error: 'has the name of another image of the project' },
    ]);
  });
});

it('refuses forms that are none, and leaves nothing of them', async () => {
  await withServer({}, async (fixture) => {
    const project = await openProject(fixture, { images: 0, people: 0 });
    expect((await send(fixture, project, {})).status).toBe(400);
    expect((await send(fixture, project, { 'a.png': await picture(1) }, { all: { role: 'boss' } })).status).toBe(400);
    const { headers, payload } = form({ 'a.png': await picture(1), 'b.png': await picture(2) });
    const url = `/api/projects/${project.project.id}/images`;
    const cut = await fixture.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, ...project.manager.token },
      payload: (payload as Buffer).subarray(0, -50),
    });
    expect(cut.statusCode).toBe(400);
    expect([await fixture.uploads(), await list(fixture, project)]).toEqual([[], []]);
  });
});

it('changes what an image is for, unless somebody has it', async () => {
  await withServer({}, async (fixture) => {
    const project = await openProject(fixture, { images: 1, people: 1 });
    const { app } = fixture;
    const headers = project.manager.token;
    const url = `/api/projects/${project.project.id}`;
    const [task] = await list(fixture, project);
    const patch = (payload: object) =>
      app.inject({ method: 'PATCH', url: `${url}/tasks/${task!.id}`, headers, payload });
    expect((await patch({ role: 'gold' })).statusCode).toBe(409);
    expect((await patch({ gold: { expression: 'joy' } })).statusCode).toBe(400);
    expect((await patch({ role: 'gold', gold: { expression: 'sadness' } })).json()).toMatchObject({ role: 'gold' });
    expect((await patch({ role: 'work' })).statusCode).toBe(200);
    await app.inject({ method: 'POST', url: `${url}/next`, headers: project.people[0]!.token, payload: {} });
    expect((await patch({ role: 'gold' })).statusCode).toBe(409);
    expect((await patch({ feedback: 'look at the mouth' })).json()).toMatchObject({ feedback: 'look at the mouth' });
  });
});

it('removes the files with the project, and when its time is over', async () => {
  await withServer({}, async (fixture) => {
    const { app, store } = fixture;
    const settings = { retentionDays: 1 };
    const [one, other] = [
      await openProject(fixture, { images: 0, people: 0 }),
      await openProject(fixture, { images: 0, people: 0, settings }),
    ];
    await send(fixture, one, { 'a.png': await picture(1) });
    await send(fixture, other, { 'a.png': await picture(1) });
    const [kept] = (await fixture.uploads()).sort();
    expect(await store.annotation.tasks.needsFile(kept!)).toBe(true);
    expect(await store.jobs.needsFile(kept!)).toBe(false);
    const url = `/api/projects/${one.project.id}`;
    expect((await app.inject({ method: 'DELETE', url, headers: one.manager.token })).statusCode).toBe(204);
    expect(await fixture.uploads()).toHaveLength(1);
    expect(await store.annotation.tasks.needsFile(kept!)).toBe(false);
    // Open, or closed for less than a day
    expect(await store.annotation.projects.sweep()).toEqual([]);
    await store.annotation.projects.change(other.project.id, { state: 'closed' });
    expect(await store.annotation.projects.sweep()).toEqual([]);
    // As if it had been closed the day before
    await store.annotation.projects.change(other.project.id, { settings: { ...settingsOf(), retentionDays: -1 } });
    expect(await store.annotation.projects.sweep()).toEqual(await fixture.uploads());
    expect((await list(fixture, other)).map(({ name }) => name)).toEqual(['a.png']);
  });
});

/** A face whose landmarks lie on a line, but for the eyes and the mouth. */
const FACE: FaceResult = {
  box: { x: 10, y: 20, width: 100, height: 120 },
  score: 0.9,
  landmarks: Array.from({ length: 68 }, (_, i): [number, number] => [i, 2 * i]),
  pose: { yawDeg: 0, pitchDeg: 0, rollDeg: 0 },
  expressions: { happiness: 0.8, sadness: 0.2 },
  top: 'happiness',
  confidence: 0.8,
  uncertain: false,
  quality: { size: 100, sharpness: 1, yawDeg: 0, presence: 1, cut: 0 },
};

it('proposes boxes and points in the background, and shows the model only where the project says so', async () => {
  for (const showsModel of [false, true])
    await withServer({}, async (fixture) => {
      const { app, recognition } = fixture;
      const five = ['left-eye', 'right-eye', 'nose-tip', 'left-mouth', 'right-mouth'];
      const questions = [
        QUESTION,
        { kind: 'box' as const, key: 'face', title: 'Face' },
        { kind: 'points' as const, key: 'five', title: 'Five', points: five.map((value) => ({ value, title: value })) },
        { kind: 'points' as const, key: 'ears', title: 'Ears', points: [{ value: 'ear', title: 'Ear' }] },
      ];
      const project = await openProject(fixture, { images: 0, people: 1, settings: { questions, showsModel } });
      await send(fixture, project, { 'a.png': await picture(1) });
      recognition.faces = [FACE];
      const url = `/api/projects/${project.project.id}`;
      const headers = project.manager.token;
      const job = await app.inject({ method: 'POST', url: `${url}/proposals`, headers });
      expect([job.statusCode, job.json()]).toMatchObject([202, { kind: 'propose', total: 1 }]);
      await until(async () => (await list(fixture, project))[0]!.proposal !== null);
      const [{ proposal }] = (await list(fixture, project)) as [AnnotationTask];
      expect(proposal!.landmarks).toHaveLength(37);
      expect(proposal!.landmarks.at(-1)).toEqual([64, 128]);
      expect(proposal!.expressions).toEqual(FACE.expressions);
      const drawn = {
        face: FACE.box,
        five: [38.5, 44.5, 30, 48, 54].map((x) => ({ x, y: 2 * x, hidden: false })),
      };
      expect(proposal!.answer).toEqual(drawn);
      const next = await app.inject({
        method: 'POST',
        url: `${url}/next`,
        headers: project.people[0]!.token,
        payload: {},
      });
      const [assignment] = next.json<{ assignments: { proposal: unknown }[] }>().assignments;
      expect(assignment!.proposal).toEqual(showsModel ? { ...drawn, expression: 'happiness' } : drawn);
      // A job's results say nothing of the images
      const { id } = job.json<{ id: string }>();
      await until(async () => (await fixture.store.jobs.find(id))!.state === 'done');
      const results = await app.inject({ url: `/api/jobs/${id}/results`, headers });
      expect(results.body).not.toMatch(/a\.png|happiness/);
      expect((await app.inject({ method: 'POST', url: `${url}/proposals`, headers })).statusCode).toBe(409);
    });
});
