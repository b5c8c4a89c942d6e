/**
 * docs/guides/deep-emotion-study.md: its commands are calls that mien understands (without the databases, each must fail for
 * their absence alone).
 */
import { readFile } from 'node:fs/promises';
import { runMain } from 'mien-testkit';
import { expect, test } from 'vitest';
import { main } from './main.ts';

const guide = await readFile(new URL('../../../docs/guides/deep-emotion-study.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'));

test('has a command for each table and figure', () => {
  expect(commands).toHaveLength(12);
});

test.each(commands)('%s', async (line) => {
  const absent = line.replace(/\b(FERPLUS|CKPLUS|JAFFE|FERG|runs\/|face\.png)/g, 'absent/$1');
  const { status, stdout, stderr } = await runMain(main, absent.split(' ').slice(1));
  expect([status, stderr + stdout]).toEqual([1, expect.stringContaining('absent/')]);
});

test('its measured figures are those of the cards', async () => {
  const metrics: { dataset: string; accuracy: number }[] = [];
  for (const name of ['deep-emotion.ferplus', 'deep-emotion.fer2013'])
    metrics.push(
      ...(
        JSON.parse(await readFile(new URL(`../../mien/models/${name}.json`, import.meta.url), 'utf8')) as {
          metrics: { dataset: string; accuracy: number }[];
        }
      ).metrics,
    );
  for (const { accuracy, dataset } of metrics)
    if (dataset !== 'ferplus-plurality') expect(guide).toContain(`${(100 * accuracy).toFixed(2)} %`);
});
