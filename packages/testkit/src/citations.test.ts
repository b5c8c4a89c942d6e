/** Papers are cited by author and year, as docs/papers.md lists them, never by a number of our own. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TEXT = /\.(ts|mts|mjs|js|py|sh|md|html|yml)$/;
/** Netpbm's formats have such names. */
const NETPBM = /image\/pnm(\.test)?\.ts$/;
const KEY = new RegExp(String.raw`(?<![\w./'"-])P[0-4](?![\w-])`);

test.skipIf(!existsSync(`${ROOT}.git`))('no file cites a paper by a private key', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => TEXT.test(file) && !NETPBM.test(file));
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((file) => {
    const lines = readFileSync(ROOT + file, 'utf8').split('\n');
    return lines.flatMap((line, i) => (KEY.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : []));
  });
  expect(found).toEqual([]);
});
