/** The HTTP server of its parts: tests make it of others, and ask it without a network. */
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { printable } from 'mienjs/files';
import { ROUTES } from '../routes/index.ts';
import { Fault } from './fault.ts';
import { FaultLog } from './fault-log.ts';
import { openApiDocument } from './openapi.ts';
import { registerPages } from './pages.ts';
import { registerRoutes } from './register.ts';
import { secure, type SecuritySettings } from './security.ts';
import type { Services } from './services.ts';

/** The most of a JSON body. */
const BODY_BYTES = 1 << 20;
/** A client that sends nothing for so long is gone. */
const IDLE_MS = 60_000;

export interface AppSettings extends Pick<SecuritySettings, 'hosts' | 'isHttps'> {
  readonly services: Services;
  /** Folder of the built web application. */
  readonly web: string | undefined;
  /** Whether a proxy stands before the server, whose word on the client's address is taken. */
  readonly isBehindProxy: boolean;
  readonly onLog: (line: string) => void;
}

export async function buildApp({
  services,
  web,
  isBehindProxy,
  hosts,
  isHttps,
  onLog,
}: AppSettings): Promise<FastifyInstance> {
  const { limits, metrics, version, signInRequired } = services;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    connectionTimeout: IDLE_MS,
    trustProxy: isBehindProxy ? 'loopback, linklocal, uniquelocal' : false,
    routerOptions: { maxParamLength: 250 },
    // In flight when the server stops: they are answered, and their connections closed
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });

  const faults = new FaultLog(onLog);
  app.setErrorHandler((error: FastifyError | Fault, request, reply) => {
    const status = error instanceof Fault ? error.status : (error.statusCode ?? 500);
    if (error instanceof Fault) reply.headers(error.headers);
    if (status >= 500 && !(error instanceof Fault))
      faults.report(`${request.method} ${request.routeOptions.url ?? ''}`, error);
    // The rest of a body that is not read would be taken for the next request
    if (!request.raw.complete) reply.header('connection', 'close');
    const message =
      status >= 500 && !(error instanceof Fault)
        ? 'something went wrong in the server; its log says what'
        : printable(error.message);
    return reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ error: { status, message } }));
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.request(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });

  await app.register(cookie);
  await app.register(multipart, { throwFileSizeLimit: true });
  await secure(app, { hosts, isHttps, limits });
  app.addHook('onSend', async (request, reply) => {
    // Answers of the API are about people; images of projects say themselves how long a browser keeps them
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  registerRoutes(app, ROUTES, services);
  await registerPages(app, { web, openApi: openApiDocument(ROUTES, { version, signInRequired }) });
  return app;
}
