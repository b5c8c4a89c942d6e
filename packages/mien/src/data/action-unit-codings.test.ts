import { withFiles } from 'mien-testkit';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodings, type CodedFaces } from './action-unit-codings.ts';

const read = (content: string | Uint8Array, columns?: Record<string, string[]>): Promise<CodedFaces> =>
  withFiles({ 'au.csv': content }, (folder) => readCodings(join(folder, 'au.csv'), columns));

describe('codings of action units', () => {
  it.each([
    ['1+2+25C', [1, 2, 25]],
    ['AU06+AU12', [6, 12]],
    ['"6,12"', [6, 12]],
    ['au6 AU_12', [6, 12]],
    ['L12;R14', [12, 14]],
    ['"AU06, AU12"', [6, 12]],
    ['06', [6]],
    ['', []],
    ['NaN', []],
    ['"[6, 12]"', [6, 12]],
    ["\"['AU6', 'AU12']\"", [6, 12]],
  ])('%s', async (cell, units) => {
    const { classes, faces } = await read(`id,Label,action_units\n1,Happy,${cell}\n`);
    expect([classes, [...faces[0]!.units]]).toEqual([['happiness'], units]);
  });

  it('reads other separators, names of columns, JSON and rows without labels', async () => {
    const expected = [{ label: 'happiness', units: new Set([6, 12]) }];
    expect((await read('emotion;AUs\nhappy;6,12\nNA;4\n;;\n')).faces).toEqual(expected);
    expect((await read(Buffer.from('\ufefflabel\taction units\nhappy\t6+12\n', 'utf16le'))).faces).toEqual(expected);
    expect((await read('[{"label":"happy","action_units":[6,"AU12"]}]')).faces).toEqual(expected);
    expect(
      (await read('label,felt,codes\nx,happy,6+12\n', { label: ['felt'], action_units: ['codes'] })).faces,
    ).toEqual(expected);
  });

  it.each([
    ['label,action_units\nhappy,smile\n', 'au.csv:2: "smile" is not an action unit: expected units such as 1+2+25C'],
    ['label,action_units\nhappy,100\n', 'au.csv:2: "100" is not an action unit'],
    ['face,action_units\n1,2\n', 'no column "label": expected label, action_units; its columns are face, action_units'],
    ['label,action_units\n', 'au.csv: holds no coding'],
  ])('refuses %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });
});
