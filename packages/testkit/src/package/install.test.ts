/**
 * What a user gets: the packages are packed, published in a registry of this test's own, installed into an empty
 * project by the very lines of the READMEs, and used: every entry from Node, the types, the command, bundles for
 * browsers, and a page in Chromium.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openAddress, openFolder, requireChromium } from '../browser/chromium.ts';
import { bundle, type BundleFile, buildPage } from './bundle.ts';
import { APPLICATION, LIBRARY, pathOf, PUBLISHED, readManifest, sourcesOf, specifierOf } from './manifest.ts';
import { commandsOf, examplesOf } from './readme.ts';
import { type Registry, startRegistry } from './registry.ts';
import { runLine, runOrThrow, userEnvironment } from './shell.ts';

const MINUTES = 60_000;
const library = readManifest(LIBRARY);
const application = readManifest(APPLICATION);
const entries = [...sourcesOf(library).keys()];
const README = pathOf('README.md');
/** The README's five lines. */
const nodeExample = (): string => examplesOf(README)[0]!;
const photo = pathOf('node_modules/@vladmandic/face-api/demo/sample1.jpg');

let folder = '';
let project = '';
let registry: Registry;
let env: NodeJS.ProcessEnv;
const tarballs = new Map<string, string>();

/** The README's line that begins so. */
function lineOf(start: string): string {
  const found = commandsOf(README).find((line) => line.startsWith(start));
  if (found === undefined) throw new Error(`README.md has no command that begins "${start}"`);
  return found;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-install-'));
  for (const source of PUBLISHED) {
    const [packed] = Object.values(
      JSON.parse(await runOrThrow(`npm pack --json --pack-destination ${folder}`, pathOf('.', source))) as Record<
        string,
        { filename: string }
      >,
    );
    tarballs.set(readManifest(source).name, join(folder, packed!.filename));
  }
  const upstream = (await runOrThrow('npm config get registry', folder)).trim();
  registry = await startRegistry(
    PUBLISHED.map(readManifest).map((manifest) => ({ tarball: tarballs.get(manifest.name)!, manifest })),
    upstream,
  );
  // npx keeps what it installs in npm's cache: a folder of its own, with the downloads of the machine's
  const cache = join(folder, 'cache');
  const machineCache = (await runOrThrow('npm config get cache', folder)).trim();
  await mkdir(join(machineCache, '_cacache'), { recursive: true });
  await mkdir(cache);
  await symlink(join(machineCache, '_cacache'), join(cache, '_cacache'));
  env = userEnvironment({ npm_config_registry: registry.url, npm_config_cache: cache, npm_config_yes: 'true' });
  project = join(folder, 'project');
  await mkdir(project);
  await runOrThrow(lineOf(`npm install --ignore-scripts ${library.name}`), project, env);
}, 10 * MINUTES);

afterAll(async () => {
  registry.close();
  await rm(folder, { recursive: true });
}, MINUTES);

describe('the tarballs', () => {
  it.each(PUBLISHED.map((source) => [readManifest(source).name, source] as const))(
    '%s has licence, README and the sources of its maps, and nothing of the build',
    async (name, source) => {
      const target = join(folder, `unpacked-${name}`);
      await mkdir(target);
      await runOrThrow(`tar -xzf ${tarballs.get(name)!} -C ${target} --strip-components 1`, folder);
      const files = (await readdir(target, { recursive: true })).map((file) => file.replaceAll('\\', '/'));
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(await readFile(join(target, 'LICENSE'), 'utf8')).toBe(await readFile(pathOf('LICENSE'), 'utf8'));
      expect(files.filter((file) => /tsbuildinfo|\.test\.|golden|node_modules|\.partial$/.test(file))).toEqual([]);
      const maps = files.filter((file) => file.endsWith('.map'));
      expect(maps.length).toBeGreaterThan(10);
      for (const map of maps) {
        const { sources } = JSON.parse(await readFile(join(target, map), 'utf8')) as { sources: string[] };
        // A file that was built from a source which is gone since has no place in a package
        for (const path of sources)
          expect((await stat(join(target, map, '..', path))).isFile(), `${map}: ${path}`).toBe(true);
      }
      expect(JSON.parse(await readFile(join(target, 'package.json'), 'utf8'))).toMatchObject({
        name,
        license: 'Apache-2.0',
        version: readManifest(source).version,
      });
    },
  );

  it.each(PUBLISHED.map((source) => readManifest(source).name))('%s: publint has nothing to say', async (name) => {
    const bytes = await readFile(tarballs.get(name)!);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer },
      level: 'warning',
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg!, { color: false }))).toEqual([]);
  });
});

