/** Serves the built page as `mien serve` does: isolated, and under its strict policy. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "img-src 'self' blob: data:",
    "media-src 'self' blob: data:",
    "connect-src 'self' blob: data:",
    "style-src 'self' 'unsafe-inline'",
  ].join('; '),
};

export interface Served {
  readonly url: string;
  /** Paths that were asked for so far. */
  readonly requests: readonly string[];
  /** From here on there is no server. */
  stop(): Promise<void>;
}

/** Answers what is not a file. @returns whether it did */
export type Api = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/** @param port 0: any that is free */
export async function serve(folder: string, api: Api = () => false, port = 0): Promise<Served> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(path);
    if (api(request, response, path)) return;
    readFile(join(folder, (path === '/' ? 'index.html' : path).replaceAll('..', ''))).then(
      (bytes) =>
        response
          .writeHead(200, {
            ...HEADERS,
            'content-type': TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream',
            'content-length': bytes.length,
          })
          .end(bytes),
      () => response.writeHead(404, HEADERS).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
