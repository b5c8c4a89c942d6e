/** Makes what routes declare happen: rights, forged requests, shapes of what comes in and goes out. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { identify } from '../access/identify.ts';
import { NOBODY, rightsOf, type Principal } from '../access/rights.ts';
import { sameText } from '../access/secrets.ts';
import { Fault } from './fault.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

const CSRF_HEADER = 'x-csrf-token';

export function registerRoutes(app: FastifyInstance, routes: readonly Route[], services: Services): void {
  for (const route of routes) {
    const { limits } = services;
    app.route({
      method: route.method,
      url: route.path,
      ...(route.isGuessable ? { config: { rateLimit: { max: limits.signInsPerMinute, timeWindow: '1 minute' } } } : {}),
      // Rights come before the body is read
      onRequest: async (request) => {
        identities.set(request, await allow(request, route, services));
      },
      handler: async (request, reply) => {
        const body = await route.handle(
          {
            params: parse('the path', route.params, request.params),
            query: parse('the query', route.query, request.query),
            body: parse('the body', route.body, request.body),
            who: identities.get(request) ?? NOBODY,
            request,
            reply,
          },
          services,
        );
        if (reply.sent || reply.raw.headersSent) return reply;
        if (body === undefined) return reply.send();
        const { schema } = route.answers[reply.statusCode] ?? {};
        if (!schema)
          throw new Error(`${route.method} ${route.path}: answers ${reply.statusCode}, which it does not declare`);
        // What is not declared is not sent
        return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(schema.parse(body)));
      },
    });
  }
}

const identities = new WeakMap<FastifyRequest, Principal>();

async function allow(
  request: FastifyRequest,
  { needs, method, needsSession }: Route,
  services: Services,
): Promise<Principal> {
  const found = await identify(request, services.store, services.signInRequired);
  if (!found && needs !== 'public') throw new Fault(401, 'the token is not valid', { 'www-authenticate': 'Bearer' });
  const who = found ?? NOBODY;
  if (needs !== 'public' && !rightsOf(who).includes(needs))
    throw who.kind === 'user'
      ? new Fault(403, `a ${who.role} may not do this`)
      : new Fault(401, 'sign in first, or give a token', { 'www-authenticate': 'Bearer' });
  if (needsSession && who.kind === 'user' && who.csrfToken === undefined)
    throw new Fault(403, 'a token may not do this: sign in');
  // A browser sends the cookie of itself, but the token only where our own page does
  if (who.kind === 'user' && who.csrfToken !== undefined && method !== 'GET') {
    const given = request.headers[CSRF_HEADER];
    if (typeof given !== 'string' || !sameText(given, who.csrfToken))
      throw new Fault(403, 'the header X-CSRF-Token is missing or wrong: GET /api/auth/session gives it');
  }
  return who;
}

function parse(place: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue!.path.join('.');
  throw new Fault(400, `${path === '' ? place : `${place}, ${path}`}: ${issue!.message}`);
}
