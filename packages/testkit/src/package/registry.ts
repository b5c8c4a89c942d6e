/**
 * A registry in which this repository's packages are published; every other package it redirects to the real one. So a
 * README's install line runs as it stands.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

export interface Publication {
  /** Path of the tarball. */
  readonly tarball: string;
  /** Its package.json. */
  readonly manifest: { readonly name: string; readonly version: string };
}

export interface Registry {
  readonly url: string;
  close(): void;
}

/** @param upstream address of the registry that has everything else */
export async function startRegistry(publications: readonly Publication[], upstream: string): Promise<Registry> {
  const served = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname);
    const body = served.get(path);
    if (body)
      response
        .writeHead(200, { 'content-type': path.endsWith('.tgz') ? 'application/octet-stream' : 'application/json' })
        .end(body);
    else
      response
        .writeHead(302, {
          location: new URL(request.url!.slice(1), upstream.endsWith('/') ? upstream : `${upstream}/`).href,
        })
        .end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const { tarball, manifest } of publications) {
    const bytes = await readFile(tarball);
    const path = `/${manifest.name}/-/${basename(tarball)}`;
    const dist = {
      tarball: new URL(path, url).href,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    };
    served.set(path, bytes);
    served.set(
      `/${manifest.name}`,
      Buffer.from(
        JSON.stringify({
          name: manifest.name,
          'dist-tags': { latest: manifest.version },
          versions: { [manifest.version]: { ...manifest, dist } },
        }),
      ),
    );
  }
  return { url, close: () => server.close() };
}
