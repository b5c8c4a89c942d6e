/** docs/guides/databases.md tells what the definitions tell. After a change: `npx vitest run databases-guide -u`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DATABASES } from 'mienjs/data/node';
import { expect, it } from 'vitest';
import { databasesGuide } from './databases-guide.ts';

const file = fileURLToPath(new URL('../../../docs/guides/databases.md', import.meta.url));
const GENERATED =
  /(<!-- From the definitions of the databases: `npx vitest run databases-guide -u` writes it\. -->\n\n)[^]*$/;

it('shows every database as its definition has it', async () => {
  const guide = await readFile(file, 'utf8');
  expect(guide).toMatch(GENERATED);
  await expect(guide.replace(GENERATED, (_, marker: string) => marker + databasesGuide(DATABASES))).toMatchFileSnapshot(
    file,
  );
});
