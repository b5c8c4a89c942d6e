/** The pages of annotation in headless Chromium, before a server that breaks in all the ways that servers do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from 'mien-server/contract';
import { PROJECT_PRESETS } from 'mien-server/presets';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../testkit/src/browser/find-chromium.ts';
import { buildPage } from './build-page.ts';
import { FakeAnnotation, type FakeSettings, PROJECT } from './fake-annotation.ts';
import { problems } from './problems.ts';
import { serve, type Served } from './serve.ts';

const FACE = fileURLToPath(new URL('../../../../docs/pictures/face.svg', import.meta.url));
const TIMEOUT_MS = 120_000;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

const executable = findChromium();
if (executable === undefined && process.env['CI'] === 'true')
  throw new Error('no Chromium is installed, and CI must run this test');

const settingsOf = (name: string) => PROJECT_PRESETS.find((preset) => preset.name === name)!.settings;
const say = (expression: string): Answer => ({ expression });

describe.skipIf(executable === undefined)('annotating', () => {
  let folder: string;
  let browser: Browser;
  let image: FakeSettings['image'];
  const open: Served[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mien-annotate-'));
    await buildPage(join(folder, 'dist'));
    const bytes = await sharp(FACE).resize(250, 280).png().toBuffer();
    image = { bytes, width: 250, height: 280 };
    browser = await chromium.launch({
      executablePath: executable!,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    for (const served of open) await served.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  async function begin(
    given: Partial<FakeSettings>,
    options: BrowserContextOptions = {},
  ): Promise<{ fake: FakeAnnotation; page: Page; served: Served }> {
    const fake = new FakeAnnotation({ settings: settingsOf('expressions'), image, ...given });
    const served = await serve(join(folder, 'dist'), fake.api);
    open.push(served);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${served.url}#/annotate/${PROJECT}`);
    return { fake, page, served };
  }

  const ready = (page: Page): Promise<void> => page.locator('.option:enabled').first().waitFor();
  /** What is not seen is not labelled: a key that comes before its image does nothing. */
  const press = async (page: Page, ...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await ready(page);
      await page.keyboard.press(key);
    }
  };
  const shows = (page: Page, done: number, planned: number): Promise<void> =>
    page.getByTestId('done').getByText(`${done} of ${planned}`, { exact: true }).waitFor();

  it(
    'labels ten images with ten keys, takes one back, and goes on where it was when the tab is opened again',
    async () => {
      const { fake, page } = await begin({ work: 12 });
      await ready(page);
      for (let i = 0; i < 10; i++) await press(page, String((i % 7) + 1));
      await shows(page, 10, 12);
      await page.keyboard.press('Backspace');
      await shows(page, 9, 12);
      expect(await page.getByRole('button', { name: 'Disgust' }).getAttribute('aria-pressed')).toBe('true');
      await page.keyboard.press('6');
      await shows(page, 10, 12);
      // The undo and the label after it may be on their way
      await expect
        .poll(() => [...fake.labels.values()].map(({ expression }) => expression))
        .toEqual([
          ...['surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral', 'surprise', 'fear', 'anger'],
        ]);
      expect(fake.events.map(({ kind }) => kind).filter((kind) => kind === 'undo')).toHaveLength(1);
      expect(fake.events.every(({ kind, activeMs }) => kind === 'undo' || activeMs > 0)).toBe(true);

      await page.reload();
      await ready(page);
      await shows(page, 10, 12);
      await page.keyboard.press('1');
      // A key that is held down is one label
      await page.evaluate(() =>
        dispatchEvent(new KeyboardEvent('keydown', { key: '2', code: 'Digit2', repeat: true })),
      );
      await page.keyboard.press('s');
      await page.getByText('All done').waitFor();
      expect([fake.labels.size, fake.items.at(-1)!.isSkipped]).toEqual([11, true]);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'fetches images before their turn, so that the next is there at once',
    async () => {
      const { page, served } = await begin({ work: 30 });
      await ready(page);
      const images = (): number => served.requests.filter((path) => path.startsWith('/api/test-image/')).length;
      await expect.poll(images).toBe(8);
      // From the key to the next image on the screen, in the page's own time
      const waitsMs = await page.evaluate(async () => {
        const waits: number[] = [];
        for (let i = 0; i < 20; i++) {
          // As fast as people are: half a second for each
          await new Promise((resolve) => setTimeout(resolve, 500));
          const before = document.querySelector<HTMLImageElement>('.label-stage img')!.src;
          const start = performance.now();
          dispatchEvent(new KeyboardEvent('keydown', { key: '4', code: 'Digit4' }));
          while (document.querySelector<HTMLImageElement>('.label-stage img')?.src === before)
            await new Promise((resolve) => requestAnimationFrame(resolve));
          waits.push(performance.now() - start);
        }
        return waits.sort((a, b) => a - b);
      });
      expect(waitsMs[10]).toBeLessThan(100);
      expect(waitsMs.at(-1)).toBeLessThan(500);
      // Refilled while keys are pressed: of those that come next none is missing
      await expect.poll(images).toBeGreaterThanOrEqual(26);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'loses and doubles no label when answers are lost, the server goes away, the tab is closed, and all come back',
    async () => {
      const { fake, page, served } = await begin({ work: 12 });
      await ready(page);
      fake.lost = 2;
      await page.keyboard.press('1');
      await shows(page, 1, 12);
      await page.keyboard.press('2');
      await expect.poll(() => fake.labels.size).toBe(2);
      await expect.poll(() => fake.lost).toBe(0);
      const port = Number(new URL(served.url).port);
      await served.stop();
      await press(page, '3', '4', '5');
      await page.getByText('The server cannot be reached: your').waitFor();
      await shows(page, 5, 12);
      const context = page.context();
      await page.close();

      open.push(await serve(join(folder, 'dist'), fake.api, port));
      const again = await context.newPage();
      await again.goto(`${served.url}#/annotate/${PROJECT}`);
      await ready(again);
      await shows(again, 5, 12);
      await press(again, '6', '7');
      await expect.poll(() => fake.labels.size).toBe(7);
      expect([...fake.labels.values()].map(({ expression }) => expression)).toEqual([
        ...['surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral'],
      ]);
      expect(fake.events).toHaveLength(7);
      expect(Math.max(...fake.seen.values())).toBeGreaterThan(1);
      await context.close();
    },
    TIMEOUT_MS,
  );

  it(
    'says to sign in again when the session has ended, keeps the labels, and sends them then',
    async () => {
      const { fake, page } = await begin({ work: 12 });
      await ready(page);
      await page.keyboard.press('1');
      await expect.poll(() => fake.labels.size).toBe(1);
      fake.isSignedIn = false;
      await press(page, '2', '3');
      await page.getByText('Sign in again: your 2 labels are kept.').waitFor();
      expect(await problems(page)).toEqual([]);
      fake.isSignedIn = true;
      await page.getByRole('button', { name: 'I have' }).click();
      await expect.poll(() => fake.labels.size).toBe(3);
      await page.getByText('Sign in again').waitFor({ state: 'detached' });
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'pauses when nobody touches it, and the key that wakes it up is not a label',
    async () => {
      const settings = { ...settingsOf('expressions'), idleSeconds: 5 };
      const { fake, page } = await begin({ settings, work: 3 });
      await ready(page);
      await page.getByText('Paused').waitFor();
      await page.keyboard.press('1');
      await page.getByText('Paused').waitFor({ state: 'detached' });
      await page.keyboard.press('2');
      await expect.poll(() => fake.events.length).toBe(1);
      expect(fake.events[0]!.answer).toEqual(say('fear'));
      expect(fake.events[0]!.activeMs).toBeLessThan(5000);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'asks for consent, explains examples, and says how the test went',
    async () => {
      const settings = { ...settingsOf('expressions'), consent: 'Labels are **published**.', testAttempts: 2 };
      const { fake, page } = await begin({
        settings,
        state: null,
        tutorial: [say('happiness'), say('anger')],
        test: [say('fear'), say('fear')],
        work: 3,
      });
      const button = page.getByRole('button', { name: 'Begin' });
      await button.waitFor();
      expect(await button.isDisabled()).toBe(true);
      expect(await problems(page)).toEqual([]);
      await page.getByRole('checkbox').check();
      await button.click();
      await page.getByText('First, some examples').waitFor();
      await page.keyboard.press('Enter');
      await ready(page);
      await page.keyboard.press('4');
      await page.getByText('As expected').waitFor();
      await page.getByText('Look at the corners of the mouth.').waitFor();
      await page.keyboard.press('Enter');
      await ready(page);
      await page.keyboard.press('1');
      await page.getByText('Others see it otherwise').waitFor();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.getByText('Now a short test').waitFor();
      await page.keyboard.press('Enter');
      await press(page, '2', '1');
      await page.getByText('50 % were right').waitFor();
      await page.keyboard.press('Enter');
      await press(page, '2', '2');
      await page.getByText('Passed').waitFor();
      await page.keyboard.press('Enter');
      await ready(page);
      await page.keyboard.press('7');
      await expect.poll(() => fake.labels.size).toBe(1);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'draws a box and points by mouse and keyboard, with hidden ones',
    async () => {
      const { fake, page } = await begin({ settings: settingsOf('landmarks'), work: 2 });
      const stage = page.locator('.label-stage');
      await page.locator('.drawing').waitFor();
      const { x, y, width } = (await stage.boundingBox())!;
      const scale = width / image.width;
      const at = (px: number, py: number): [number, number] => [x + px * scale, y + py * scale];
      await page.mouse.move(...at(50, 60));
      await page.mouse.down();
      await page.mouse.move(...at(200, 240), { steps: 4 });
      await page.mouse.up();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.getByText('Five points').first().waitFor();
      for (const [px, py] of [
        [80, 120],
        [170, 120],
        [125, 160],
        [90, 200],
        [160, 200],
      ] as const)
        await page.mouse.click(...at(px, py));
      await page.locator('.loupe').waitFor();
      await page.keyboard.press('2');
      await page.keyboard.press('x');
      await page.keyboard.press('Shift+ArrowRight');
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await expect.poll(() => fake.labels.size).toBe(1);
      const [{ face, landmarks }] = [...fake.labels.values()] as unknown as [
        { face: { x: number; width: number }; landmarks: { x: number; y: number; hidden: boolean }[] },
      ];
      expect(face.x).toBeCloseTo(50, -0.5);
      expect(face.width).toBeCloseTo(150, -0.5);
      expect(landmarks.map(({ hidden }) => hidden)).toEqual([false, true, false, false, false]);
      expect(landmarks[1]!.x).toBeGreaterThan(174);
      expect(Math.abs(landmarks[0]!.x - 80)).toBeLessThan(2);

      // Without a mouse
      await page.locator('.drawing').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      for (let i = 1; i <= 5; i++) {
        await page.keyboard.press(String(i));
        await page.keyboard.press('ArrowLeft');
      }
      await page.keyboard.press('Enter');
      await expect.poll(() => fake.labels.size).toBe(2);
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'marks several options, and settles what two coders say differently',
    async () => {
      const { fake, page } = await begin({
        settings: settingsOf('action-units'),
        arbitration: [[{ units: ['au1', 'au4'] }, { units: ['au1', 'au12'] }]],
        work: 0,
      });
      await ready(page);
      await page.getByText('Two people, A and B').waitFor();
      expect(await page.getByRole('button', { name: 'AU1 Inner' }).getAttribute('aria-pressed')).toBe('true');
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('3');
      await page.keyboard.press('Enter');
      await page.getByText('All done').waitFor();
      expect(fake.events[0]!.answer).toEqual({ units: ['au1', 'au4'] });
      await page.context().close();
    },
    TIMEOUT_MS,
  );

  it(
    'works by touch on a phone: nothing scrolls, buttons are large, a tap is a label',
    async () => {
      const { fake, page } = await begin({ work: 5 }, PHONE);
      await ready(page);
      const fits = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth <= innerWidth,
        height: document.documentElement.scrollHeight <= innerHeight,
        smallest: Math.min(
          ...[...document.querySelectorAll('.option')].map((option) => option.getBoundingClientRect().height),
        ),
        lowest: Math.max(
          ...[...document.querySelectorAll('.option')].map((option) => option.getBoundingClientRect().bottom),
        ),
        image: document.querySelector('.label-stage')!.getBoundingClientRect().height,
      }));
      expect(fits).toMatchObject({ width: true, height: true });
      expect(fits.smallest).toBeGreaterThanOrEqual(48);
      expect(fits.lowest).toBeLessThanOrEqual(740);
      expect(fits.image).toBeGreaterThan(200);
      expect(await problems(page)).toEqual([]);
      await page.getByRole('button', { name: 'Happiness' }).tap();
      await shows(page, 1, 5);
      await page.getByRole('button', { name: 'Undo' }).tap();
      await shows(page, 0, 5);
      await page.getByRole('button', { name: 'Sadness' }).tap();
      await expect.poll(() => [...fake.labels.values()]).toEqual([say('sadness')]);
      await page.context().close();
    },
    TIMEOUT_MS,
  );
});