describe('in Node', () => {
  it(
    'gives every entry, by import and by require',
    async () => {
      const specifiers = entries.map((entry) => specifierOf(library.name, entry));
      await writeFile(
        join(project, 'entries.mjs'),
        `
      import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      for (const specifier of ${JSON.stringify(specifiers)}) {
        const imported = Object.keys(await import(specifier)).sort();
        const required = Object.keys(require(specifier)).filter((name) => name !== '__esModule').sort();
        if (imported.length === 0 || String(imported) !== String(required)) throw new Error(specifier + ': ' + imported + ' / ' + required);
      }
      console.log(require('${library.name}/package.json').version);
      for (const inner of ['autodiff/rules', 'crowd/methods', 'onnx/reference', 'dist/index.js']) {
        await import('${library.name}/' + inner).then(() => { throw new Error(inner + ' can be imported'); }, (error) => { if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error; });
      }`,
      );
      const { status, stdout, stderr } = await runLine('node entries.mjs', project, env);
      expect({ status, stdout, warnings: stderr.replace(/.*ExperimentalWarning.*\n.*\n/g, '') }).toEqual({
        status: 0,
        stdout: `${library.version}\n`,
        warnings: '',
      });
    },
    3 * MINUTES,
  );

  it(
    "recognises a photo by the README's five lines",
    async () => {
      await cp(photo, join(project, 'photo.jpg'));
      await writeFile(join(project, 'recognise.mjs'), nodeExample());
      expect(await runOrThrow('node recognise.mjs', project, env)).toMatch(
        /^(neutral|happiness|surprise|sadness|anger|disgust|fear|contempt) 0\.\d+/m,
      );
    },
    3 * MINUTES,
  );
});

describe('types', () => {
  const base = { target: 'ES2023', strict: true, skipLibCheck: false, noEmit: true, exactOptionalPropertyTypes: true };
  test.each(['nodenext', 'bundler'] as const)(
    'are sound under %s, with and without those of Node',
    async (resolution) => {
      const all = entries.map((entry, i) => `export * as e${i} from '${specifierOf(library.name, entry)}';`).join('\n');
      const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
      const options = { ...base, module, moduleResolution: resolution, typeRoots: [pathOf('node_modules/@types')] };
      await writeFile(join(project, 'with-node.mts'), `${all}\n${nodeExample()}`);
      await writeFile(join(project, 'without-node.mts'), all);
      const page = examplesOf(pathOf('README.md', LIBRARY)).find((code) => code.includes('document.'))!;
      await writeFile(
        join(project, 'page.mts'),
        `${page}\nfor (const source of [new File([], ''), new Blob(), new URL('a:b'), document.createElement('canvas'), new OffscreenCanvas(1, 1), new Image(), new ImageData(1, 1), null! as ImageBitmap, null! as VideoFrame]) void decodeImage(source);`,
      );
      const configs = {
        'with-node': { ...options, lib: ['ES2023'], types: ['node'] },
        // A browser's names in place of Node's: zod's types need `URL`
        'without-node': { ...options, lib: ['ES2023', 'DOM'], types: [] },
        page: { ...options, lib: ['ES2023', 'DOM'], types: [] },
      };
      for (const [name, compilerOptions] of Object.entries(configs)) {
        await writeFile(
          join(project, `tsconfig.${name}.json`),
          JSON.stringify({ compilerOptions, files: [`${name}.mts`] }),
        );
        const { stdout } = await runLine(
          `node "${pathOf('node_modules/typescript/bin/tsc')}" -p tsconfig.${name}.json`,
          project,
          env,
        );
        expect(stdout, name).toBe('');
      }
    },
    5 * MINUTES,
  );
});

describe('the command', () => {
  it(
    "recognises a photo in an empty folder by the README's line",
    async () => {
      const empty = join(folder, 'empty');
      await mkdir(empty);
      await cp(photo, join(empty, 'photo.jpg'));
      const stdout = await runOrThrow(lineOf('npx'), empty, env);
      expect(stdout).toMatch(/^photo\.jpg: 3 faces\n {3}0 {2}\w+ +\d+%/);
      expect(await readdir(empty)).toEqual(['photo.jpg']);
    },
    10 * MINUTES,
  );
});

