/** Runs a module of ours in headless Chromium, bundled as an application would bundle it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { findChromium } from './find-chromium.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** @returns the executable; where there is none the test is skipped, on CI it fails */
export function requireChromium(skip: (reason: string) => unknown): string {
  const executable = findChromium();
  if (executable !== undefined) return executable;
  if (process.env['CI'] === 'true') throw new Error('no Chromium is installed, and CI must run this test');
  skip('no Chromium is installed (apt-get install chromium, or name one with CHROMIUM)');
  throw new Error('skipped');
}

/**
 * Serves a folder, opens its index.html (or an empty page that runs page.js), and calls `use` with the page. @throws
 * when a script of the page fails
 */
export async function openFolder<T>(
  executable: string,
  folder: string,
  use: (page: Page, url: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(folder, (path === '/' ? 'index.html' : path).replaceAll('..', ''));
    const body = readFile(file).catch((error: Error) => (path === '/' ? EMPTY_PAGE : Promise.reject(error)));
    body.then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return await openAddress(executable, url, (page) => use(page, url));
  } finally {
    server.close();
  }
}

/** Opens a page that somebody serves, and calls `use` with it. @throws when a script of the page fails */
export async function openAddress<T>(executable: string, url: string, use: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: executable,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    const failures: Error[] = [];
    page.on('pageerror', (error) => failures.push(error));
    await page.goto(url, { waitUntil: 'load' });
    if (failures[0]) throw failures[0];
    return await use(page);
  } finally {
    await browser.close();
  }
}

const EMPTY_PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';

/**
 * Bundles `entry` for browsers from what is published (`dist`), opens an empty page that runs it, and calls `use` with
 * the page.
 * @param fill puts further files into the folder that is served
 * @throws when anything that the entry reaches imports a module of Node, or the page's script fails
 */
export async function withPage<T>(
  executable: string,
  entry: URL,
  use: (page: Page, url: string) => Promise<T>,
  fill?: (folder: string) => Promise<void>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-page-'));
  try {
    await bundle(fileURLToPath(entry), folder);
    await fill?.(folder);
    return await openFolder(executable, folder, use);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Refuses modules of Node, where Vite would put an empty one in their place. */
export const withoutNode = (entry: string): Plugin => ({
  name: 'no-node',
  enforce: 'pre',
  resolveId(id, importer) {
    if (id.startsWith('node:') || builtinModules.includes(id))
      throw new Error(`${importer ?? entry} imports ${id}, which a browser does not have`);
    return null;
  },
});

async function bundle(entry: string, outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [withoutNode(entry)],
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  });
}
