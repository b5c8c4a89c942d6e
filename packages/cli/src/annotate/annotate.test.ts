/** `mien annotate` against a server as `mien serve` runs it, and docs/guides/annotate.md, whose annotators are simulated. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rawImage } from 'mienjs';
import { writeImage } from 'mienjs/image/node';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { Random } from 'mienjs/tensor';
import { parseModelCard } from 'mienjs/train';
import { runMain, type Run } from 'mien-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { Session } from './accounts.ts';
import { Api } from './api.ts';
import { simulateAnnotator, taskNames } from './simulated.ts';

const MIEN = fileURLToPath(new URL('../../bin/mien.js', import.meta.url));
const GUIDE = new URL('../../../../docs/guides/annotate.md', import.meta.url);
const PASSWORD = 'correct horse battery';
const home = process.cwd();

let folder = '';
let child: ChildProcess;
let url = '';
let owner: Session;
let api: Api;

const mien = (...args: string[]): Promise<Run> => runMain(main, ['annotate', ...args]);

/** Stripes whose width depends on the class, so that a network can tell them apart, also mirrored. */
function drawFace(expression: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: 64 * 64 }, (_, i) => {
    const y = Math.floor(i / 64);
    return 60 + 20 * expression + 50 * Math.sin(y * 0.1 * 1.55 ** expression + seed) + ((i * 31 + seed * 17) % 20);
  });
}

/** @returns the first line of JSON that a program prints */
async function firstJson<T>(program: ChildProcess): Promise<T> {
  let text = '';
  for await (const chunk of program.stdout!) {
    text += String(chunk);
    if (text.endsWith('}\n')) break;
  }
  return JSON.parse(text) as T;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-annotate-'));
  const args = [
    'serve',
    '--require-sign-in',
    '--port',
    '0',
    '--data',
    join(folder, 'data'),
    '--processes',
    '1',
    '--json',
  ];
  child = spawn(process.execPath, [MIEN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const server = await firstJson<{ url: string; ownerLink: string }>(child);
  ({ url } = server);
  owner = await Session.join(url, server.ownerLink, 'owner', PASSWORD);
  const secret = await owner.token('command');
  api = new Api(url, secret);
  process.env['MIEN_SERVER'] = url;
  process.env['MIEN_TOKEN'] = secret;
}, 60_000);

afterAll(async () => {
  process.chdir(home);
  delete process.env['MIEN_SERVER'];
  delete process.env['MIEN_TOKEN'];
  child.kill('SIGTERM');
  await once(child, 'exit');
  await rm(folder, { recursive: true });
});

describe('a server', () => {
  it('that is not there, or wants a token, is an error in one line', async () => {
    const fails = async (message: string, ...args: string[]): Promise<void> => {
      const { status, stdout, stderr } = await mien(...args);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*\n$/);
      expect(stderr).toContain(message);
    };
    await fails('http://127.0.0.1:1: cannot be reached (', 'list', '--server', 'http://127.0.0.1:1');
    await fails('here: is not the address of a server', 'list', '--server', 'here');
    await fails('nothing: there is no such project', 'export', 'nothing', '--out', join(folder, 'x.csv'));
    const token = process.env['MIEN_TOKEN']!;
    process.env['MIEN_TOKEN'] = 'mien_wrong';
    await fails(`${url}: the token is not valid`, 'list');
    process.env['MIEN_TOKEN'] = '';
    await fails('MIEN_TOKEN: is not set', 'list');
    process.env['MIEN_TOKEN'] = token;
  });

  it('gets projects by preset and by settings, not by wrong ones', async () => {
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{"openTo":"nobody"}');
    expect(await mien('create', 'wrong', '--preset', 'expressions', '--settings', settings)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/settings\.json: openTo: [^\n]+\n$/) as string,
    });
    const { stdout } = await mien('create', 'points', '--preset', 'landmarks', '--labels', '2', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'points', state: 'draft', settings: { labelsPerImage: 2 } });
    expect((await mien('create', 'points', '--preset', 'landmarks')).status).toBe(0);
    expect((await mien('state', 'points', 'open')).stderr).toMatch(
      /2 projects have this name: give the id, \w+ or \w+/,
    );
  });

  it('takes images with what a list says of them, and goes on after one that is none', async () => {
    const photos = join(folder, 'photos');
    await mkdir(join(photos, 'deep'), { recursive: true });
    for (const [i, name] of ['a.png', 'deep/b.png', 'c.png'].entries())
      await writeImage(join(photos, name), rawImage(64, 64, 1, drawFace(i, i)));
    await writeFile(join(photos, 'broken.jpg'), 'no image');
    const gold = JSON.stringify({ expression: 'fear' });
    await writeFile(
      join(photos, 'list.csv'),
      [
        'image,url,license,keyword,role,gold',
        'a.png,https://example.org/a,CC0,smile,,',
        `deep/b.png,,,,gold,"${gold.replaceAll('"', '""')}"`,
        'broken.jpg,,,,,',
        'missing.jpg,,,,,',
        'c.png,,,,boss,',
      ].join('\n'),
    );
    await mien('create', 'photos', '--preset', 'expressions');
    const first = await mien('import', 'photos', join(photos, 'list.csv'), '--license', 'mine', '--json');
    expect(first.status).toBe(1);
    const report = JSON.parse(first.stdout) as { project: string; added: number; refused: { file: string }[] };
    expect(report.added).toBe(2);
    expect(report.refused.map(({ file }) => file.replace(/.*[\\/]/, '')).sort()).toEqual([
      'broken.jpg',
      'list.csv:6',
      'missing.jpg',
    ]);
    const answer = await api.ask('GET', `/api/projects/${report.project}/tasks`);
    const { tasks } = (await answer.json()) as { tasks: { name: string }[] };
    expect(tasks.sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'a.png', source: 'https://example.org/a', license: 'CC0', keyword: 'smile', role: 'work' },
      { name: 'deep/b.png', license: 'mine', role: 'gold', gold: { expression: 'fear' } },
    ]);
    // Again, by the folder: what is there is not added
    const again = await mien('import', 'photos', photos);
    expect(again).toMatchObject({ status: 1, stdout: 'photos: 1 images added, 2 there already, 1 refused\n' });
    const nothing = await mien('import', 'photos', join(folder, 'nowhere'), join(photos, 'c.png'));
    expect(nothing).toMatchObject({ status: 1, stdout: 'photos: 0 images added, 1 there already, 1 refused\n' });
    expect(nothing.stderr).toContain('nowhere: no such file or folder');
  });
});

