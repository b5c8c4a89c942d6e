/** Table III's layout, on a dozen coded faces. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseDefinition, FaceRecord } from 'mienjs/data/databases';
import { captureOutput, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { registerActionUnits } from './action-units.ts';

const records: FaceRecord[] = [1, 2, 3].map((n) => ({
  id: `${n}`,
  image: { file: `${n}.png` },
  label: 'fear',
  actionUnits: [{ unit: 1 }, ...(n < 3 ? [] : [{ unit: 25 }])],
}));
const posed: DatabaseDefinition = {
  name: 'posed',
  title: 'Posed',
  summary: 'faces posed in a laboratory',
  layout: 'a folder',
  licence: 'none',
  access: 'none',
  citation: 'none',
  classes: ['fear'],
  published: { source: 'none' },
  index: (root, problem) => {
    problem?.('4.txt', 'is damaged');
    return Promise.resolve({ name: 'posed', root, classes: ['fear'], records });
  },
};

const actionUnits = (...args: string[]): Promise<number> =>
  main(['action-units', ...args], [(program) => registerActionUnits(program, [posed])]);

const CODINGS = 'id,label,action_units\na,fear,1+25\nb,fear,1+25\nc,fearful,25\nd,sad,15\n';

describe('mien data action-units', () => {
  test('sets codings against a database, and tells what of it is damaged', async () => {
    await withFiles({ 'au.csv': CODINGS }, async (folder) => {
      const { result, stdout, stderr } = await captureOutput(() =>
        actionUnits('csv', join(folder, 'au.csv'), '--data', 'posed=dir', '--format', 'markdown'),
      );
      expect([result, stderr]).toEqual([0, 'mien: 4.txt: is damaged\n']);
      expect(stdout).toContain(
        '| % | faces | AU1 | AU15 | AU25 |\n| --- | ---: | ---: | ---: | ---: |\n| sadness | 1 |  | 100 |  |\n| fear | 3 | 67 |  | 100\\* |\n',
      );
      expect(stdout).toContain('\n\nposed has no coded face of sadness.\n');
      const out = join(folder, 'made', 'au.json');
      const json = await captureOutput(() =>
        actionUnits('csv', join(folder, 'au.csv'), '--data', 'posed=dir', '--json', '--out', out),
      );
      expect([json.result, json.stdout]).toEqual([0, '']);
      expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({
        classes: { fear: { faces: 3 } },
        differing: [{ label: 'fear', unit: 25, share: 1, reference: 1 / 3 }],
      });
    });
  });

  test.each([
    [['posed'], 2, "missing required argument 'path'"],
    [['wild', 'dir'], 1, 'mien: wild: unknown database: expected one of posed, csv'],
    [['csv', 'absent.csv'], 1, 'mien: absent.csv: no such file'],
    [['posed', 'dir', '--data', 'posed=a', '--data', 'posed=b'], 2, 'expected one database to compare with'],
    [['posed', 'dir', '--json', '--format', 'latex'], 2, 'cannot be used with'],
  ] as const)('%j ends with status %i', async (args, status, message) => {
    const { result, stderr } = await captureOutput(() => actionUnits(...args));
    expect([result, stderr]).toEqual([status, expect.stringContaining(message)]);
  });

  test('is a subcommand of mien data', async () => {
    const { result, stdout } = await captureOutput(() => main(['data', 'action-units', '--help']));
    expect([result, stdout]).toEqual([0, expect.stringContaining('--format')]);
  });
});
