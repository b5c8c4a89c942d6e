/** `mien synth`: what it writes and prints, and what it refuses. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMain, withFiles, type Run } from 'mien-testkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const synth = (...args: string[]): Promise<Run> => runMain(main, ['synth', ...args]);
const SMALL = ['--characters', 'otto', '--size', '16'];

describe('mien synth', () => {
  it('draws a dataset that mien data reads, and a sheet', async () => {
    await withFiles({}, async (folder) => {
      const [out, sheet] = [join(folder, 'faces'), join(folder, 'sheet.png')];
      const { status, stdout } = await synth(
        out,
        ...SMALL,
        '--expressions',
        'basic',
        '--count',
        '1',
        '--sheet',
        sheet,
        '--plain',
        '--json',
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        folder: out,
        images: 7,
        byCharacter: { otto: 7 },
        byExpression: { neutral: 1, happiness: 1, surprise: 1, sadness: 1, anger: 1, disgust: 1, fear: 1 },
        manifest: join(out, 'manifest.jsonl'),
        sheet,
      });
      const { width, height } = await sharp(sheet).metadata();
      expect([width, height]).toEqual([7 * 16, 16]);
      for (const [name, path] of [
        ['ferg', out],
        ['manifest', join(out, 'manifest.jsonl')],
      ] as const)
        expect(await runMain(main, ['data', 'check', name, path])).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('is sound') as string,
        });
    });
  });

  it('draws sequences of people', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'faces');
      const { status, stdout } = await synth(
        out,
        '--people',
        '1',
        '--size',
        '16',
        '--expressions',
        'surprise',
        '--count',
        '1',
        '--sequences',
        '--timing',
        '2,1,1',
        '--wear',
        'hat',
        '--wear-share',
        '1',
      );
      expect([status, stdout.split('\n')[0]]).toEqual([0, `${out}: 4 images (characters: 1, expressions: 1)`]);
      const rows = (await readFile(join(out, 'faces.jsonl'), 'utf8')).trim().split('\n');
      expect(rows.map((row) => (JSON.parse(row) as { phase: string }).phase)).toEqual([
        'onset',
        'onset',
        'apex',
        'offset',
      ]);
      expect(JSON.parse(rows[2]!)).toMatchObject({
        character: 'person-1',
        wears: ['hat'],
        sequence: 'person-1_surprise_1',
        frame: 2,
      });
    });
  });

  it('invents characters', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'faces');
      const { status, stdout } = await synth(
        out,
        '--invent',
        '2',
        '--size',
        '16',
        '--expressions',
        'fear',
        '--count',
        '1',
        '--json',
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ images: 2, byCharacter: { 'invented-1': 1, 'invented-2': 1 } });
      expect((await runMain(main, ['data', 'check', 'ferg', out])).status).toBe(0);
    });
  });

  it.each([
    [[], /expected a folder, --sheet or both/],
    [['x', '--invent', '0'], /--invent.*Expected a whole number from 1/],
    [['x', '--invent', '2', '--people', '2'], /--people.*cannot be used with option '--invent/],
    [['x', '--invent', '2', '--characters', 'otto'], /--invent.*cannot be used with option '--characters/],
    [['x', '--timing', '0,1,1'], /--timing.*Expected frames of onset, apex and offset/],
    [['x', '--intensity', '0.9-0.2'], /--intensity.*Expected a range within 0 and 1/],
    [['x', '--wear', 'scarf'], /--wear.*Expected some of glasses, mask, hat, got "scarf"/],
    [['x', '--maps', 'albedo'], /--maps.*Expected some of depth, normals, positions, got "albedo"/],
    [['x', '--pose', '120'], /--pose.*Expected degrees from 0 to 80/],
    [['x', '--size', '3'], /--size.*Expected a whole number from 16/],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await synth(...args);
    expect([status, message.test(stderr.replaceAll('\n', ' '))]).toEqual([2, true]);
  });

  it('names characters and expressions that there are not', async () => {
    for (const [args, message] of [
      [['--characters', 'bart'], 'mien: characters: expected nora, otto, pim, vera, hugo, zuri, got "bart"\n'],
      [['--expressions', 'grin'], 'got "grin"\n'],
    ] as const) {
      const { status, stderr } = await synth('/nowhere/x', ...args);
      expect([status, stderr.endsWith(message)]).toEqual([1, true]);
    }
  });
});
