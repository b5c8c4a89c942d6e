/** The list that comes first. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { expect, it } from 'vitest';
import { markFolder } from './picture-folder.ts';

it('writes a list where there is none, and leaves that of an earlier run', async () => {
  await withFiles({}, async (folder) => {
    const list = join(folder, 'pictures.json');
    await markFolder(list, { pictures: [] });
    await markFolder(list, { pictures: [1] });
    expect(JSON.parse(await readFile(list, 'utf8'))).toEqual({ pictures: [] });
  });
});
