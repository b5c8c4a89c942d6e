/** The guide docs/guides/crowd-labels.md: its commands, as they stand there, on simulated votes and drawn images. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawImage } from 'mienjs';
import { writeImage } from 'mienjs/image/node';
import { simulateVotes } from 'mienjs/crowd';
import { joinCsv } from 'mienjs/tables';
import { parseModelCard } from 'mienjs/train';
import { captureOutput, withFiles } from 'mien-testkit';
import { afterEach, expect, test } from 'vitest';
import { main } from '../main.ts';

const GUIDE = new URL('../../../../docs/guides/crowd-labels.md', import.meta.url);
const home = process.cwd();
afterEach(() => process.chdir(home));

/** Commands of the n-th block of shell commands, as arguments. */
function commandsOf(guide: string, block: number): string[][] {
  const text = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)][block]![1]!;
  return text
    .trim()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^mien [^"'\\|>]+$/);
      return line.split(' ').slice(1);
    });
}

/** Stripes whose width depends on the class, so that a network can tell them apart, also mirrored. */
function drawFace(expression: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: 64 * 64 }, (_, i) => {
    const y = Math.floor(i / 64);
    return 60 + 20 * expression + 50 * Math.sin(y * 0.1 * 1.55 ** expression + seed) + ((i * 31 + seed * 17) % 20);
  });
}

test('from votes to a model in five commands', async () => {
  const { votes, truth } = simulateVotes({ tasks: 160, workers: 20, votesPerTask: 12, seed: 4 });
  const lines = ['task,worker,label'];
  votes.task.forEach((t, v) =>
    lines.push(joinCsv([votes.tasks[t]!, votes.workers[votes.worker[v]!]!, votes.classes[votes.label[v]!]!])),
  );
  await withFiles({ 'votes.csv': lines.join('\n') }, async (folder) => {
    await mkdir(join(folder, 'faces'));
    await Promise.all(
      votes.tasks.map((task, t) =>
        writeImage(join(folder, 'faces', `${task}.png`), rawImage(64, 64, 1, drawFace(truth[t]!, t))),
      ),
    );
    process.chdir(folder);
    const guide = await readFile(GUIDE, 'utf8');
    const five = commandsOf(guide, 0);
    expect(five).toHaveLength(5);
    for (const command of five) {
      const { result, stderr } = await captureOutput(() => main(command));
      expect([command.join(' '), result, stderr.includes('mien:')]).toEqual([command.join(' '), 0, false]);
    }
    expect(await readFile('labels.csv', 'utf8')).toMatch(/^task,label,confidence,neutral,/);
    expect(await readFile('report/report.html', 'utf8')).toContain('<h2>Workers</h2>');
    const card = parseModelCard('card', await readFile('runs/compact.manifest/compact.manifest.json', 'utf8'));
    expect(card.metrics.map(({ dataset, split, views, role }) => [dataset, split, views, role])).toEqual(
      ['single', 'mirror'].flatMap((views) => [
        ['manifest', 'validation', views, 'validation'],
        ['manifest', 'test', views, 'held-out'],
      ]),
    );
    // 1/7 by guessing
    expect(card.metrics[0]!.accuracy).toBeGreaterThan(0.5);

    const [evaluate] = commandsOf(guide, 1);
    const { result, stdout } = await captureOutput(() => main(evaluate!));
    expect([result, stdout]).toEqual([0, expect.stringContaining('compact.manifest (logits) on manifest test')]);
  });
}, 180_000);
