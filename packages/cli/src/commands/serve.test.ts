/** `mien serve` as its users have it: a process that is asked over HTTP, killed, started again, and fed with rubbish. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recognitionSchema } from 'mienjs/results';
import { malformedFiles, runMain, withFiles } from 'mien-testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const MIEN = fileURLToPath(new URL('../../bin/mien.js', import.meta.url));
const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Writes down every connection and look-up that leaves this machine; it stands before the program in its process. */
const WATCH = `
const { appendFileSync } = require('node:fs');
const net = require('node:net'), dns = require('node:dns'), dgram = require('node:dgram');
const own = (host) => host === undefined || host === null || /^(localhost|::1|127\\..*)$/.test(host);
const note = (what) => appendFileSync(process.env.WATCH_FILE, what + '\\n');
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof options === 'number' ? !own(args[1]) : typeof options === 'object' && options.path === undefined && !own(options.host))
    note('connect ' + JSON.stringify(options));
  return connect.apply(this, args);
};
for (const module of [dns, dns.promises])
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'reverse']) {
    const original = module[name];
    module[name] = (...args) => { if (!own(args[0])) note(name + ' ' + args[0]); return original.apply(module, args); };
  }
const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) { note('send'); return send.apply(this, args); };
`;

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ownerLink?: string;
  readonly signInRequired: boolean;
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>;
}

/** Starts a server, and waits until it answers. */
async function start(data: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = spawn(
    process.execPath,
    [MIEN, 'serve', '--port', '0', '--data', data, '--processes', '1', '--json', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
  );
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stderr,
  }));
  const answers = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.endsWith('}\n')) resolve();
    });
  });
  await Promise.race([
    answers,
    ended.then((end) => {
      throw new Error(`the server did not start: ${JSON.stringify(end)}`);
    }),
  ]);
  return { child, ended, ...(JSON.parse(stdout) as Pick<Server, 'url' | 'ownerLink' | 'signInRequired'>) };
}

async function stop({ child, ended }: Server): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

type Upload = readonly (readonly [name: string, bytes: Uint8Array])[];

