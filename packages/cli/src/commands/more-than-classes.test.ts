/** Manifests with more than classes on the command line: the guide's example, trained and evaluated. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeImage } from 'mienjs/image/node';
import { drawFace, runMain, withFiles, type Run } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const GUIDE = await readFile(new URL('../../../../docs/guides/beyond-one-class.md', import.meta.url), 'utf8');
/** The manifest that the guide shows: its columns, and a row. */
const [, columns, example] = /```csv\n(.+)\n(.+)\n/.exec(GUIDE)!;

/** So many faces of two people, with the guide's columns; every fifth row lacks what may be missing. */
async function withManifest<T>(
  count: number,
  use: (run: (...args: string[]) => Promise<Run>, folder: string) => Promise<T>,
  header: string = columns!,
): Promise<T> {
  return withFiles({}, async (folder) => {
    const rows = [header];
    for (let i = 0; i < count; i++) {
      await writeFile(
        join(folder, `${i}.png`),
        await encodeImage(drawFace({ width: 48, height: 48, channels: 1, seed: i }), 'png'),
      );
      const points = Array.from({ length: 68 }, (_, p) => `${4 + ((p * 7) % 40)} ${4 + ((p * 5 + i) % 40)}`);
      await writeFile(join(folder, `${i}.pts`), points.join('\n'));
      const isWhole = i % 5 > 0;
      const cells: Record<string, string> = {
        image: `${i}.png`,
        split: ['train', 'train', 'validation', 'test'][i % 4]!,
        label: isWhole ? ['happiness', 'sadness'][Math.floor(i / 4) % 2]! : '',
        valence: isWhole ? String((i % 3) / 2 - 0.5) : '',
        arousal: String((i % 7) / 7),
        AU04: isWhole ? String(i % 2) : '',
        AU12: String(Math.floor(i / 3) % 2),
        landmarks: `${i}.pts`,
        subject: `S${i % 2}`,
        sequence: `seq-${i % 4}-${Math.floor(i / 8)}`,
        intensity: String((i % 9) / 9),
        frame: String(i),
      };
      rows.push(
        header
          .split(',')
          .map((name) => cells[name] ?? '')
          .join(','),
      );
    }
    await writeFile(join(folder, 'manifest.csv'), rows.join('\n'));
    return use(
      (...args) =>
        runMain(
          main,
          args.map((arg) => arg.replace('DIR', folder)),
        ),
      folder,
    );
  });
}

/** The arguments of the guide's command that starts so. */
function commandOf(start: string): string[] {
  const line = GUIDE.split('\n').find((text) => text.startsWith(`npx mien-cli ${start}`))!;
  return line.replace('npx mien-cli ', '').replaceAll('faces', 'DIR').replaceAll('runs/', 'DIR/runs/').split(/\s+/);
}

describe('the guide beyond one image and one class', () => {
  test('its manifest can be read', async () => {
    expect(columns!.split(',')).toHaveLength(example!.split(',').length);
  });

  test('heads for all that the manifest tells are trained, measured and reported', async () => {
    await withManifest(96, async (run, folder) => {
      const trained = await run(...commandOf('train compact.tasks'), '--epochs', '1', '--json');
      expect([trained.status, trained.stderr.split('\n').filter((line) => /error/i.test(line))]).toEqual([0, []]);
      const { valueMetrics, history } = JSON.parse(trained.stdout) as {
        valueMetrics: { output: string; split: string; mean: object }[];
        history: { figures: object }[];
      };
      expect(Object.keys(history[0]!.figures)).toEqual(['affect', 'actionUnits']);
      expect(new Set(valueMetrics.map(({ output, split }) => `${output} ${split}`))).toEqual(
        new Set(['affect validation', 'affect test', 'actionUnits validation', 'actionUnits test']),
      );
      expect(trained.stderr).toMatch(/accuracy logits .* affect ccc .* actionUnits f1 /);
      const evaluated = await run(...commandOf('evaluate runs/tasks'), '--json');
      expect([evaluated.status, JSON.parse(evaluated.stdout)]).toMatchObject([
        0,
        {
          split: 'test',
          outputs: {
            affect: { kind: 'regression', byName: { valence: {}, arousal: { n: 24 } } },
            actionUnits: { kind: 'multilabel', byName: { AU04: {}, AU12: { n: 24 } } },
          },
        },
      ]);
      const text = await run(...commandOf('evaluate runs/tasks'));
      expect(text.stdout).toMatch(/output affect:\n +ccc +pearson +rmse +sagr +icc +images\nvalence /);
      expect(await readFile(join(folder, 'runs/tasks/compact.tasks.md'), 'utf8')).toContain('## Output actionUnits');
    });
  }, 120_000);

  test.each([
    'compact.landmarks',
    'cnn-lstm.manifest',
    'compact.triplets',
    'compact.triplets-exponential',
    'compact.triplets-hard',
    'compact.contrastive',
    'compact.tuplets',
    'compact.peak-piloted',
  ])(
    '%s trains on it, and is measured',
    async (recipe) => {
      const check = async (run: (...args: string[]) => Promise<Run>): Promise<void> => {
        const name = recipe.replace(/^compact\.|\.manifest$/, '');
        const trained = await run(...commandOf(`train ${recipe}`), '--epochs', '1', '--json');
        expect([trained.status, trained.stderr.split('\n').filter((line) => /error/i.test(line))]).toEqual([0, []]);
        const evaluated = await run('evaluate', `DIR/runs/${name}/${recipe}.onnx`, '--data', 'manifest=DIR', '--json');
        expect([evaluated.status, JSON.parse(evaluated.stdout)]).toMatchObject([0, { split: 'test', model: recipe }]);
      };
      await withManifest(
        recipe === 'cnn-lstm.manifest' ? 320 : 128,
        check,
        recipe === 'compact.peak-piloted' ? `${columns!},intensity` : columns,
      );
    },
    120_000,
  );
});
