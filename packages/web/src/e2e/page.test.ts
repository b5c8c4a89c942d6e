/**
 * The built page in headless Chromium, served as `mien serve` serves it: photos, a camera, without a network, with the
 * keyboard alone.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createRecognizer, decodeImage } from 'mienjs';
import { withActionUnits } from 'mienjs/animate';
import { npmFaceNetworks } from 'mienjs/face/node';
import { CSV_COLUMNS, FORMAT_NAMES } from 'mienjs/results';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../testkit/src/browser/find-chromium.ts';
import { buildPage } from './build-page.ts';
import { problems } from './problems.ts';
import { serve, type Served } from './serve.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const DEMO = join(ROOT, 'node_modules/@vladmandic/face-api/demo');
const TIMEOUT_MS = 240_000;
/** Without ONNX Runtime's WebAssembly and the models. */
const MAX_FIRST_LOAD = 1.5e6;

const executable = findChromium();
if (executable === undefined && process.env['CI'] === 'true')
  throw new Error('no Chromium is installed, and CI must run this test');

describe.skipIf(executable === undefined)('the page', () => {
  let folder: string;
  let dist: string;
  let photo: Buffer;
  let server: Served;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What scripts and the page's policy complain of. */
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  /** Settled when the first photo is read. */
  const isRead = deferred();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mien-web-'));
    dist = join(folder, 'dist');
    photo = await sharp(join(DEMO, 'sample4.jpg')).resize(900).png({ compressionLevel: 1 }).toBuffer();
    await writeFile(join(folder, 'group.png'), photo);
    await writeFile(join(folder, 'cut.png'), photo.subarray(0, 40_000));
    await writeFile(join(folder, 'clip.mjpeg'), await movingFace());
    await buildPage(dist);
    // The service worker comes late, as on a slow connection: what was fetched before it must be kept too
    server = await serve(dist, (_, response, path) => {
      if (path !== '/sw.js') return false;
      void isRead.promise
        .then(() => readFile(join(dist, 'sw.js')))
        .then((code) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(code));
      return true;
    });
    browser = await chromium.launch({
      executablePath: executable!,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${join(folder, 'clip.mjpeg')}`,
      ],
    });
    context = await browser.newContext({ acceptDownloads: true });
    context.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) elsewhere.push(request.url());
    });
    page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS / 2);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A server of files knows nothing of accounts: that is how the page learns that it is alone
      if (message.type() === 'error' && !message.location().url.endsWith('/api/auth/session'))
        complaints.push(message.text());
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  it(
    'reads a photo that is dropped on it, with the numbers of Node',
    async () => {
      await page.goto(server.url);
      await page.getByText('Nothing is uploaded').waitFor();
      await drop(page, [{ name: 'group.png', bytes: photo }]);
      await page.getByText(/^4 faces/).waitFor();
      await page.getByRole('button', { name: /^Face 1: \w+ \d+ %/ }).waitFor();
      isRead.resolve();

      const saved = JSON.parse(await savedAs(page, 'JSON')) as {
        model: string;
        images: { file: string; faces: { expressions: Record<string, number>; top: string }[] }[];
      };
      const recognizer = await createRecognizer();
      const { faces } = await recognizer.recognize(await decodeImage(photo));
      await recognizer.release();
      expect(saved.model).toBe('default');
      expect(saved.images.map(({ file }) => file)).toEqual(['group.png']);
      expect(saved.images[0]!.faces.map(({ top }) => top)).toEqual(faces.map(({ top }) => top));
      saved.images[0]!.faces.forEach(({ expressions }, i) => {
        for (const [name, p] of Object.entries(expressions))
          expect(Math.abs(p - faces[i]!.expressions[name as 'neutral']!)).toBeLessThan(1e-4);
      });
      const csv = await savedAs(page, 'CSV: a row for each face');
      expect(csv.split('\n')[0]).toBe(CSV_COLUMNS.map(([name]) => name).join());
      await page.getByRole('button', { name: 'Save results' }).click();
      expect(await page.getByRole('menuitem').count()).toBe(FORMAT_NAMES.length);
      await page.keyboard.press('Escape');
    },
    TIMEOUT_MS,
  );

  it(
    'says in one line what is wrong with a file, and goes on',
    async () => {
      await page
        .getByTestId('photos')
        .setInputFiles([join(folder, 'cut.png'), fileURLToPath(import.meta.url), join(folder, 'group.png')]);
      await page.getByRole('radio', { name: 'group.png: 4 faces' }).nth(1).waitFor();
      const failures = await page.locator('.cell-error').allTextContents();
      expect(failures).toEqual([
        expect.stringMatching(/^cut\.png: is truncated or damaged \(.+\)$/),
        expect.stringMatching(/^page\.test\.ts: is not an image that this browser can read/),
      ]);
      await page.getByRole('radio', { name: 'cut.png: not read' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('cut.png: is truncated or damaged');
    },
    TIMEOUT_MS,
  );

  it(
    'shows what a reading rests on, and the face in space',
    async () => {
      await page.getByRole('radio', { name: 'group.png: 4 faces' }).first().click();
      await page.getByRole('button', { name: 'Why this reading?' }).click();
      await page.getByText('speaks for it').waitFor();
      await page.getByRole('button', { name: 'Turn in 3-D' }).click();
      await page.getByText('Seen in the photo').waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    'estimates action units where the settings ask for them, with the numbers of Node',
    async () => {
      const choose = async (): Promise<void> => {
        await page.getByRole('button', { name: 'Settings' }).click();
        await page.getByRole('switch', { name: 'Action units' }).click();
        await page.keyboard.press('Escape');
        await page.getByRole('radio', { name: 'group.png: 4 faces' }).nth(1).waitFor();
      };
      await page.evaluate(() => void (location.hash = '#/'));
      await choose();
      await page.getByText('Action units, estimated from the mesh').waitFor();
      expect(await page.locator('.units .bar-name').allTextContents()).toContain('Lip corner puller');
      expect(await problems(page)).toEqual([]);
      const saved = JSON.parse(await savedAs(page, 'JSON')) as {
        images: { file: string; faces: { actionUnits: { intensity: Record<string, number> } }[] }[];
      };
      const recognizer = await createRecognizer();
      const reader = await withActionUnits(recognizer, await npmFaceNetworks.canonicalFace());
      const { faces } = await reader.recognize(await decodeImage(photo));
      await recognizer.release();
      const ours = saved.images.find(({ file }) => file === 'group.png')!.faces;
      expect(ours).toHaveLength(faces.length);
      ours.forEach(({ actionUnits }, i) => {
        const theirs = faces[i]!.actionUnits;
        expect(Object.keys(actionUnits.intensity)).toHaveLength(theirs.length);
        for (const { unit, intensity } of theirs)
          expect(Math.abs(actionUnits.intensity[`AU${String(unit).padStart(2, '0')}`]! - intensity)).toBeLessThan(0.02);
      });
      const csv = await savedAs(page, 'CSV: a row for each face');
      expect(csv.split('\n')[0]).toContain(',AU12_r,');
      await choose();
      await page.getByText('Action units, estimated from the mesh').waitFor({ state: 'detached' });
    },
    TIMEOUT_MS,
  );

  it(
    'has nothing serious for axe to find, in light and dark, on any page',
    async () => {
      const found: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.waitForFunction(
          (isDark) => matchMedia('(prefers-color-scheme: dark)').matches === isDark,
          colorScheme === 'dark',
        );
        for (const hash of ['#/', '#/3d', '#/models', '#/about']) {
          await page.evaluate((to) => void (location.hash = to), hash);
          await page.locator('main h1, .workbench').first().waitFor();
          // In the dark only the colors differ
          const own = await problems(page, colorScheme === 'dark' ? ['color-contrast'] : undefined);
          found.push(...own.map((problem) => `${hash} ${colorScheme}: ${problem}`));
        }
      }
      await page.evaluate(() => void (location.hash = '#/'));
      await page.getByRole('button', { name: 'Settings' }).click();
      found.push(...(await problems(page)).map((problem) => `settings: ${problem}`));
      await page.keyboard.press('Escape');
      expect(found).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'can be used with the keyboard alone',
    async () => {
      await page.locator('.workbench').waitFor();
      // Tab marks what it reaches; members of a group with arrow keys are reached through one of them
      await page.evaluate(() => {
        (document.activeElement as HTMLElement | null)?.blur();
        addEventListener('focusin', ({ target }) => (target as HTMLElement).setAttribute('data-reached', ''));
      });
      const { length: most } = await page.$$('a[href], button, input, select, [tabindex]');
      for (let i = 0; i < most; i++) await page.keyboard.press('Tab');
      const unreached = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('a[href], button, input, select')]
          .filter((element) => element.offsetParent !== null && !(element as HTMLButtonElement).disabled)
          .filter((element) => {
            const group = element.hasAttribute('data-radix-collection-item') ? element.parentElement! : element;
            return !group.matches('[data-reached]') && !group.querySelector('[data-reached]');
          })
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      );
      expect(unreached).toEqual([]);

      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.getByRole('radio', { name: 'group.png: 4 faces' }).first().focus();
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await page.keyboard.press(']');
      await page.getByText('Face 2 of 4').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.locator('.easel-title', { hasText: 'cut.png' }).waitFor();
      const landmarks = page.getByRole('button', { name: 'Landmarks' });
      expect(await landmarks.getAttribute('aria-pressed')).toBe('false');
      await page.keyboard.press('l');
      expect(await landmarks.getAttribute('aria-pressed')).toBe('true');
    },
    TIMEOUT_MS,
  );

  it(
    'follows a face before the camera by its mesh',
    async () => {
      await page.getByRole('button', { name: 'Camera' }).click();
      await page.getByText('1 face followed').waitFor();
      // More frames than the detector was asked in
      await page.waitForFunction(() => {
        const [, searches, frames] =
          /asked in (\d+) of (\d+)/.exec(document.querySelector('[data-testid=rate]')?.textContent ?? '') ?? [];
        return Number(frames) >= 8 && Number(searches) < Number(frames) / 2;
      });
      await page.locator('.timeline svg').first().waitFor();
      // The character smiles as the face does, and goes on being drawn
      await page.getByRole('switch', { name: 'A character that wears the expression' }).click();
      const character = page.locator('.character canvas[data-shows=picture]');
      await character.waitFor();
      expect(await character.getAttribute('aria-label')).toBe('Nora, showing happiness');
      const [nora, again] = [await drawnIn(page), await drawnIn(page)];
      expect(again).not.toBe(nora);
      await page.getByRole('radio', { name: 'Hugo' }).click();
      await page.getByRole('img', { name: 'Hugo, showing happiness' }).waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      const rows = (await savedAs(page, 'CSV: a row for each face')).trimEnd().split('\n');
      expect(rows.length).toBeGreaterThan(8);
      expect(await problems(page)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'reads a video picture by picture, and saves its times',
    async () => {
      // A recording of the page's own: browsers do not say how long theirs are
      await page.evaluate(record, photo.toString('base64'));
      await page.getByText('Read again').waitFor();
      await page.getByText(/^\d\d? frames read$/).waitFor();
      const rows = (await savedAs(page, "CSV with OpenFace's columns")).trimEnd().split('\n');
      const header = rows[0]!.split(',');
      const times = rows.slice(1).map((row) => Number(row.split(',')[header.indexOf('timestamp')]));
      expect(times[0]).toBe(0);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(times.at(-1)).toBeGreaterThan(0.3);
      const ids = new Set(rows.slice(1).map((row) => row.split(',')[header.indexOf('face_id')]));
      expect([...ids].sort()).toEqual(['0', '1', '2', '3']);
    },
    TIMEOUT_MS,
  );

  it(
    'works again without the server',
    async () => {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      const before = [...server.requests];
      await server.stop();
      await page.goto(server.url);
      await page.getByText('Nothing is uploaded').waitFor();
      await page.getByTestId('photos').setInputFiles(join(folder, 'group.png'));
      await page.getByText(/^4 faces/).waitFor();
      await page.evaluate(() => void (location.hash = '#/models'));
      await page.getByRole('heading', { name: 'default', exact: true }).waitFor();

      expect(elsewhere).toEqual([]);
      expect(complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
      // Networks are fetched once, only those that are used, and of the runtime only the build for the processor
      const fetched = before.filter((path) => path.startsWith('/mien/') && path !== '/mien/assets.json');
      expect(fetched).toHaveLength(new Set(fetched).size);
      expect(fetched.filter((path) => path.startsWith('/mien/models/'))).toEqual(['/mien/models/default.onnx']);
      expect(before.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it('is small: everything but the runtime and the models', async () => {
    const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
      .filter(({ parentPath, name }) => !name.endsWith('.wasm') && !parentPath.startsWith(join(dist, 'mien')))
      .filter((entry) => entry.isFile());
    let bytes = 0;
    for (const { parentPath, name } of files) bytes += gzipSync(await readFile(join(parentPath, name))).length;
    expect(files.length).toBeGreaterThan(10);
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD);
  });
});

/** As if files were dragged in from outside. */
async function drop(page: Page, files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<void> {
  const data = await page.evaluateHandle(
    (list) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of list)
        transfer.items.add(
          new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: 'image/png' }),
        );
      return transfer;
    },
    files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

/** Runs in the page: films a picture that moves for more than a second, and opens the film as if it had been dropped. */
async function record(base64: string): Promise<void> {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const context = canvas.getContext('2d')!;
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => {
    if (data.size > 0) parts.push(data);
  };
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  // Pieces of a fifth of a second: however slow the machine is, the film is long enough with eight
  recorder.start(200);
  for (let i = 0; parts.length < 8; i++) {
    context.drawImage(image, (i % 20) - 10, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  recorder.stop();
  await stopped;
  const transfer = new DataTransfer();
  transfer.items.add(new File(parts, 'film.webm', { type: 'video/webm' }));
  dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
}

/** What the character's canvas shows once it shows something else than now. */
async function drawnIn(page: Page): Promise<string> {
  const shown = (): string => (document.querySelector('.character canvas') as HTMLCanvasElement).toDataURL();
  const before = await page.evaluate(shown);
  await page.waitForFunction(
    (old) => (document.querySelector('.character canvas') as HTMLCanvasElement).toDataURL() !== old,
    before,
  );
  return page.evaluate(shown);
}

/** The text of what the menu saves. */
async function savedAs(page: Page, choice: string): Promise<string> {
  await page.getByRole('button', { name: 'Save results' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: choice, exact: true }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

/** A clip of one face of a demo photo that moves sideways, as JPEGs one after the other. */
async function movingFace(): Promise<Buffer> {
  const frames = await Promise.all(
    Array.from({ length: 16 }, (_, i) =>
      sharp(join(DEMO, 'sample3.jpg'))
        .extract({ left: 930 + 4 * Math.abs(8 - i), top: 60, width: 520, height: 520 })
        .resize(480, 480)
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
  return Buffer.concat(frames);
}

/** A promise that is settled from outside. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
