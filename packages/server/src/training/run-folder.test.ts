import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFolderLock } from 'mienjs/files';
import { page } from 'mienjs/report';
import { tensor } from 'mienjs/tensor';
import { writeCheckpoint, type EpochRecord } from 'mienjs/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDetailSchema, runsSchema } from '../contract/index.ts';
import { withServer } from '../testing/fixture.ts';

let folder: string;

const record = (epoch: number, accuracy: number): EpochRecord => ({
  epoch,
  trainLoss: 2 / epoch,
  validationLoss: epoch === 2 ? NaN : 1.5,
  accuracies: [accuracy],
  lr: 0.1,
  seconds: 12,
});
const write = async (name: string, epochs: number, accuracies: readonly number[]): Promise<void> => {
  await mkdir(join(folder, 'runs', name), { recursive: true });
  await writeCheckpoint(join(folder, 'runs', name, 'last.safetensors'), {
    recipe: 'compact.ferplus',
    seed: 1,
    plannedEpochs: epochs,
    epoch: accuracies.length,
    step: 10,
    history: accuracies.map((accuracy, i) => record(i + 1, accuracy)),
    state: new Map([['w', tensor('float32', [2], new Float32Array(2))]]),
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-runs-'));
  await write('first', 2, [0.5, 0.4]);
  await writeFile(join(folder, 'runs/first/compact.ferplus.onnx'), '');
  await writeFile(join(folder, 'runs/first/compact.ferplus.json'), '{"title":"a card"}');
  await write('study/fold-01', 9, [0.3, 0.6, 0.5]);
  const old = new Date(1e12);
  await utimes(join(folder, 'runs/first/last.safetensors'), old, old);
  await writeFile(join(folder, 'runs/study/report.html'), page('Faces & <votes>', '<p>figures</p>'));
  // Ended early, as nothing got better
  await write('early', 50, [0.2, 0.1]);
  await writeFile(join(folder, 'runs/early/compact.ferplus.onnx'), '');
  // What is there besides
  await mkdir(join(folder, 'runs/foreign'));
  await writeCheckpoint(join(folder, 'runs/foreign/last.safetensors'), {
    history: [{ epoch: 1 }] as never,
    state: new Map(),
  } as never);
  await mkdir(join(folder, 'runs/damaged'));
  await writeFile(join(folder, 'runs/damaged/last.safetensors'), 'not a checkpoint');
  await writeFile(join(folder, 'runs/other.html'), '<html><title>of somebody else</title></html>');
  await writeFile(join(folder, 'secret.html'), page('Secret', ''));
  await symlink(folder, join(folder, 'runs/link'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('training runs below a folder', () => {
  it('are listed with how far they are, and reports of ours with their titles', async () => {
    await withServer({ runFolder: join(folder, 'runs') }, async ({ app }) => {
      const { runs, reports } = runsSchema.parse((await app.inject('/api/runs')).json());
      expect(runs.map(({ name, state, epochs, plannedEpochs }) => [name, state, epochs, plannedEpochs])).toEqual([
        ['early', 'finished', 2, 50],
        ['study/fold-01', 'stopped', 3, 9],
        ['first', 'finished', 2, 2],
      ]);
      expect(runs.map(({ best, last }) => [best!.epoch, last!.epoch])).toEqual([
        [1, 2],
        [2, 3],
        [1, 2],
      ]);
      expect(reports.map(({ name, title }) => [name, title])).toEqual([['study/report.html', 'Faces & <votes>']]);
    });
  });

  it('are told epoch by epoch, with the card, and as running while a run holds the folder', async () => {
    await withServer({ runFolder: join(folder, 'runs') }, async ({ app }) => {
      const ask = async (name: string) =>
        runDetailSchema.parse((await app.inject(`/api/runs/${encodeURIComponent(name)}`)).json());
      const first = await ask('first');
      expect(first.history.map(({ validationLoss, accuracies }) => [validationLoss, accuracies[0]])).toEqual([
        [1.5, 0.5],
        [null, 0.4],
      ]);
      expect(first.card).toEqual({ title: 'a card' });
      await withFolderLock(join(folder, 'runs/study/fold-01'), async () => {
        expect(await ask('study/fold-01')).toMatchObject({ state: 'running', card: null });
      });
    });
  });

  it('are served by their names alone: nothing else of the machine is', async () => {
    await withServer({ runFolder: join(folder, 'runs') }, async ({ app }) => {
      const report = await app.inject(`/api/reports/${encodeURIComponent('study/report.html')}`);
      expect([report.statusCode, report.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(report.headers['content-security-policy']).toMatch(/^sandbox /);
      expect(report.body).toContain('<p>figures</p>');
      for (const path of [
        'reports/other.html',
        'reports/..%2Fsecret.html',
        'reports/link%2Fsecret.html',
        'reports/study%2F..%2F..%2Fsecret.html',
        'runs/damaged',
        'runs/foreign',
        'runs/..',
        'runs/link%2Fruns%2Ffirst',
      ])
        expect([path, (await app.inject(`/api/${path}`)).statusCode]).toEqual([path, 404]);
    });
  });

  it('are none where the folder is missing, or none is shown', async () => {
    for (const runFolder of [join(folder, 'missing'), undefined])
      await withServer({ ...(runFolder === undefined ? {} : { runFolder }) }, async ({ app }) => {
        expect((await app.inject('/api/runs')).json()).toEqual({ runs: [], reports: [] });
      });
  });
});
