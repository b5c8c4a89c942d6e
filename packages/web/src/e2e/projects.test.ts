/** The manager's pages in headless Chromium: a project from a preset to its figures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_PRESETS } from 'mien-server/presets';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../testkit/src/browser/find-chromium.ts';
import { buildPage } from './build-page.ts';
import { FakeAnnotation, PROJECT } from './fake-annotation.ts';
import { fillProject } from './filled-project.ts';
import { problems } from './problems.ts';
import { serve, type Served } from './serve.ts';

const FACE = fileURLToPath(new URL('../../../../docs/pictures/face.svg', import.meta.url));
const TIMEOUT_MS = 120_000;

const executable = findChromium();

describe.skipIf(executable === undefined)('managing projects', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let served: Served;
  let fake: FakeAnnotation;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mien-projects-'));
    await buildPage(join(folder, 'dist'));
    const bytes = await sharp(FACE).resize(250, 280).png().toBuffer();
    const settings = PROJECT_PRESETS[0]!.settings;
    fake = new FakeAnnotation({ settings, image: { bytes, width: 250, height: 280 } });
    fillProject(fake);
    served = await serve(join(folder, 'dist'), fake.api);
    browser = await chromium.launch({
      executablePath: executable!,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  const open = async (hash: string): Promise<void> => {
    await page.goto(`${served.url}${hash}`);
  };

  it(
    'makes a project from a preset, with options of one’s own',
    async () => {
      await open('#/projects/new');
      await page.getByLabel('Name', { exact: true }).fill('Students, spring');
      await page.getByRole('button', { name: 'Remove Anger' }).click();
      await page.getByRole('button', { name: 'Add an option' }).click();
      await page.getByLabel('Title of option 9').fill('Contempt');
      await page.getByLabel('Labels for each image').fill('3');
      expect(await problems(page)).toEqual([]);
      await page.getByRole('button', { name: 'Make the project' }).click();
      await page.getByRole('heading', { name: 'Students, spring' }).waitFor();
      const { settings, state } = fake.project;
      const [question] = settings.questions;
      expect([settings.labelsPerImage, state]).toEqual([3, 'draft']);
      expect(question).toMatchObject({ key: 'expression' });
      expect(question?.kind === 'choice' && question.options.map(({ title }) => title)).toEqual([
        ...['Surprise', 'Fear', 'Disgust', 'Happiness', 'Sadness', 'Neutral', 'Cannot tell', 'Not a face', 'Contempt'],
      ]);
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Under way').waitFor();
      expect(fake.project.state).toBe('open');
    },
    TIMEOUT_MS,
  );

  it(
    'takes images, and says which were there and which are none',
    async () => {
      await open(`#/projects/${PROJECT}`);
      const files = Array.from({ length: 25 }, (_, i) => ({
        name: i === 3 ? 'again.png' : i === 4 ? 'bad.png' : `new-${i}.png`,
        mimeType: 'image/png',
        buffer: Buffer.from([i]),
      }));
      await page.getByTestId('images').setInputFiles(files);
      await page.getByText('23 images added, 1 duplicate, 1 refused').waitFor();
      await page.getByText('bad.png: is not an image').waitFor();
      expect(fake.uploads).toHaveLength(25);
    },
    TIMEOUT_MS,
  );

  it(
    'shows the votes for images, and makes one a test of known answer',
    async () => {
      await open(`#/projects/${PROJECT}/images`);
      await page.getByLabel('Which images').selectOption('duplicates');
      await page.getByText('1 image', { exact: true }).waitFor();
      expect(await page.locator('.image-card').count()).toBe(1);
      await page.getByLabel('Which images').selectOption('all');
      await page.locator('.image-card').first().click();
      await page.getByRole('dialog').getByText('Surprise').first().waitFor();
      expect(await problems(page)).toEqual([]);
      await page.getByLabel('What it is for').selectOption('gold');
      await page.getByLabel('Known answer').selectOption('surprise');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(fake.tasks[0]).toMatchObject({ role: 'gold', gold: { expression: 'surprise' } });
    },
    TIMEOUT_MS,
  );

  it(
    'draws the known box and points of an image, and tells where images are from',
    async () => {
      const { project } = fake;
      const { settings } = PROJECT_PRESETS.find(({ settings: { questions } }) =>
        questions.some(({ kind }) => kind === 'points'),
      )!;
      fake.project = { ...project, settings };
      await open(`#/projects/${PROJECT}/images`);
      await page.getByText('Where they are from, and their licence').click();
      await page.getByLabel('Licence', { exact: true }).fill('CC BY 4.0');
      await page
        .getByTestId('images')
        .setInputFiles([{ name: 'one.png', mimeType: 'image/png', buffer: Buffer.from([1]) }]);
      await page.getByText('1 image added').waitFor();
      expect(fake.told).toEqual({ all: { license: 'CC BY 4.0' }, files: {} });

      await page.locator('.image-card').nth(5).click();
      await page.getByLabel('What it is for').selectOption('gold');
      const [box, points] = [
        page.getByRole('group', { name: /box/i }),
        page.getByRole('group', { name: /five points/i }),
      ];
      await box.getByRole('button', { name: 'Draw it' }).click();
      const place = (await page.locator('.image-dialog .label-stage').boundingBox())!;
      const at = (x: number, y: number): [number, number] => [place.x + x * place.width, place.y + y * place.height];
      await page.mouse.move(...at(0.2, 0.25));
      await page.mouse.down();
      await page.mouse.move(...at(0.8, 0.85), { steps: 4 });
      await page.mouse.up();
      await box.getByText('known', { exact: true }).waitFor();
      await points.getByRole('button', { name: 'Draw it' }).click();
      const save = page.getByRole('button', { name: 'Save' });
      for (const [x, y] of [
        [0.35, 0.4],
        [0.65, 0.4],
        [0.5, 0.55],
        [0.4, 0.7],
        [0.6, 0.7],
      ] as const) {
        await page.mouse.click(...at(x, y));
        if (y === 0.55) expect(await save.isDisabled()).toBe(true);
      }
      await points.getByText('known', { exact: true }).waitFor();
      expect(await problems(page)).toEqual([]);
      await save.click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const { role, gold } = fake.tasks[5]!;
      const drawn = gold!['face'] as { x: number; y: number; width: number; height: number };
      expect(role).toBe('gold');
      // Pixels of the image, 500 by 560
      expect(
        [drawn.x / 500, drawn.y / 560, drawn.width / 500, drawn.height / 560].map((share) => share.toFixed(1)),
      ).toEqual(['0.2', '0.3', '0.6', '0.6']);
      expect(gold!['landmarks']).toHaveLength(5);
      fake.project = project;
    },
    TIMEOUT_MS,
  );

  it(
    'invites, and excludes with the work returned',
    async () => {
      await open(`#/projects/${PROJECT}/people`);
      await page.getByRole('button', { name: 'Make an invitation' }).click();
      await page.getByText('http://localhost/join#secret-of-the-test').waitFor();
      await page.getByRole('row', { name: 'Ben' }).getByRole('button', { name: 'Exclude' }).click();
      await page.getByLabel('no longer count').check();
      expect(await problems(page)).toEqual([]);
      await page.getByRole('alertdialog').getByRole('button', { name: 'Exclude' }).click();
      await page.getByRole('row', { name: 'Ben' }).getByText('excluded').waitFor();
    },
    TIMEOUT_MS,
  );

  it(
    'has nothing serious for axe to find, in light and dark, and fits a phone',
    async () => {
      const found: string[] = [];
      for (const hash of [
        '',
        '/new',
        `/${PROJECT}`,
        `/${PROJECT}/people`,
        `/${PROJECT}/quality`,
        `/${PROJECT}/settings`,
      ])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize(
            colorScheme === 'dark' ? { width: 360, height: 740 } : { width: 1280, height: 800 },
          );
          await open(`#/projects${hash}`);
          await page.locator('main h1').first().waitFor();
          if (hash.endsWith('quality')) await page.locator('.chart svg').first().waitFor();
          const own = await problems(page, colorScheme === 'dark' ? ['color-contrast'] : undefined);
          found.push(...own.map((problem) => `${hash} ${colorScheme}: ${problem}`));
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (excess > 0) found.push(`${hash} ${colorScheme}: ${excess} px too wide`);
        }
      expect(found).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