it('the demo has work for whoever signs in, and goes on when it is started again', async () => {
  const data = join(folder, 'demo');
  interface Demo {
    readonly url: string;
    readonly user: string;
    readonly password: string;
    readonly project: string;
  }
  const start = async (): Promise<{ program: ChildProcess; demo: Demo }> => {
    const args = ['annotate', 'demo', '--port', '0', '--data', data, '--images', '30', '--json'];
    const program = spawn(process.execPath, [MIEN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    return { program, demo: await firstJson<Demo>(program) };
  };
  const end = async (program: ChildProcess): Promise<void> => {
    program.kill('SIGTERM');
    await once(program, 'exit');
  };
  const { program, demo } = await start();
  try {
    const post = (path: string, body: object, headers: Record<string, string> = {}) =>
      fetch(demo.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const signedIn = await post('/api/auth/sign-in', { name: demo.user, password: demo.password });
    const { csrfToken } = (await signedIn.json()) as { csrfToken: string };
    const session = { cookie: signedIn.headers.getSetCookie()[0]!.split(';')[0]!, 'x-csrf-token': csrfToken };
    const { secret } = (await (await post('/api/auth/tokens', { name: 'test' }, session)).json()) as { secret: string };
    const visitor = new Api(demo.url, secret);
    const before = (await visitor.project(demo.project)).labels!;
    expect([before.given > 50, before.wanted]).toEqual([true, 19 * 6]);
    const work = { question: 'expression', options: EXPRESSIONS_7, truth: new Map<string, string>(), accuracy: 1 };
    await simulateAnnotator(visitor, demo.project, { ...work, most: 10, random: new Random(1, 'visitor') });
    // Up to two of the ten may be silent items
    expect((await visitor.project(demo.project)).labels!.given - before.given).toBeGreaterThanOrEqual(7);
  } finally {
    await end(program);
  }
  const again = await start();
  await end(again.program);
  expect({ ...again.demo, url: '' }).toEqual({ ...demo, url: '' });
}, 180_000);

/** Commands of the n-th of the guide's blocks of shell commands that belong to its study. */
async function commandsOf(block: number): Promise<string[][]> {
  const guide = (await readFile(GUIDE, 'utf8')).split('## From labels to a model')[1]!;
  const text = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)][block]![1]!;
  return text
    .trim()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^mien [^"'\\|>]+$/);
      return line.split(' ').slice(1);
    });
}

it('the guide: from images to a model', async () => {
  const study = join(folder, 'study');
  await mkdir(join(study, 'faces'), { recursive: true });
  const truth = new Map<string, string>();
  for (let i = 0; i < 140; i++) {
    const name = `face-${i}.png`;
    truth.set(name, EXPRESSIONS_7[i % 7]!);
    await writeImage(join(study, 'faces', name), rawImage(64, 64, 1, drawFace(i % 7, i)));
  }
  const [settings] = /\{\n[^`]*\}\n/.exec(await readFile(GUIDE, 'utf8'))!;
  await writeFile(join(study, 'settings.json'), settings);
  process.chdir(study);
  const run = async (commands: readonly string[][]): Promise<void> => {
    for (const command of commands) {
      const { status, stderr } = await runMain(main, command);
      expect([command.join(' '), status, stderr.includes('mien:') ? stderr : '']).toEqual([command.join(' '), 0, '']);
    }
  };
  await run(await commandsOf(0));

  const { id } = await api.project('study');
  const names = await taskNames(api, id);
  const byTask = new Map([...names].map(([task, name]) => [task, truth.get(name)!]));
  for (let i = 0; i < 6; i++) {
    const person = await Session.join(url, await owner.invite('annotator'), `annotator-${i}`, PASSWORD);
    const work = { question: 'expression', options: EXPRESSIONS_7, truth: byTask, accuracy: 0.85, most: Infinity };
    await simulateAnnotator(new Api(url, await person.token('test')), id, { ...work, random: new Random(i, 'guide') });
  }
  expect((await api.project('study')).labels).toEqual({ given: 700, wanted: 700 });

  await run(await commandsOf(1));
  const again = await mien('export', 'study', '--as', 'votes', '--out', 'votes.csv', '--json');
  expect(JSON.parse(again.stdout)).toEqual({ project: id, as: 'votes', out: 'votes.csv' });
  const labels = (await readFile('labels.csv', 'utf8')).trim().split('\n').slice(1);
  const right = labels.filter((line) => truth.get(line.split(',')[0]!) === line.split(',')[1]);
  expect(labels).toHaveLength(140);
  expect(right.length).toBeGreaterThan(133);
  const card = parseModelCard('card', await readFile('runs/compact.manifest/compact.manifest.json', 'utf8'));
  // 1/7 by guessing
  expect(card.metrics[0]!.accuracy).toBeGreaterThan(0.4);
}, 300_000);
