/** The OpenAPI document against the routes, and their answers against it. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../http/openapi.ts';
import { form, until, withServer } from '../testing/fixture.ts';
import { ROUTES } from './index.ts';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const document = openApiDocument(ROUTES, { version: '1.2.3', signInRequired: true });

describe('the OpenAPI document', () => {
  it('is one of version 3.1, by its own schema', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route, with names that are used once', () => {
    const operations = Object.entries(document['paths'] as Paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
    );
    expect(operations.map(({ key }) => key).sort()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).sort(),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('points to schemas that it has', () => {
    const { components } = document as { components: { schemas: Record<string, unknown> } };
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(5);
    for (const [, name] of references) expect(components.schemas).toHaveProperty(name!);
  });

  it('is served, with a page that asks no other machine', async () => {
    await withServer({}, async ({ app }) => {
      const served = await app.inject('/api/openapi.json');
      expect(served.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Mien', version: '0.0.0' } });
      const page = await app.inject('/docs/');
      const initializer = await app.inject('/docs/static/swagger-initializer.js');
      expect([page.statusCode, initializer.statusCode]).toEqual([200, 200]);
      const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, address]) => new URL(address!, 'http://localhost/docs/').href,
      );
      expect(addresses.length).toBeGreaterThan(3);
      for (const address of addresses) {
        expect(address).toMatch(/^http:\/\/localhost\/docs\//);
        expect([address, (await app.inject(address)).statusCode]).toEqual([address, 200]);
      }
    });
  });
});

describe('answers', () => {
  it('are those of `mien recognize`, in each of its formats', async () => {
    await withServer({}, async ({ app }) => {
      const photos = form({ 'a.jpg': 'photo', 'b.jpg': 'bad' });
      const ask = async (format?: string): Promise<string> => {
        const query = format === undefined ? {} : { format };
        const { body, statusCode } = await app.inject({ method: 'POST', url: '/api/recognize', query, ...photos });
        expect(statusCode).toBe(200);
        return body;
      };
      expect(JSON.parse(await ask())).toEqual({
        model: 'stub',
        images: [
          { file: 'a.jpg', width: 4, height: 3, faces: [] },
          { file: 'b.jpg', width: null, height: null, faces: [], error: 'b.jpg: is not an image' },
        ],
      });
      expect((await ask('jsonl')).split('\n')).toHaveLength(3);
      expect(await ask('csv')).toMatch(
        /^file,width,height,faces,.*\na\.jpg,4,3,0,.*\nb\.jpg,,,,.*b\.jpg: is not an image/,
      );
      expect(await ask('table')).toBe('a.jpg: no face\nb.jpg: failed\n');
    });
  });

  it('of what cannot be are errors of one line', async () => {
    await withServer({ limits: { photoBytes: 100, photos: 2 } }, async ({ app }) => {
      const post = { method: 'POST', url: '/api/recognize' } as const;
      const cases = [
        [{ ...post, ...form({}) }, 400, /has no photo/],
        [{ ...post, payload: { url: 'http://example.org/a.jpg' } }, 415, /multipart/],
        [{ ...post, url: '/api/recognize?format=xml', ...form({ a: 'x' }) }, 400, /the query, format: /],
        [{ ...post, url: '/api/recognize?actionUnits=AU12', ...form({ a: 'x' }) }, 400, /the query, actionUnits: /],
        [{ ...post, ...form({ a: 'x'.repeat(101) }) }, 413, /./],
        [{ ...post, ...form({ a: 'x', b: 'x', c: 'x' }) }, 413, /./],
        [{ ...post, ...form({ a: 'bad' }) }, 422, undefined],
        [{ ...post, ...form({ a: 'x' }), payload: 'no form' }, 400, /./],
        [{ method: 'GET', url: '/api/jobs/short' }, 400, /the path, id: /],
        [{ method: 'GET', url: '/api/nothing' }, 404, /there is nothing here/],
        [{ method: 'POST', url: '/api/auth/sign-in', payload: { name: 1 } }, 400, /the body, name: /],
        [
          { method: 'POST', url: '/api/auth/sign-in', payload: '{', headers: { 'content-type': 'application/json' } },
          400,
          /./,
        ],
      ] as const;
      for (const [request, status, message] of cases) {
        const { statusCode, body, json } = await app.inject(request);
        expect([request.url, statusCode, body]).toEqual([request.url, status, body]);
        if (message) expect(json()).toEqual({ error: { status, message: expect.stringMatching(message) } });
        expect(body).not.toContain('    at ');
      }
    });
  });

  it('of faults of the server tell no more than that, and its log says what', async () => {
    await withServer({}, async ({ app, recognition, logs }) => {
      recognition.before = () => Promise.reject(new Error('a secret of the server'));
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/api/recognize', ...form({ a: 'x' }) });
      expect([statusCode, body]).toEqual([500, expect.not.stringContaining('secret')]);
      expect(logs.join()).toContain('a secret of the server');
    });
  });

  it('are counted for Prometheus', async () => {
    await withServer({}, async ({ app }) => {
      await app.inject({ method: 'POST', url: '/api/recognize', ...form({ a: 'x', b: 'bad' }) });
      const { body, headers } = await app.inject('/metrics');
      expect(headers['content-type']).toMatch(/^text\/plain/);
      expect(body).toContain('mien_photos_total{lane="request",outcome="done"} 1');
      expect(body).toContain('mien_photos_total{lane="request",outcome="failed"} 1');
      expect(body).toMatch(/mien_http_request_seconds_count\{.*route="\/api\/recognize".*\} 1/);
    });
  });
});

describe('back-pressure', () => {
  it('answers 503 with Retry-After when there is enough to do, and recovers', async () => {
    await withServer({ limits: { waiting: 2 } }, async ({ app, recognition }) => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      recognition.before = () => held;
      const ask = () => app.inject({ method: 'POST', url: '/api/recognize', ...form({ a: 'x' }) });
      const taken = [ask(), ask()];
      await until(() => recognition.load === 2);
      const refused = await ask();
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '3']);
      expect(refused.json()).toMatchObject({ error: { status: 503 } });
      release();
      expect((await Promise.all(taken)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expect((await ask()).statusCode).toBe(200);
    });
  });

  it('bounds the bytes that are held, but takes one request of any admitted size', async () => {
    await withServer({ limits: { heldBytes: 1000 } }, async ({ app, recognition }) => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      recognition.before = () => held;
      const ask = () => app.inject({ method: 'POST', url: '/api/recognize', ...form({ a: 'x'.repeat(2000) }) });
      const first = ask();
      await until(() => recognition.load === 1);
      expect((await ask()).statusCode).toBe(503);
      release();
      expect((await first).statusCode).toBe(200);
    });
  });
});
