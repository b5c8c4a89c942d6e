/** From a new project to its votes, in headless Chromium before the real server: a manager, an annotator, both signed in by hand. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFolderLock } from 'mienjs/files';
import { page as reportPage } from 'mienjs/report';
import { writeCheckpoint } from 'mienjs/train';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, withServer } from '../../../server/src/testing/fixture.ts';
import { findChromium } from '../../../testkit/src/browser/find-chromium.ts';
import { buildPage } from './build-page.ts';
import { problems } from './problems.ts';

const TIMEOUT_MS = 180_000;
const executable = findChromium();

describe.skipIf(executable === undefined)('annotating with the real server', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mien-annotate-server-'));
    await buildPage(join(folder, 'dist'));
    browser = await chromium.launch({
      executablePath: executable!,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  async function signIn(url: string, name: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(30_000);
    // Who is not signed in sees no such page in the navigation, but a way to it
    await page.goto(`${url}#/annotate`);
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Name' }).first().fill(name);
    await page.locator('#sign-in input[type=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#who').getByText(name).waitFor();
    await page.goto(`${url}#/`);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Annotate' }).waitFor();
    return page;
  }

  /** Sixty-four squares of colors that no other picture has in these places. */
  const blocks = (seed: number): Uint8Array =>
    Uint8Array.from({ length: 192 }, (_, i) => Math.floor(128 + 127 * Math.sin((i + 1) * (seed + 1) * 1.7)));
  /** Pictures that differ, and one that is none. */
  const pictures = async (count: number): Promise<{ name: string; mimeType: string; buffer: Buffer }[]> => [
    ...(await Promise.all(
      Array.from({ length: count }, async (_, i) => ({
        name: `face-${i}.png`,
        mimeType: 'image/png',
        buffer: await sharp(blocks(i), { raw: { width: 8, height: 8, channels: 3 } })
          .resize(160, 160, { kernel: 'nearest' })
          .png()
          .toBuffer(),
      })),
    )),
    { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('these are notes') },
  ];

  async function makeProject(manager: Page, annotator: string): Promise<void> {
    await manager.getByRole('link', { name: 'Projects' }).click();
    await manager.getByRole('link', { name: 'New project' }).click();
    await manager.getByLabel('Name', { exact: true }).fill('Ten faces');
    await manager.getByLabel('Labels for each image').fill('1');
    await manager.getByRole('button', { name: 'Make the project' }).click();
    await manager.getByTestId('images').setInputFiles(await pictures(10));
    const report = manager.locator('.import-report p');
    await expect.poll(() => report.textContent(), { timeout: 30_000 }).toMatch(/^10 images added.*1 refused$/);
    await expect.poll(() => manager.locator('.image-card').count()).toBe(10);
    await manager.getByRole('link', { name: 'People' }).click();
    await manager.getByRole('button', { name: 'Add people' }).click();
    await manager.getByLabel(annotator).check();
    await manager.getByRole('button', { name: 'Add', exact: true }).click();
    await manager.getByRole('row', { name: annotator }).waitFor();
    await manager.getByRole('button', { name: 'Start' }).click();
    await manager.getByText('Under way').waitFor();
  }

  async function labelAll(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Annotate' }).click();
    await page.getByRole('link', { name: 'Label: Ten faces' }).click();
    await page.getByRole('button', { name: 'Begin' }).click();
    const ready = (): Promise<void> => page.locator('.option:enabled').first().waitFor();
    const shows = (done: number): Promise<void> =>
      page.getByTestId('done').getByText(`${done} of 10`, { exact: true }).waitFor();
    let done = 0;
    // What is not seen is not labelled: a key that comes before its image does nothing
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) {
        await ready();
        await page.keyboard.press(key);
        done += key === 'Backspace' ? -1 : 1;
        if (done < 10) await shows(done);
      }
    };
    await press('1', '2', '3', '4', 'Backspace', '5');
    // The session ends in the middle: what is labelled then waits in the browser
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await press('6');
    // The label before may not have been on its way yet
    await page.getByText(/Sign in again: your \d labels? (is|are) kept/).waitFor();
    await page.context().addCookies(cookies);
    await page.getByRole('button', { name: 'I have' }).click();
    await page.getByText('Sign in again').waitFor({ state: 'detached' });
    await page.reload();
    await shows(5);
    await press('7', '1', '2', '3', '4');
    await page.getByText('All done').waitFor();
  }

  it(
    'goes from a new project to votes: images, people, ten labels by ten keys, an undo, an ended session',
    async () => {
      await withServer({ signInRequired: true, web: join(folder, 'dist') }, async ({ app, store, person }) => {
        await person('owner', 'Olga');
        await person('annotator', 'Ada');
        await app.listen({ host: '127.0.0.1', port: 0 });
        const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
        const manager = await signIn(url, 'Olga');
        await makeProject(manager, 'Ada');
        const annotator = await signIn(url, 'Ada');
        expect(await annotator.getByRole('link', { name: 'Projects' }).count()).toBe(0);
        await labelAll(annotator);

        const [project] = await store.annotation.projects.list();
        const { answers } = (await store.annotation.collect(project!.id))!;
        // Answers of one request have one time
        expect(answers.map(({ answer }) => answer['expression']).sort()).toEqual(
          [
            ...['surprise', 'fear', 'disgust', 'sadness', 'anger'],
            ...['neutral', 'surprise', 'fear', 'disgust', 'happiness'],
          ].sort(),
        );
        expect(answers.every(({ isCounted }) => isCounted)).toBe(true);
        await manager.getByRole('link', { name: 'Images' }).click();
        await manager.getByText('1 of 1').first().waitFor();
        await manager.getByRole('link', { name: 'Quality' }).click();
        await manager.getByText('10 of 10', { exact: true }).waitFor();
        await manager.locator('.chart svg').first().waitFor();
        await manager.getByRole('button', { name: 'Export' }).click();
        const [download] = await Promise.all([
          manager.waitForEvent('download'),
          manager.getByRole('menuitem', { name: 'Votes' }).click(),
        ]);
        const rows = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
        expect([rows.length, rows[0]]).toEqual([11, expect.stringMatching(/^task,worker,label/)]);
        await annotator.context().close();
        await manager.context().close();
      });
    },
    TIMEOUT_MS,
  );

  it(
    'has an owner change what others may do, and withdraw an invitation',
    async () => {
      await withServer({ signInRequired: true, web: join(folder, 'dist') }, async ({ app, store, person }) => {
        await person('owner', 'Olga');
        await person('annotator', 'Ada');
        await app.listen({ host: '127.0.0.1', port: 0 });
        const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
        const owner = await signIn(url, 'Olga');
        const ada = async (): Promise<unknown> => {
          const { role, disabled } = (await store.accounts.list()).find(({ name }) => name === 'Ada')!;
          return { role, disabled };
        };
        await owner.goto(`${url}account`);
        await owner.getByLabel('Role of Ada').selectOption('manager');
        await expect.poll(ada).toEqual({ role: 'manager', disabled: false });
        await owner.getByLabel('Ada may sign in').uncheck();
        await expect.poll(ada).toEqual({ role: 'manager', disabled: true });
        // Nobody changes themselves
        expect(await owner.getByLabel('Role of Olga').count()).toBe(0);
        await owner.getByRole('button', { name: 'Make a link' }).click();
        await owner.getByRole('button', { name: 'Withdraw the invitation of a new annotator' }).click();
        await expect.poll(() => store.accounts.invitations()).toEqual([]);
        expect(await problems(owner)).toEqual([]);
        await owner.setViewportSize({ width: 375, height: 740 });
        expect(await owner.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
        await owner.context().close();
      });
    },
    TIMEOUT_MS,
  );

  it(
    'shows training runs as they go, and reports, where nobody need sign in',
    async () => {
      const runFolder = join(folder, 'runs');
      const run = join(runFolder, 'faces', 'fold-01');
      await mkdir(run, { recursive: true });
      const train = (epochs: number): Promise<void> =>
        writeCheckpoint(join(run, 'last.safetensors'), {
          ...{ recipe: 'compact.ferplus', seed: 1, plannedEpochs: 12, epoch: epochs, step: epochs },
          history: Array.from({ length: epochs }, (_, i) => ({
            ...{
              epoch: i + 1,
              trainLoss: 2 / (i + 1),
              validationLoss: 1 + 1 / (i + 1),
              accuracies: [0.8 - 0.5 / (i + 1)],
            },
            ...{ lr: 0.1 * 0.8 ** i, seconds: 40 },
          })),
          state: new Map(),
        });
      await train(4);
      await writeFile(join(runFolder, 'votes.html'), reportPage('Votes of forty people', '<p>kappa 0.61</p>'));
      await withServer({ web: join(folder, 'dist'), runFolder }, async ({ app }) => {
        await app.listen({ host: '127.0.0.1', port: 0 });
        const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
        const page = await (await browser.newContext()).newPage();
        page.setDefaultTimeout(30_000);
        await page.goto(`${url}#/models`);
        await page.getByRole('cell', { name: '4 of 12' }).waitFor();
        const [report] = await Promise.all([
          page.context().waitForEvent('page'),
          page.getByRole('link', { name: 'Votes of forty people' }).click(),
        ]);
        await report.getByText('kappa 0.61').waitFor();
        await page.getByRole('link', { name: 'faces/fold-01' }).click();
        await page.getByRole('img', { name: 'Accuracy on the validation split by epoch; in epoch 4 67.5 %' }).waitFor();
        await withFolderLock(run, async () => {
          await train(5);
          await page.getByRole('img', { name: /in epoch 5 70\.0 %/ }).waitFor();
          await page.getByText('under way').waitFor();
        });
        expect(await problems(page)).toEqual([]);
        await page.setViewportSize({ width: 375, height: 740 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
        await page.goto(`${url}#/models`);
        await page.getByRole('cell', { name: '5 of 12' }).waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
        await page.context().close();
      });
    },
    TIMEOUT_MS,
  );
});
