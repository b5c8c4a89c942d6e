/**
 * What keeps others out: headers of every answer; requests that another page's script sends, or that come under a name
 * that is not the server's (DNS rebinding); limits of rate.
 */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Limits } from '../settings.ts';
import { Fault } from './fault.ts';

export interface SecuritySettings {
  /** Names under which the server may be asked, with the port; undefined: any. */
  readonly hosts: () => ReadonlySet<string> | undefined;
  /** Whether the address that users see is https. */
  readonly isHttps: boolean;
  readonly limits: Limits;
}

export async function secure(app: FastifyInstance, { hosts, isHttps, limits }: SecuritySettings): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Networks run as WebAssembly, in workers that ONNX Runtime makes of blobs
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", 'blob:', 'data:'],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:', 'data:'],
        // Charts and components set styles of elements
        styleSrc: ["'self'", "'unsafe-inline'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Together they isolate the page, without which a browser has no threads for WebAssembly
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
  });

  await app.register(rateLimit, {
    global: true,
    max: limits.requestsPerMinute,
    timeWindow: '1 minute',
    // A client that has gone has no address any more
    keyGenerator: ({ ip }) => (ip as string | undefined) ?? 'gone',
    errorResponseBuilder: (_, { after }) =>
      new Fault(429, `too many requests: try again in ${after}`) as unknown as object,
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(), geolocation=()');
    const allowed = hosts();
    if (allowed && !allowed.has(hostOf(request)))
      throw new Fault(
        421,
        `the server is not called ${hostOf(request) || 'so'}: --url tells it the address that its users have`,
      );
    if (request.method !== 'GET' && request.method !== 'HEAD' && isFromElsewhere(request))
      throw new Fault(403, 'the request comes from a page of another address');
  });
}

const hostOf = (request: FastifyRequest): string => (request.headers.host ?? '').toLowerCase();

/** Browsers say where a request that changes something comes from; programs do not, and need not. */
function isFromElsewhere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  if (headers.origin === undefined) return false;
  return URL.parse(headers.origin)?.host !== headers.host?.toLowerCase();
}
