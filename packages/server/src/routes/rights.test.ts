/** Every route × everybody who may ask: what each may do stands here, apart from the code that decides it. */
import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../contract/index.ts';
import { form, withServer, type Fixture, type Person } from '../testing/fixture.ts';
import { ROUTES } from './index.ts';

type Caller = 'nobody' | 'local' | Role;
const EVERYBODY: readonly Caller[] = ['nobody', 'local', ...ROLES];
const SIGNED_IN: readonly Caller[] = ROLES;
const WORKERS: readonly Caller[] = ['local', 'owner', 'manager', 'annotator'];
const ANNOTATORS: readonly Caller[] = ['owner', 'manager', 'annotator'];
const MANAGERS: readonly Caller[] = ['owner', 'manager'];

/** Who is let in, by route. `local` is whoever asks a server that wants no account. */
const ALLOWED: Readonly<Record<string, readonly Caller[]>> = {
  'POST /api/recognize': WORKERS,
  'POST /api/jobs': WORKERS,
  'GET /api/jobs': WORKERS,
  'GET /api/jobs/:id': WORKERS,
  'GET /api/jobs/:id/results': WORKERS,
  'POST /api/jobs/:id/cancel': WORKERS,
  'DELETE /api/jobs/:id': WORKERS,
  'GET /api/projects': ANNOTATORS,
  'POST /api/projects': MANAGERS,
  'GET /api/projects/:id': ANNOTATORS,
  'PATCH /api/projects/:id': MANAGERS,
  'DELETE /api/projects/:id': MANAGERS,
  'POST /api/projects/:id/images': MANAGERS,
  'GET /api/projects/:id/tasks': MANAGERS,
  'PATCH /api/projects/:id/tasks/:task': MANAGERS,
  'GET /api/projects/:id/tasks/:task/image': ANNOTATORS,
  'POST /api/projects/:id/proposals': MANAGERS,
  'POST /api/projects/:id/join': ANNOTATORS,
  'GET /api/projects/:id/members': MANAGERS,
  'POST /api/projects/:id/members': MANAGERS,
  'PATCH /api/projects/:id/members/:member': ANNOTATORS,
  'DELETE /api/projects/:id/members/:member': ANNOTATORS,
  'GET /api/projects/:id/own': ANNOTATORS,
  'POST /api/projects/:id/next': ANNOTATORS,
  'POST /api/projects/:id/events': ANNOTATORS,
  'GET /api/projects/:id/quality': MANAGERS,
  'GET /api/projects/:id/export': MANAGERS,
  'GET /api/models': ['local', ...SIGNED_IN],
  'GET /api/models/:name': ['local', ...SIGNED_IN],
  'GET /api/runs': ['local', ...MANAGERS],
  'GET /api/runs/:name': ['local', ...MANAGERS],
  'GET /api/reports/:name': ['local', ...MANAGERS],
  'GET /api/auth/session': EVERYBODY,
  'POST /api/auth/sign-in': EVERYBODY,
  'POST /api/auth/join': EVERYBODY,
  'POST /api/auth/sign-out': SIGNED_IN,
  'POST /api/auth/password': SIGNED_IN,
  'GET /api/auth/tokens': SIGNED_IN,
  'POST /api/auth/tokens': SIGNED_IN,
  'DELETE /api/auth/tokens/:id': SIGNED_IN,
  'GET /api/users': MANAGERS,
  'PATCH /api/users/:id': ['owner'],
  'GET /api/invitations': MANAGERS,
  'POST /api/invitations': MANAGERS,
  'DELETE /api/invitations/:id': MANAGERS,
  'GET /api/audit': ['owner'],
  'GET /health': EVERYBODY,
  'GET /metrics': ['local', ...MANAGERS],
};

/** What a token may not do, whoever its owner is: it could else outlive its own revocation. */
const SESSIONS_ONLY = [
  'POST /api/auth/password',
  'POST /api/auth/tokens',
  'POST /api/invitations',
  'PATCH /api/users/:id',
];

/** Beside the routes of the API: pages and their files, which say nothing about anybody. */
const PAGES = [
  '/',
  '/join',
  '/sign-in',
  '/account',
  '/server/*',
  '/docs',
  '/docs/',
  '/docs/*',
  '/docs/json',
  '/docs/yaml',
  '/docs/static/index.html',
  '/docs/static/swagger-initializer.js',
  '/docs/static/*',
  '/docs/static/theme/mien.css',
  '/api/openapi.json',
];

const UNKNOWN = '0'.repeat(26);

