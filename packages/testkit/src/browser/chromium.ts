/** Runs a module of ours in headless Chromium, bundled as an application would bundle it. */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** The executable that CHROMIUM names, or the first of the usual names on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = named === undefined ? ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name))) : [named];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Bundles `entry` for browsers, opens an empty page that runs it, and calls `use` with the page.
 * @throws when anything that the entry reaches imports a module of Node, or the page's script fails
 */
export async function withPage<T>(executable: string, entry: URL, use: (page: Page) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-page-'));
  try {
    await bundle(fileURLToPath(entry), folder);
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const body = path === '/' ? Promise.resolve('<!doctype html><script type="module" src="page.js"></script>') : readFile(join(folder, path.replaceAll('..', '')));
      body.then(
        (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({
      executablePath: executable,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    try {
      const page = await browser.newPage();
      const failures: Error[] = [];
      page.on('pageerror', (error) => failures.push(error));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: 'load' });
      if (failures[0]) throw failures[0];
      return await use(page);
    } finally {
      await browser.close();
      server.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundle(entry: string, outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['mien-source', 'browser', 'import', 'module', 'default'] },
    plugins: [{
      name: 'no-node',
      enforce: 'pre',
      resolveId(id, importer) {
        if (id.startsWith('node:') || builtinModules.includes(id)) throw new Error(`${importer ?? entry} imports ${id}, which a browser does not have`);
        return null;
      },
    }],
    build: { outDir, emptyOutDir: true, minify: false, rollupOptions: { input: entry, output: { entryFileNames: 'page.js' } } },
  });
}
