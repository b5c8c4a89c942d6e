/** The program in docs/guides/train-your-own.md: it is short, its types hold, and it trains, saves and recognises. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rawImage } from '../image/index.ts';
import { writeImage } from '../image/node.ts';
import { Random } from '../tensor/index.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
let folder: string;
let source: string;
beforeAll(async () => {
  // within node_modules, so that the program finds `mien` as a user's would
  await mkdir(join(root, 'node_modules', '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, 'node_modules', '.cache', 'mien-guide-'));
  const text = await readFile(join(root, 'docs', 'guides', 'train-your-own.md'), 'utf8');
  source = /```ts\n(.*?)```/s.exec(text)![1]!;
});
afterAll(() => rm(folder, { recursive: true }));

/** A photo of one of two scenes under noise, in sizes that differ: red above black, or black above blue. */
async function writePhoto(path: string, scene: 'dusk' | 'sea', random: Random): Promise<void> {
  const [width, height] = [20 + random.int(30), 20 + random.int(30)];
  const data = new Uint8Array(width * height * 3).map(() => random.int(80));
  for (let i = 0; i < width * height; i++) {
    if (i < (width * height) / 2 === (scene === 'dusk')) data[i * 3 + (scene === 'dusk' ? 0 : 2)]! += 150;
  }
  await writeImage(path, rawImage(width, height, 3, data));
}

it('is a program of fewer than 60 lines whose types hold', async () => {
  expect(source.split('\n').length).toBeLessThan(60);
  const file = join(folder, 'train.ts');
  await writeFile(file, source);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  });
  expect(ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, ' '))).toEqual([]);
});

it('trains on a folder of images, saves a model, and recognises with it', async () => {
  const random = new Random(1, 'photos');
  for (const scene of ['dusk', 'sea'] as const) {
    await mkdir(join(folder, 'photos', scene), { recursive: true });
    for (let i = 0; i < 25; i++) await writePhoto(join(folder, 'photos', scene, `${i}.png`), scene, random);
  }
  const query = join(folder, 'query.png');
  await writePhoto(query, 'sea', random);
  const program = join(folder, 'train.mjs');
  await writeFile(
    program,
    ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } })
      .outputText,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    join(folder, 'photos'),
    join(folder, 'run'),
    query,
  ]);
  expect([...stdout.matchAll(/^epoch \d+: loss [\d.]+, accuracy ([\d.]+) %$/gm)].map((m) => Number(m[1])).at(-1)).toBe(
    100,
  );
  expect((await stat(join(folder, 'run', 'mine.onnx'))).size).toBeGreaterThan(50_000);
  const answers = Object.fromEntries(
    [...stdout.matchAll(/^(dusk|sea): ([\d.]+) %$/gm)].map((m) => [m[1], Number(m[2])]),
  );
  expect(answers['sea']).toBeGreaterThan(60);
  expect(answers['sea']! + answers['dusk']!).toBeCloseTo(100, 0);
});
