/**
 * Pages: the built web application at `/` where there is one, the pages of accounts, and the documentation of the API.
 * All of it comes from this package: no page asks another machine for anything.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Fault } from './fault.ts';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const OWN_PAGES = join(PACKAGE, 'pages');

/** Where the built web application is: in the package, or in the repository. */
export function findWeb(): string | undefined {
  return [join(PACKAGE, 'web'), join(PACKAGE, '../web/dist')].find((folder) => existsSync(join(folder, 'index.html')));
}

/** A name that changes with the content, as bundlers write it: it never has to be asked for again. */
const HASHED = /[-.][A-Za-z0-9_-]{8,}\.\w+$/;
const HASHED_FOLDER = /[\\/]assets[\\/]/;
const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** Types of files that become smaller; models do not. */
const COMPRESSED = /^(text\/|image\/svg|application\/(javascript|json|manifest\+json|wasm))/;

/** What the page's router has no say in. */
const NOT_PAGES = /^\/(api|docs|health|metrics|server)(\/|$)/;

export interface PagesSettings {
  /** Folder of the built web application; undefined: there is none. */
  readonly web: string | undefined;
  readonly openApi: object;
}

export async function registerPages(app: FastifyInstance, { web, openApi }: PagesSettings): Promise<void> {
  app.get('/api/openapi.json', { logLevel: 'silent' }, () => openApi);
  await app.register(swagger, { mode: 'static', specification: { document: openApi as never } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0, tryItOutEnabled: true },
    // Nothing of the bar on top is needed: there is one document
    theme: { title: 'Mien: HTTP API', css: [{ filename: 'mien.css', content: '.topbar { display: none }' }] },
  });

  await app.register(fastifyStatic, { root: OWN_PAGES, prefix: '/server/', index: false, cacheControl: false });
  const ownPage =
    (file: string) =>
    (_: unknown, reply: FastifyReply): void =>
      void reply.header('cache-control', ASK_AGAIN).sendFile(file, OWN_PAGES);
  for (const page of ['/join', '/sign-in', '/account']) app.get(page, ownPage('account.html'));

  if (web === undefined) app.get('/', ownPage('no-web.html'));
  else
    // In a scope of its own: answers of the API are too short to gain by it
    await app.register(async (scope) => {
      await scope.register(compress, { encodings: ['gzip'], threshold: 2048, customTypes: COMPRESSED });
      await scope.register(fastifyStatic, {
        root: web,
        prefix: '/',
        decorateReply: false,
        cacheControl: false,
        setHeaders: (reply, path) => {
          reply.setHeader('cache-control', HASHED_FOLDER.test(path) && HASHED.test(path) ? FOREVER : ASK_AGAIN);
        },
      });
    });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.replace(/[?#].*$/, '');
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !NOT_PAGES.test(path) && !path.includes('.');
    if (!isPage || web === undefined)
      throw new Fault(404, `${request.method} ${path}: there is nothing here; /docs has what there is`);
    // The application's own router knows the page
    void reply.header('cache-control', ASK_AGAIN).sendFile('index.html', web);
  });
}