describe('the server', () => {
  it(
    'installed without an install script, answers what the command prints, and has the page',
    async ({ skip }) => {
      const place = join(folder, 'server');
      await mkdir(place);
      await cp(photo, join(place, 'photo.jpg'));
      await runOrThrow(`npm install --ignore-scripts ${application.name}`, place, env);
      const printed = await runOrThrow('npx mien-cli recognize photo.jpg --json', place, env);
      const bin = join(place, 'node_modules', application.name, 'bin/mien.js');
      const child = spawn(
        process.execPath,
        [bin, 'serve', '--port', '0', '--data', 'data', '--processes', '1', '--json'],
        { cwd: place, env, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = once(child, 'exit');
      try {
        let text = '';
        for await (const chunk of child.stdout) {
          text += String(chunk);
          if (text.endsWith('}\n')) break;
        }
        const { url } = JSON.parse(text) as { url: string };
        const form = new FormData();
        form.append('photo', await openAsBlob(join(place, 'photo.jpg')), 'photo.jpg');
        const answer = await fetch(`${url}/api/recognize`, { method: 'POST', body: form });
        expect(await answer.text()).toBe(printed);
        for (const page of ['/docs/', '/account']) expect((await fetch(url + page)).status).toBe(200);

        await openAddress(requireChromium(skip), url, async (page) => {
          expect(await page.evaluate('crossOriginIsolated')).toBe(true);
          await page.getByTestId('photos').setInputFiles(join(place, 'photo.jpg'));
          await page.getByText(/^3 faces/).waitFor();
        });
      } finally {
        child.kill();
        await ended;
      }
    },
    10 * MINUTES,
  );
});

describe('in a browser', () => {
  const KIB = 1024;
  /** JavaScript alone: ONNX Runtime's WebAssembly is a file of its own. */
  const sizeOf = (files: readonly BundleFile[], later: boolean): number =>
    files
      .filter((file) => file.name.endsWith('.js') && file.later === later)
      .reduce((sum, { bytes }) => sum + bytes, 0) / KIB;

  beforeAll(async () => {
    const [install] = commandsOf(pathOf('README.md', LIBRARY)).filter(
      (line) => line.startsWith('npm install') && line.includes('onnxruntime-web'),
    );
    await runOrThrow(install!, project, env);
  }, 10 * MINUTES);

  // `pixelsToTensor` has every step of preparation, with 2 KiB of colours of mapped patterns.
  // `later`: what is fetched only when it is asked for. For `Recognizer` that is what models of frontal faces need; for
  // `createRecognizer` also ONNX Runtime's scripts, of which every page fetches one: 69 KiB, or 112 for WebGPU.
  test.for([
    { name: 'relu', from: 'nn', ceiling: 2, later: 0 },
    { name: 'crossEntropyLoss', from: 'nn/losses', ceiling: 4, later: 0 },
    { name: 'gradients', from: 'autodiff', ceiling: 60, later: 0 },
    { name: 'pixelsToTensor', from: 'data', ceiling: 14, later: 0 },
    { name: 'Recognizer', from: 'predict', ceiling: 100, later: 30 },
    { name: 'createRecognizer', from: '', ceiling: 260, later: 220 },
  ])(
    '$name alone takes at most $ceiling KiB, and $later KiB later',
    { timeout: 2 * MINUTES },
    async ({ name, from, ceiling, later }, { annotate }) => {
      const files = await bundle(
        `import { ${name} } from '${specifierOf(library.name, `./${from}`.replace(/\/$/, ''))}'; globalThis.used = ${name};`,
        project,
      );
      const sizes = { first: sizeOf(files, false), later: sizeOf(files, true) };
      await annotate(`${name}: ${sizes.first.toFixed(1)} KiB, ${sizes.later.toFixed(1)} KiB later`);
      expect(sizes.first).toBeLessThanOrEqual(ceiling);
      expect(sizes.later).toBeLessThanOrEqual(later);
    },
  );

  it(
    'recognises a photo on the page of examples/browser',
    async ({ skip }) => {
      const page = join(project, 'page');
      await cp(pathOf('examples/browser'), page, { recursive: true, filter: (path) => !path.includes('node_modules') });
      await runOrThrow(`node "${pathOf('bin/mien.js', APPLICATION)}" assets public/mien`, page, env);
      await openFolder(requireChromium(skip), await buildPage(page), async (opened) => {
        const status = opened.locator('#status');
        await opened.waitForFunction("document.getElementById('status').value === 'Ready.'");
        await opened.setInputFiles('#file', photo);
        await opened.waitForFunction("/face/.test(document.getElementById('status').value)");
        expect(await status.textContent()).toMatch(/^3 faces, \d+ ms$/);
      });
    },
    5 * MINUTES,
  );
});