function post(url: string, photos: Upload, headers: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  for (const [name, bytes] of photos) form.append('photo', new Blob([Uint8Array.from(bytes)]), name);
  return fetch(url, { method: 'POST', body: form, headers });
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}
const jobOf = async (url: string, id: string): Promise<Job> =>
  (await fetch(`${url}/api/jobs/${id}`)).json() as Promise<Job>;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a server on this machine', () => {
  let folder = '';
  let data = '';
  let server: Server;
  const watched = (): Promise<string> => readFile(join(folder, 'watched'), 'utf8');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mien-serve-'));
    data = join(folder, 'data');
    await mkdir(join(folder, 'tmp'));
    await writeFile(join(folder, 'watch.cjs'), WATCH);
    await writeFile(join(folder, 'watched'), '');
    server = await start(data, [], {
      NODE_OPTIONS: `--require "${join(folder, 'watch.cjs')}"`,
      WATCH_FILE: join(folder, 'watched'),
      TMPDIR: join(folder, 'tmp'),
    });
  });

  afterAll(async () => {
    await stop(server);
    await rm(folder, { recursive: true });
  });

  it('answers what `mien recognize --json` prints, and as its schema says', async () => {
    const photo = sharp(join(demo, 'sample3.jpg')).resize(640);
    const files = {
      'photo.png': await photo.clone().png().toBuffer(),
      'photo.jpg': await photo.clone().jpeg({ quality: 90 }).toBuffer(),
      'empty.gif': await sharp({ create: { width: 40, height: 30, channels: 3, background: '#8090a0' } })
        .gif()
        .toBuffer(),
      'broken.png': (await photo.clone().png().toBuffer()).subarray(0, 2000),
      'notes.jpg': Buffer.from('no photo'),
    };
    await withFiles(files, async (photos) => {
      const command = spawnSync(process.execPath, [MIEN, 'recognize', ...Object.keys(files), '--json'], {
        cwd: photos,
      });
      const printed = recognitionSchema.parse(JSON.parse(command.stdout.toString()));
      const answer = await post(`${server.url}/api/recognize`, Object.entries(files));
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(command.stdout.toString());
      expect(printed.images.map(({ faces, error }) => [faces.length > 0, error === undefined])).toEqual([
        [true, true],
        [true, true],
        [false, true],
        [false, false],
        [false, false],
      ]);
    });
  });

  it('estimates action units where it is asked to, as the command does', async () => {
    const photo = await sharp(join(demo, 'sample3.jpg')).resize(640).png().toBuffer();
    await withFiles({ 'photo.png': photo }, async (photos) => {
      for (const format of ['json', 'csv']) {
        const command = spawnSync(
          process.execPath,
          [MIEN, 'recognize', 'photo.png', '--action-units', '--format', format],
          { cwd: photos },
        );
        const asked = `actionUnits=true`;
        const answer = await post(`${server.url}/api/recognize?${asked}&format=${format}`, [['photo.png', photo]]);
        expect(await answer.text()).toBe(command.stdout.toString());
        const job = (await (await post(`${server.url}/api/jobs?${asked}`, [['photo.png', photo]])).json()) as Job;
        await until(async () => (await jobOf(server.url, job.id)).state === 'done');
        const results = await fetch(`${server.url}/api/jobs/${job.id}/results?format=${format}`);
        expect(await results.text()).toBe(command.stdout.toString());
        expect(command.stdout.toString()).toContain('mesh estimate');
      }
    });
  });

  it('withstands 200 malformed files, and keeps none of them', async () => {
    const files = await malformedFiles(200);
    expect(files).toHaveLength(200);
    const statuses = new Set<number>();
    for (let at = 0; at < files.length; at += 25) {
      const photos: Upload = files.slice(at, at + 25).map(({ name, bytes }) => [name, bytes]);
      const answer = await post(`${server.url}/api/recognize`, photos);
      statuses.add(answer.status);
      if (answer.ok) {
        const { images } = recognitionSchema.parse(await answer.json());
        expect(images).toHaveLength(photos.length);
        // No name is a path, and none is kept longer than a file system has it
        for (const { file } of images) expect(file).toMatch(/^[^/]{1,255}$/);
      }
      const job = (await (await post(`${server.url}/api/jobs`, photos)).json()) as Job;
      await until(async () => (await jobOf(server.url, job.id)).state === 'done');
      expect(await jobOf(server.url, job.id)).toMatchObject({ total: photos.length });
    }
    // What is not a form at all
    for (const [type, body] of [
      ['multipart/form-data', 'no border'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nnever ends',
      ],
      ['multipart/form-data; boundary=x', `--x\r\n${'A: b\r\n'.repeat(5000)}\r\n--x--`],
      [`multipart/form-data; boundary=${'x'.repeat(5000)}`, 'x'],
      ['application/json', '{"url":"http://127.0.0.1:9/photo.jpg"}'],
      ['application/json', '['.repeat(100_000)],
    ] as const) {
      const { status } = await fetch(`${server.url}/api/recognize`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      statuses.add(status);
    }
    expect([...statuses].filter((status) => ![200, 400, 413, 415, 422].includes(status))).toEqual([]);
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'ok' });
    await until(async () => (await readdir(join(data, 'uploads'))).length === 0);
    expect((await readdir(data)).sort()).toEqual([
      '.mien.lock',
      'mien-server.json',
      'mien.db',
      'mien.db-shm',
      'mien.db-wal',
      'uploads',
    ]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  it('shows its pages, and the first account is made by its link', async () => {
    const page = await fetch(`${server.url}/`);
    expect([page.status, page.headers.get('cross-origin-embedder-policy')]).toEqual([200, 'require-corp']);
    expect(server.signInRequired).toBe(false);
    const { origin, pathname, hash } = new URL(server.ownerLink!);
    expect([origin, pathname]).toEqual([server.url, '/join']);
    const joined = await fetch(`${server.url}/api/auth/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invitation: hash.slice(1), name: 'Ada', password: 'correct horse battery' }),
    });
    expect(await joined.json()).toMatchObject({ user: { name: 'Ada', role: 'owner' } });
  });

  it('asked no other machine for anything in all this', async () => {
    expect(await watched()).toBe('');
    // That the watch would have seen it
    await new Promise<void>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ['-e', "require('net').connect({ host: '192.0.2.1', port: 9 }).on('error', () => {}).destroy()"],
        {
          env: {
            ...process.env,
            NODE_OPTIONS: `--require "${join(folder, 'watch.cjs')}"`,
            WATCH_FILE: join(folder, 'watched'),
          },
        },
      );
      child.on('error', reject).on('close', () => resolve());
    });
    expect(await watched()).toContain('192.0.2.1');
  });

  it('is the only one in its folder, and says who has it', async () => {
    const second = await runMain(main, ['serve', '--port', '0', '--data', data]);
    expect([second.status, second.stderr]).toEqual([
      1,
      expect.stringMatching(/^mien: .*data: another run works in it \(process \d+ [^\n]*\n$/),
    ]);
  });
});

describe('a job', () => {
  it('goes on after kill -9, and has every photo once', async () => {
    await withFiles({}, async (folder) => {
      const data = join(folder, 'data');
      const photo = await sharp(join(demo, 'sample3.jpg')).resize(240).jpeg().toBuffer();
      const names = Array.from({ length: 20 }, (_, i) => `${i}.jpg`);
      const first = await start(data);
      const answer = await post(
        `${first.url}/api/jobs`,
        names.map((name) => [name, photo]),
      );
      expect(answer.status).toBe(202);
      const { id } = (await answer.json()) as Job;
      await until(async () => (await jobOf(first.url, id)).done > 0);
      first.child.kill('SIGKILL');
      expect((await first.ended).signal).toBe('SIGKILL');

      const second = await start(data);
      try {
        await until(async () => (await jobOf(second.url, id)).state === 'done');
        expect(await jobOf(second.url, id)).toMatchObject({ total: 20, done: 20, failed: 0 });
        const results = recognitionSchema.parse(await (await fetch(`${second.url}/api/jobs/${id}/results`)).json());
        expect(results.images.map(({ file }) => file)).toEqual(names);
        expect(await readdir(join(data, 'uploads'))).toEqual([]);
      } finally {
        await stop(second);
      }
    });
  });
});

describe('an end', () => {
  it.skipIf(process.platform === 'win32')(
    'by SIGTERM answers what was asked, puts jobs back, and leaves nothing but the data',
    async () => {
      await withFiles({}, async (folder) => {
        const data = join(folder, 'data');
        const photo = await sharp(join(demo, 'sample3.jpg')).resize(640).jpeg().toBuffer();
        const server = await start(data);
        const job = post(
          `${server.url}/api/jobs`,
          Array.from({ length: 30 }, (_, i) => [`${i}.jpg`, photo]),
        );
        expect((await job).status).toBe(202);
        const asked = post(`${server.url}/api/recognize`, [['photo.jpg', photo]]);
        await until(async () => /mien_photos_waiting [^0]/.test(await (await fetch(`${server.url}/metrics`)).text()));
        server.child.kill('SIGTERM');
        expect((await asked).status).toBe(200);
        expect(await server.ended).toMatchObject({ code: 143, stderr: '' });
        expect((await readdir(data)).sort()).toEqual(['mien-server.json', 'mien.db', 'uploads']);
        expect((await readdir(join(data, 'uploads'))).length).toBeGreaterThan(0);
      });
    },
  );
});

describe('what cannot be', () => {
  it('is said in a line', async () => {
    await withFiles({ 'notes.txt': 'mine' }, async (folder) => {
      const data = join(folder, 'data');
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const cases = [
        [
          ['--data', data, '--port', String(port)],
          /127\.0\.0\.1:\d+: another program listens there: choose another --port/,
        ],
        [['--data', data, '--model', 'nothing'], /nothing: is not a model: expected one of /],
        [['--data', folder], /is not empty/],
        [['--data', data, '--url', 'mien.example.org'], /mien\.example\.org: is not the address of a server/],
      ] as const;
      for (const [args, message] of cases) {
        const { status, stderr } = await runMain(main, ['serve', '--processes', '1', ...args]);
        expect([args, status, stderr]).toEqual([args, 1, expect.stringMatching(message)]);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      }
      process.env['DATABASE_URL'] = 'mysql://somebody:secret@localhost/x';
      try {
        const { stderr } = await runMain(main, ['serve', '--data', data]);
        expect(stderr).toMatch(/^mien: DATABASE_URL: is not the address of a PostgreSQL database[^\n]*\n$/);
        expect(stderr).not.toContain('secret');
      } finally {
        delete process.env['DATABASE_URL'];
      }
      expect((await runMain(main, ['serve', '--port', 'x'])).status).toBe(2);
      taken.close();
    });
  });
});
