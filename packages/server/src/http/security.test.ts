/** What keeps others out: headers, other pages' requests, other names, guesses, paths, and secrets in what is stored. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from '../access/passwords.ts';
import { hashOf, newSecret } from '../access/secrets.ts';
import { form, PASSWORD, withServer } from '../testing/fixture.ts';

describe('every answer', () => {
  it.each(['/', '/api/models', '/health', '/docs/', '/nothing.js'])(
    '%s isolates the page and lets nothing in',
    async (url) => {
      await withServer({}, async ({ app }) => {
        const { headers } = await app.inject(url);
        expect(headers).toMatchObject({
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-embedder-policy': 'require-corp',
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'permissions-policy': expect.stringContaining('camera=(self)') as string,
        });
        const policy = String(headers['content-security-policy']);
        expect(policy).toContain("default-src 'self'");
        expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
        // No address of another machine
        expect(policy).not.toMatch(/https?:|\*/);
        expect(headers).not.toHaveProperty('strict-transport-security');
      });
    },
  );

  it('says that the address is https where it is', async () => {
    await withServer({ origin: 'https://mien.example.org' }, async ({ app }) => {
      expect((await app.inject('/health')).headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
    });
  });
});

describe('requests', () => {
  it("of another page's script change nothing", async () => {
    await withServer({}, async ({ app, recognition }) => {
      const post = { method: 'POST', url: '/api/recognize' } as const;
      const photos = form({ a: 'x' });
      for (const headers of [
        { origin: 'http://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
      ] as Record<string, string>[]) {
        const answer = await app.inject({ ...post, ...photos, headers: { ...photos.headers, ...headers } });
        expect([headers, answer.statusCode]).toEqual([headers, 403]);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
      expect(recognition.photos).toEqual([]);
      const own = { host: 'localhost:8080', origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' };
      const answer = await app.inject({ ...post, ...photos, headers: { ...photos.headers, ...own } });
      expect(answer.statusCode).toBe(200);
    });
  });

  it('under another name are not answered: a page cannot pass for the server by its own name', async () => {
    await withServer({ hosts: ['localhost:8080'] }, async ({ app }) => {
      const ask = async (host: string): Promise<number> =>
        (await app.inject({ url: '/api/jobs', headers: { host } })).statusCode;
      expect([await ask('localhost:8080'), await ask('evil.example:8080'), await ask('localhost')]).toEqual([
        200, 421, 421,
      ]);
    });
  });

  it('of a session that change something need its token', async () => {
    await withServer({}, async ({ app, person }) => {
      const { session } = await person('owner');
      const ask = async (headers: Record<string, string>): Promise<number> =>
        (await app.inject({ method: 'POST', url: '/api/invitations', headers, payload: { role: 'viewer' } }))
          .statusCode;
      const { cookie } = session as { cookie: string };
      expect([await ask({ cookie }), await ask({ cookie, 'x-csrf-token': 'x' }), await ask(session)]).toEqual([
        403, 403, 201,
      ]);
    });
  });

  it('are counted: guesses of a password soon, others late', async () => {
    await withServer({ limits: { signInsPerMinute: 3, requestsPerMinute: 8 } }, async ({ app }) => {
      const guess = async (url: string): Promise<number> =>
        (await app.inject({ method: 'POST', url, payload: { invitation: 'x', name: 'x', password: PASSWORD } }))
          .statusCode;
      expect([await guess('/api/auth/join'), await guess('/api/auth/join'), await guess('/api/auth/join')]).toEqual([
        404, 404, 404,
      ]);
      expect(await guess('/api/auth/join')).toBe(429);
      const statuses = [];
      for (let i = 0; i < 9; i++) statuses.push((await app.inject('/health')).statusCode);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429]);
      expect((await app.inject('/health')).json()).toMatchObject({ error: { status: 429 } });
    });
  });
});

describe('pages', () => {
  it('are served from their folder only, the application for every page that it may know', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mien-web-'));
    try {
      const web = join(folder, 'web');
      await mkdir(join(web, 'assets'), { recursive: true });
      await writeFile(join(folder, 'secret.txt'), 'secret');
      await writeFile(join(web, 'index.html'), '<title>application</title>');
      await writeFile(join(web, 'sw.js'), '1');
      await writeFile(join(web, 'assets', 'index-Bx12_fgh.js'), '// a long script\n'.repeat(1000));
      await withServer({ web }, async ({ app }) => {
        for (const url of ['/', '/models', '/runs/a'])
          expect([url, (await app.inject(url)).body]).toEqual([url, '<title>application</title>']);
        for (const url of [
          '/api/x',
          '/docs/x',
          '/nothing.js',
          '/../secret.txt',
          '/%2e%2e/secret.txt',
          '/..%2fsecret.txt',
          '/server/..%2fpackage.json',
        ])
          expect([url, (await app.inject(url)).statusCode]).toEqual([
            url,
            expect.toSatisfy((s: number) => s === 404 || s === 403 || s === 400),
          ]);
        const caching = async (url: string): Promise<unknown> => (await app.inject(url)).headers['cache-control'];
        expect([await caching('/'), await caching('/sw.js'), await caching('/models')]).toEqual([
          'no-cache',
          'no-cache',
          'no-cache',
        ]);
        expect(await caching('/assets/index-Bx12_fgh.js')).toBe('public, max-age=31536000, immutable');
        const zipped = await app.inject({
          url: '/assets/index-Bx12_fgh.js',
          headers: { 'accept-encoding': 'gzip, br' },
        });
        expect([zipped.headers['content-encoding'], zipped.rawPayload.length < 1000]).toEqual(['gzip', true]);
        expect(await caching('/api/models')).toBe('no-store');
        expect((await app.inject({ method: 'POST', url: '/models' })).statusCode).toBe(404);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('say how the application is built where it is not', async () => {
    await withServer({}, async ({ app }) => {
      const { body } = await app.inject('/');
      expect(body).toContain('npm run build');
      expect(body).toContain('href="/docs"');
      // Scripts stand in files: the policy lets no others run
      for (const page of ['/', '/join']) expect((await app.inject(page)).body).not.toMatch(/<script>|<style>| on\w+=/);
    });
  });
});

describe('accounts', () => {
  it('are made by a link that works once, and sign in and out', async () => {
    await withServer({ signInRequired: true }, async ({ app, store }) => {
      const secret = newSecret();
      await store.accounts.invite(hashOf(secret), { role: 'owner', days: 1, createdBy: null });
      const join = (name: string) =>
        app.inject({
          method: 'POST',
          url: '/api/auth/join',
          payload: { invitation: secret, name, password: PASSWORD },
        });
      const joined = await join('Ada');
      expect(joined.json()).toMatchObject({ user: { name: 'Ada', role: 'owner', disabled: false } });
      expect(joined.body).not.toContain('scrypt');
      const [cookie] = joined.cookies;
      expect(cookie).toMatchObject({ name: 'mien_session', httpOnly: true, sameSite: 'Strict', path: '/' });
      expect((await join('Eve')).statusCode).toBe(404);

      const signIn = (name: string, password: string) =>
        app.inject({ method: 'POST', url: '/api/auth/sign-in', payload: { name, password } });
      const wrong = [await signIn('Ada', 'wrong password'), await signIn('Nobody', PASSWORD)];
      expect(wrong.map(({ statusCode, body }) => [statusCode, body])).toEqual([
        [401, wrong[1]!.body],
        [401, wrong[0]!.body],
      ]);
      const signedIn = await signIn('  aDA ', PASSWORD);
      const { csrfToken, rights } = signedIn.json<{ csrfToken: string; rights: string[] }>();
      expect(rights).toContain('users.manage');
      const headers = { cookie: `mien_session=${signedIn.cookies[0]!.value}`, 'x-csrf-token': csrfToken };
      expect((await app.inject({ url: '/api/auth/session', headers })).json()).toMatchObject({ user: { name: 'Ada' } });

      // A new password ends the other sessions
      const payload = { current: PASSWORD, password: 'another good password' };
      const change = await app.inject({ method: 'POST', url: '/api/auth/password', headers, payload });
      expect(change.statusCode).toBe(204);
      const first = { cookie: `mien_session=${cookie!.value}` };
      expect((await app.inject({ url: '/api/users', headers: first })).statusCode).toBe(401);
      expect((await app.inject({ url: '/api/users', headers })).statusCode).toBe(200);

      const { entries } = (await app.inject({ url: '/api/audit', headers })).json<{
        entries: { action: string; actor: { name: string } | null; detail: object }[];
      }>();
      expect(entries.map(({ action, actor }) => [action, actor?.name])).toEqual([
        ['user.password', 'Ada'],
        ['session.sign-in', 'Ada'],
        ['session.refused', undefined],
        ['session.refused', undefined],
        ['session.sign-in', 'Ada'],
        ['user.joined', 'Ada'],
      ]);
      expect(JSON.stringify(entries)).not.toMatch(/scrypt|wrong password|correct horse/);
    });
  });

  it('need a password of ten characters and a name of their own', async () => {
    await withServer({ limits: { signInsPerMinute: 1000 } }, async ({ app, person, store }) => {
      await person('viewer', 'Ada');
      const secret = newSecret();
      await store.accounts.invite(hashOf(secret), { role: 'viewer', days: 1, createdBy: null });
      const join = async (name: string, password: string): Promise<number> =>
        (await app.inject({ method: 'POST', url: '/api/auth/join', payload: { invitation: secret, name, password } }))
          .statusCode;
      expect([
        await join('Eve', 'short'),
        await join(' ', PASSWORD),
        await join('a\u0000b', PASSWORD),
        await join('ADA', PASSWORD),
      ]).toEqual([400, 400, 400, 409]);
      expect(await join('Eve', PASSWORD)).toBe(200);
    });
  });

  it('leave no secret in the database', async () => {
    await withServer({}, async ({ app, store, folder, person }) => {
      const secret = newSecret();
      await store.accounts.invite(hashOf(secret), { role: 'owner', days: 1, createdBy: null });
      await app.inject({
        method: 'POST',
        url: '/api/auth/join',
        payload: { invitation: secret, name: 'Ada', password: PASSWORD },
      });
      const { session, token } = await person('owner');
      const files = (await readdir(folder)).filter((name) => name.startsWith('mien.db'));
      const bytes = (await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')))).join('');
      const secrets = [secret, PASSWORD, session['cookie']!.split('=')[1]!, token['authorization']!.split(' ')[1]!];
      expect(bytes).toContain('Ada');
      for (const text of secrets) expect(bytes).not.toContain(text);
    });
  });

  it('have passwords as scrypt at a cost that OWASP names, each with a salt', async () => {
    const [first, second] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)];
    expect(first).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(second).not.toBe(first);
    expect([
      await isPassword(PASSWORD, first),
      await isPassword('wrong', first),
      await isPassword(PASSWORD, undefined),
    ]).toEqual([true, false, false]);
  });
});