/** A request that gets as far as the route if it is allowed to. */
function requestOf(route: string): InjectOptions {
  const [method, path] = route.split(' ') as ['GET', string];
  const url = path.replace(/:\w+/g, UNKNOWN);
  if (path === '/api/recognize' || path === '/api/jobs')
    return { method, url, ...(method === 'GET' ? {} : form({ 'a.jpg': 'photo' })) };
  return { method, url, ...(method === 'GET' || method === 'DELETE' ? {} : { payload: {} }) };
}

describe('every route', () => {
  it('has a line in the table of rights', () => {
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it.each([true, false])(
    'lets in those whom the table names, and nobody else (sign-in required: %s)',
    async (signInRequired) => {
      await withServer({ signInRequired, limits: { signInsPerMinute: 1000 } }, async ({ app, person }) => {
        const people = Object.fromEntries(
          await Promise.all(ROLES.map(async (role) => [role, await person(role)] as const)),
        ) as Record<Role, Person>;
        const got: Record<string, string[]> = {};
        const expected: Record<string, string[]> = {};
        for (const route of Object.keys(ALLOWED)) {
          const callers = [signInRequired ? 'nobody' : 'local', ...ROLES] as const;
          expected[route] = callers.filter((caller) => ALLOWED[route]!.includes(caller));
          got[route] = [];
          for (const caller of callers) {
            const ways =
              caller === 'nobody' || caller === 'local' ? [{}] : [people[caller].token, people[caller].session];
            // Signing out ends the session
            const statuses = await Promise.all(
              ways.slice(0, route.endsWith('sign-out') ? 1 : 2).map(async (headers) => {
                const request = requestOf(route);
                const { statusCode, json } = await app.inject({
                  ...request,
                  headers: { ...request.headers, ...headers },
                });
                if (statusCode === 401 && route.endsWith('/sign-in')) return 200;
                if (statusCode === 401 || statusCode === 403) expect(Object.keys(json())).toEqual(['error']);
                // Whoever has an account is told that they may not, all others that they must sign in
                if (statusCode === 403) expect(caller).not.toMatch(/nobody|local/);
                if (statusCode === 401) expect(caller).toMatch(/nobody|local/);
                return statusCode;
              }),
            );
            const isIn = statuses.map((status) => status !== 401 && status !== 403);
            if (SESSIONS_ONLY.includes(route)) expect([route, caller, isIn[0]]).toEqual([route, caller, false]);
            else expect(new Set(isIn).size, `${route} by session and by token`).toBe(1);
            if (isIn.at(-1)) got[route].push(caller);
          }
        }
        expect(got).toEqual(expected);
      });
    },
  );

  it('is a route of the API, or a page', async () => {
    await withServer({}, async ({ app }) => {
      const served = app
        .printRoutes({ commonPrefix: false, includeHooks: false })
        .split('\n')
        .filter((line) => line !== '');
      expect(served.length).toBeGreaterThan(20);
      const known = new Set([...ROUTES.map(({ path }) => path), ...PAGES]);
      // Fastify prints a wildcard without the words before it
      expect(pathsOf(served).filter((path) => !known.has(path) && path !== '/*')).toEqual([]);
      expect((await app.inject('/anything.js')).statusCode).toBe(404);
      expect((await app.inject('/server/style.css')).statusCode).toBe(200);
    });
  });
});

/** The tree that Fastify prints, as paths. */
function pathsOf(lines: readonly string[]): string[] {
  const stack: string[] = [];
  return lines.flatMap((line) => {
    const [, indent, rest] = /^((?:│ {3}| {4})*)(?:├── |└── )(.*)$/.exec(line) ?? [];
    if (indent === undefined || rest === undefined) return [];
    const [, segment, methods] = /^(.*?)(?: \(([A-Z, ]+)\))?$/.exec(rest)!;
    const depth = indent.length / 4;
    stack.length = depth;
    stack.push(segment!);
    return methods === undefined ? [] : [stack.join('')];
  });
}

describe('people', () => {
  const twoOf = async ({ person }: Fixture): Promise<readonly [Person, Person]> => [
    await person('annotator'),
    await person('annotator'),
  ];

  it('do not see, end or remove the jobs of others; managers do', async () => {
    await withServer({ signInRequired: true, runs: false }, async (fixture) => {
      const { app, person } = fixture;
      const [mine, other] = await twoOf(fixture);
      const manager = await person('manager');
      const photos = form({ 'a.jpg': 'photo' });
      const made = await app.inject({
        method: 'POST',
        url: '/api/jobs',
        ...photos,
        headers: { ...photos.headers, ...mine.session },
      });
      const { id } = made.json<{ id: string }>();
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/results'],
        ['POST', '/cancel'],
        ['DELETE', ''],
      ] as const) {
        const url = `/api/jobs/${id}${path}`;
        expect((await app.inject({ method, url, headers: other.session })).statusCode).toBe(404);
      }
      const listOf = async ({ session }: Person): Promise<number> =>
        (await app.inject({ url: '/api/jobs', headers: session })).json<{ jobs: unknown[] }>().jobs.length;
      expect([await listOf(mine), await listOf(other), await listOf(manager)]).toEqual([1, 0, 1]);
      expect((await app.inject({ url: `/api/jobs/${id}`, headers: manager.session })).statusCode).toBe(200);
    });
  });

  it('do not see or revoke the tokens of others', async () => {
    await withServer({}, async (fixture) => {
      const { app, store } = fixture;
      const [mine, other] = await twoOf(fixture);
      const [token] = await store.accounts.tokens(mine.user.id);
      const url = `/api/auth/tokens/${token!.id}`;
      expect((await app.inject({ method: 'DELETE', url, headers: other.session })).statusCode).toBe(404);
      const { tokens } = (await app.inject({ url: '/api/auth/tokens', headers: other.session })).json<{
        tokens: { id: string }[];
      }>();
      expect(tokens.map(({ id }) => id)).not.toContain(token!.id);
      expect((await app.inject({ method: 'DELETE', url, headers: mine.session })).statusCode).toBe(204);
      expect((await app.inject({ url: '/api/auth/tokens', headers: mine.token })).statusCode).toBe(401);
    });
  });

  it('are not asked for an account of this machine, but a token that is wrong is an error', async () => {
    await withServer({}, async ({ app }) => {
      expect((await app.inject({ url: '/api/models' })).statusCode).toBe(200);
      for (const authorization of ['Bearer mien_wrong', 'Bearer x', 'Basic YTpi'])
        expect((await app.inject({ url: '/api/models', headers: { authorization } })).statusCode).toBe(401);
    });
  });

  it('who are shut out, and sessions that are over, get nowhere', async () => {
    await withServer({ signInRequired: true }, async ({ app, person }) => {
      const [owner, leaver] = [await person('owner'), await person('manager')];
      const asked = async (headers: Record<string, string>): Promise<number> =>
        (await app.inject({ url: '/api/users', headers })).statusCode;
      expect([await asked(leaver.session), await asked(leaver.token)]).toEqual([200, 200]);
      const url = `/api/users/${leaver.user.id}`;
      await app.inject({ method: 'PATCH', url, headers: owner.session, payload: { disabled: true } });
      expect([await asked(leaver.session), await asked(leaver.token)]).toEqual([401, 401]);
      await app.inject({ method: 'POST', url: '/api/auth/sign-out', headers: owner.session });
      expect(await asked(owner.session)).toBe(401);
    });
  });

  it('who lose a role lose what it allowed, at once', async () => {
    await withServer({ signInRequired: true }, async ({ app, person }) => {
      const [owner, other] = [await person('owner'), await person('owner')];
      const url = `/api/users/${other.user.id}`;
      await app.inject({ method: 'PATCH', url, headers: owner.session, payload: { role: 'viewer' } });
      expect((await app.inject({ url: '/api/audit', headers: other.token })).statusCode).toBe(403);
      // One of two owners is left, who cannot leave
      const own = `/api/users/${owner.user.id}`;
      const { statusCode } = await app.inject({
        method: 'PATCH',
        url: own,
        headers: owner.session,
        payload: { disabled: true },
      });
      expect(statusCode).toBe(409);
      expect((await app.inject({ url: '/api/audit', headers: owner.session })).statusCode).toBe(200);
    });
  });

  it('who manage invite annotators and viewers only, and withdraw no others', async () => {
    await withServer({}, async ({ app, person }) => {
      const [owner, manager] = [await person('owner'), await person('manager')];
      const invite = async (by: Person, role: Role): Promise<{ status: number; id: string }> => {
        const answer = await app.inject({
          method: 'POST',
          url: '/api/invitations',
          headers: by.session,
          payload: { role },
        });
        return { status: answer.statusCode, id: answer.json<{ id: string }>().id };
      };
      const statuses = [];
      for (const role of ROLES)
        statuses.push([role, (await invite(owner, role)).status, (await invite(manager, role)).status]);
      expect(statuses).toEqual([
        ['owner', 201, 403],
        ['manager', 201, 403],
        ['annotator', 201, 201],
        ['viewer', 201, 201],
      ]);
      const { id } = await invite(owner, 'manager');
      const url = `/api/invitations/${id}`;
      expect((await app.inject({ method: 'DELETE', url, headers: manager.session })).statusCode).toBe(404);
      expect((await app.inject({ method: 'DELETE', url, headers: owner.session })).statusCode).toBe(204);
    });
  });
});
